"""P1 telegrams against other people's code: amshan for framing and names, decimal for the numbers."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from han import dlde
from han.obis_map import obis_name_map
from test_p1 import KAMSTRUP, frames, read, with_crc

from hanport.obis import QUANTITIES
from hanport.reading import FIELDS

# amshan's name of a quantity -> ours, by the OBIS code both know
OURS = {
    obis_name_map[f"{key >> 16}.{key >> 8 & 255}.{key & 255}"]: FIELDS[quantity & 0xFF][1]
    for key, quantity in QUANTITIES.items()
    if f"{key >> 16}.{key >> 8 & 255}.{key & 255}" in obis_name_map
}
UNITS = {27: "W", 29: "VAr", 30: "Wh", 32: "VArh", 33: "A", 35: "V"}


def random_telegram(random: Random) -> tuple[bytes, dict]:
    """A telegram with CRC, and its numbers as text by our names."""
    lines = []
    sent = {}
    for key, quantity in random.sample(sorted(QUANTITIES.items()), 12):
        index, unit = quantity & 0xFF, quantity >> 8 & 0xFF
        if unit not in UNITS:
            continue
        kilo = "k" if UNITS[unit] not in "AV" and random.random() < 0.7 else ""
        decimals = random.randrange(5)
        number = f"{random.randrange(10**8) / 10**decimals:0{random.randrange(4, 13)}.{decimals}f}"
        lines.append(
            f"1-0:{key >> 16}.{key >> 8 & 255}.{key & 255}({number}*{kilo}{UNITS[unit]})\r\n"
        )
        sent[FIELDS[index][1]] = (number, FIELDS[index][2] * (1000 if kilo else 1))
    text = f"/KAM5 {random.randrange(10**6)}\r\n\r\n{''.join(lines)}!"
    return with_crc(text.encode()), sent


def test_numbers_agree_with_decimal():
    random = Random(41)
    for _ in range(400):
        telegram, sent = random_telegram(random)
        found = frames(telegram)
        assert len(found) == 1
        assert read(found[0]) == {
            name: int((Decimal(number) * factor).quantize(Decimal(1), ROUND_HALF_UP))
            for name, (number, factor) in sent.items()
        }


def test_names_and_crc_agree_with_amshan():
    random = Random(42)
    telegrams = [KAMSTRUP["bytes"], *(random_telegram(random)[0] for _ in range(200))]
    for telegram in telegrams:
        theirs = dlde.DataReadout(telegram)
        assert theirs.is_valid and theirs._calculated_crc == theirs.expected_checksum
        ours = read(frames(telegram)[0])
        assert ours is not None
        divisors = {name: divisor for _, name, divisor in FIELDS}
        seen = 0
        for name, value in dlde.decode_p1_readout(theirs).items():
            if name in OURS and OURS[name] in ours and isinstance(value, (int, float)):
                # amshan cuts kilo values at the third decimal, and does so through a float
                assert abs(ours[OURS[name]] / divisors[OURS[name]] - value) < 1.51
                seen += 1
        assert seen >= 5
        bad = bytearray(telegram)
        bad[random.randrange(10, len(bad) - 10)] ^= 1
        assert not dlde.DataReadout(bytes(bad)).is_valid
        assert frames(bad) == []
