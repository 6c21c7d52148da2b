"""Coverage-guided fuzzing of the decoder with atheris: `make fuzz`, ten minutes by default.

Nothing may escape MeterDecoder but readings and counters. The first octet of the input chooses
keys and chunking; whole cases and their pieces are the seed corpus.

    fuzz_decoder.py CORPUS_FOLDER -max_total_time=600
"""

import sys
from pathlib import Path

import atheris

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT / "lib"), str(_ROOT / "host_tests" / "lib")]

with atheris.instrument_imports(include=["hanport"]):
    import hanport.cipher
    import hanport.gbt
    import hanport.lists
    import hanport.mbus
    import hanport.p1
    import hanport.p1_text
    import hanport.push_objects
    import hanport.segments  # noqa: F401
    from hanport.decoder import MeterDecoder
    from hanport.reading import NAMES

from support import cases, hdlc_frame, unhex  # noqa: E402

_KEYS = [(unhex(one["key"]), one["auth_key"]) for one in cases() if one["key"]]


def one_input(data: bytes) -> None:
    """Feed one input; half of them as the inside of a good HDLC frame."""
    if not data:
        return
    choice, data = data[0], data[1:]
    decoder = MeterDecoder(energy_wh=(None, 1, 10)[choice % 3])
    if choice & 8:
        key, auth_key = _KEYS[choice % len(_KEYS)]
        decoder.set_keys(key, unhex(auth_key) if auth_key else None)
    if choice & 16:
        data = hdlc_frame(b"\xe6\xe7\x00" + data[:1990])
    chunk = choice % 61 + 1
    readings = 0
    for start in range(0, len(data), chunk):
        piece = data[start : start + chunk]
        while piece:
            taken = decoder.feed(piece)
            assert taken > 0
            piece = piece[taken:]
            readings += _drain(decoder)
    decoder.flush()
    readings += _drain(decoder)
    assert readings == decoder.counters.readings
    assert decoder.counters.octets == len(data)


def _drain(decoder: MeterDecoder) -> int:
    count = 0
    while (reading := decoder.next_reading()) is not None:
        count += 1
        reading.timestamp_text()
        for name in NAMES:
            value = getattr(reading, name)
            assert value is None or isinstance(value, int)
    return count


def _seed(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in cases():
        wire = one["bytes"]
        for choice in (1, 9, 24):
            name = f"{one['id']}-{choice}"
            inside = wire[11:-3] if choice & 16 and wire[0] == 0x7E else wire
            (folder / name).write_bytes(bytes((choice,)) + inside)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    _seed(Path(sys.argv[1]))
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
