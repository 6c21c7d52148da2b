"""Seeded damage to frames, as lines and bad readers do it. Runs on both Pythons."""


def flip_bits(frame, random):
    """One to four bits turned."""
    out = bytearray(frame)
    for _ in range(random.below(4) + 1):
        out[random.below(len(out))] ^= 1 << random.below(8)
    return bytes(out)


def drop_octets(frame, random):
    """One to twenty octets lost in one place."""
    at = random.below(len(frame))
    return frame[:at] + frame[at + random.below(20) + 1 :]


def insert_octets(frame, random):
    """One to twenty octets of noise in one place."""
    at = random.below(len(frame))
    return frame[:at] + random.octets(random.below(20) + 1) + frame[at:]


def repeat_chunk(frame, random):
    """A piece read twice."""
    at = random.below(len(frame))
    end = min(len(frame), at + random.below(60) + 1)
    return frame[:end] + frame[at:]


def truncate(frame, random):
    """The rest of the frame never came."""
    return frame[: random.below(len(frame))]


def behead(frame, random):
    """The reader joined in the middle."""
    return frame[random.below(len(frame)) :]


def splice(frame, random):
    """Its front and its back with a hole of anything between."""
    at = random.below(len(frame))
    return frame[:at] + random.octets(random.below(40)) + frame[random.below(len(frame)) :]


def lie_about_length(frame, random):
    """Another length in the frame format field."""
    out = bytearray(frame)
    out[1] = 0xA0 | random.below(8)
    out[2] = random.below(256)
    return bytes(out)


def flags_everywhere(frame, random):
    """Octets that became flags."""
    out = bytearray(frame)
    for _ in range(random.below(30) + 1):
        out[random.below(len(out))] = 0x7E
    return bytes(out)


def overwrite(frame, random):
    """A burst of noise over part of it."""
    at = random.below(len(frame))
    noise = random.octets(random.below(50) + 1)
    return (frame[:at] + noise + frame[at + len(noise) :])[: len(frame)]


KINDS = (
    flip_bits,
    drop_octets,
    insert_octets,
    repeat_chunk,
    truncate,
    behead,
    splice,
    lie_about_length,
    flags_everywhere,
    overwrite,
)
