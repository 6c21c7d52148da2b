"""GHASH and the counter blocks of GCM (NIST SP 800-38D 6.4, 6.5) with Python's integers.

For CPython, and for a MicroPython that cannot load ghash_viper: same names, same results.
"""

from array import array


def new(h: memoryview) -> list:
    """State for the hash key `h`, 16 octets: 16 multiples of H, the same times x^4, what eight bits
    shifted out at the right come back as (16 bits, at the left), Y."""
    multiples = [0] * 16
    multiples[8] = int.from_bytes(h, "big")
    for k in (4, 2, 1):
        # halving the index is a multiplication by x: one bit to the right
        double = multiples[2 * k]
        multiples[k] = double >> 1 ^ (0xE1 << 120 if double & 1 else 0)
    for k in (2, 4, 8):
        for j in range(1, k):
            multiples[k + j] = multiples[k] ^ multiples[j]
    back = array("H", bytes(512))
    for k in range(8):
        for j in range(1 << k):
            back[(1 << k) + j] = back[j] ^ 0xE100 >> (7 - k)
    shifted = [m >> 4 ^ back[(m & 15) << 4] << 112 for m in multiples]
    return [multiples, shifted, back, 0]


def reset(state: list) -> None:
    """Y = 0: a new message under the same key."""
    state[3] = 0


def update(state: list, buf: bytearray, at: int, size: int) -> None:
    """Hash buf[at:at+size], the last block padded with zeros."""
    multiples, shifted, back, y = state
    end = at + size
    while at < end:
        stop = min(at + 16, end)
        y ^= int.from_bytes(buf[at:stop], "big") << 8 * (at + 16 - stop)
        at += 16
        octets = y.to_bytes(16, "big")
        y = 0
        for i in range(15, -1, -1):
            octet = octets[i]
            y = y >> 8 ^ back[y & 255] << 112 ^ shifted[octet & 15] ^ multiples[octet >> 4]
    state[3] = y


def digest(state: list, out: bytearray) -> None:
    """Y into out[0:16]."""
    out[:16] = state[3].to_bytes(16, "big")


def counters(stream: bytearray, nonce: bytearray, first: int, count: int) -> None:
    """J0, then `count` counter blocks from `first` on, into `stream`; the nonce has 12 octets."""
    for at in range(0, 16 * count + 16, 16):
        stream[at : at + 12] = nonce
        value = first + (at >> 4) - 1 if at else 1
        stream[at + 12 : at + 16] = value.to_bytes(4, "big")


def xor(buf: bytearray, at: int, stream: bytearray, size: int) -> None:
    """buf[at:at+size] ^= stream[16:16+size]."""
    end = at + size
    plain = int.from_bytes(buf[at:end], "big") ^ int.from_bytes(stream[16 : 16 + size], "big")
    buf[at:end] = plain.to_bytes(size, "big")
