"""The text of a P1 telegram (IEC 62056-21 6.3, DSMR 5.0.2 chapter 6) into a Reading.

    1-0:1.7.0(0002.202*kW)          quantity: address, number, unit
    0-0:1.0.0(220408135021W)        clock, local time; W standard time, S summer time
    0-0:96.1.1(4B414D3132)          equipment identifier, its octets in hex

Numbers are exact: 1.011 kW is 1011 W. Tariff registers, demands, other meters behind this one
(0-1:24.2.1) and text messages are not quantities of ours and are passed over.
"""

from hanport import obis
from hanport.cosem_time import valid
from hanport.reading import NAMES

_LF, _CR, _OPEN, _CLOSE, _STAR = 10, 13, 0x28, 0x29, 0x2A
_OTHER, _MALFORMED = -1, -2

# a unit's letters, five bits each, case folded: unit code as in obis.QUANTITIES, power of ten
_UNITS = {0: (255, 0)}
for _unit, _code in ((b"w", 27), (b"var", 29), (b"wh", 30), (b"varh", 32), (b"a", 33), (b"v", 35)):
    _folded = 0
    for _octet in _unit:
        _folded = _folded << 5 | (_octet & 31)
    _UNITS[_folded] = (_code, 0)
    # "k" in front
    _UNITS[_folded | 11 << 5 * len(_unit)] = (_code, 3)

_MAKERS = {
    b"KAM": "kamstrup",
    b"ADN": "aidon",
    b"KFM": "kaifa",
    b"LGF": "landisgyr",
    b"LGZ": "landisgyr",
    b"ISK": "iskraemeco",
    b"EST": "sagemcom",
    b"SAG": "sagemcom",
}

# CRC-16/ARC: reflected polynomial 0xA001, start 0, by four bits
_CRC = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip


def crc16(buf: bytearray, start: int, end: int) -> int:
    """CRC-16/ARC of buf[start:end]."""
    table = _CRC
    crc = 0
    for i in range(start, end):
        crc ^= buf[i]
        crc = crc >> 4 ^ table[crc & 15]
        crc = crc >> 4 ^ table[crc & 15]
    return crc


def crc_good(buf: bytearray, start: int, end: int) -> bool:
    """True when the four hex digits at buf[end:] are the CRC of buf[start:end]."""
    crc = 0
    for i in range(end, end + 4):
        digit = buf[i]
        crc = crc << 4 | (digit - 0x30 if digit < 0x3A else (digit & 0x5F) - 0x37)
    return crc == crc16(buf, start, end)


def telegram(buf: bytearray, start: int, end: int) -> int:
    """End of the telegram, "!" and CRC included, that begins at buf[start:end] as deciphered;
    0 when it is none, its CRC is wrong, or without CRC it is not well-formed."""
    if end - start < 8 or buf[start] != 0x2F:
        return 0
    for at in range(start + 1, end):
        if buf[at] > 0x7E:
            return 0
        if buf[at] == 0x21 and buf[at - 1] < 0x20:
            at += 1
            if at + 4 <= end and buf[at] >= 0x20:
                return at + 4 if crc_good(buf, start, at) else 0
            return at if well_formed(buf, start, at - 1) else 0
    return 0


def well_formed(buf: bytearray, start: int, end: int) -> bool:
    """True when every line of buf[start:end] is an address and values, no quantity comes twice
    and at least one is there. All that can be checked where there is no CRC."""
    seen = 0
    at = _line_end(buf, start, end)
    while at < end:
        stop = _line_end(buf, at, end)
        if stop > at:
            key = _address(buf, at, stop)
            if key == _MALFORMED or not _values(buf, at, stop):
                return False
            quantity = obis.QUANTITIES.get(key)
            if quantity is not None:
                bit = 1 << (quantity & 0xFF)
                if seen & bit or _quantity(buf, at, stop, quantity) is None:
                    return False
                seen |= bit
        at = stop + 1
    return seen != 0


def parse(buf: bytearray, start: int, end: int, reading) -> bool:
    """Overwrite `reading` with the telegram in buf[start:end] as P1Deframer or telegram() gave it;
    False, and `reading` as it was, when it holds no quantity that we know."""
    known = False
    at = _line_end(buf, start, end)
    while at < end:
        stop = _line_end(buf, at, end)
        key = _address(buf, at, stop) if stop > at else _OTHER
        quantity = obis.QUANTITIES.get(key)
        if quantity is not None:
            value = _quantity(buf, at, stop, quantity)
            if value is not None:
                if not known:
                    reading.__init__()
                    known = True
                if getattr(reading, NAMES[quantity & 0xFF]) is None:
                    setattr(reading, NAMES[quantity & 0xFF], value)
        at = stop + 1
    if known:
        reading.maker = _MAKERS.get(bytes(buf[start + 1 : start + 4]).upper())
        _parse_rest(buf, start, end, reading)
    return known


def _parse_rest(buf: bytearray, start: int, end: int, reading) -> None:
    """Clock and meter id."""
    clock, meter, equipment = obis.CLOCK, obis.METER_ID, obis.KAMSTRUP_METER_MODEL
    at = start
    while at < end:
        stop = _line_end(buf, at, end)
        key = _address(buf, at, stop) if stop > at else _OTHER
        # a test against a tuple of names would build it on the heap, once a line
        if key == clock or key == meter or key == equipment:
            first = _find(buf, _OPEN, at, stop) + 1
            last = _find(buf, _CLOSE, first, stop)
            if key == clock:
                _clock(buf, first, last, reading)
            elif key == meter or reading.meter_id is None:
                reading.meter_id = _identifier(buf, first, last)
        at = stop + 1


def _find(buf: bytearray, octet: int, at: int, end: int) -> int:
    while at < end and buf[at] != octet:
        at += 1
    return at


def _line_end(buf: bytearray, at: int, end: int) -> int:
    while at < end and buf[at] != _LF and buf[at] != _CR:
        at += 1
    return at


def _address(buf: bytearray, at: int, end: int) -> int:
    """obis key of the line's A-B:C.D.E or C.D.E, with *255 or without; _OTHER for an address of
    another meter, another value or another kind, _MALFORMED when this is no data line at all."""
    key = dots = 0
    number = -1
    ours = True
    for i in range(at, end):
        octet = buf[i]
        if 0x30 <= octet <= 0x39:
            number = octet - 0x30 + (10 * number if number > 0 else 0)
        elif octet == _OPEN:
            if dots == 3:
                return key if ours and number == 255 else _OTHER
            return key << 8 | number if ours and dots == 2 and 0 <= number < 256 else _OTHER
        else:
            if octet == 0x2D:  # A: 0 abstract, 1 electricity
                ours = ours and number in (0, 1)
            elif octet == 0x3A:  # B: the channel
                ours = ours and number == 0
            elif octet == 0x2E or octet == _STAR or octet == 0x26:
                dots += 1
                ours = ours and 0 <= number < 256 and dots < 4
                if ours:
                    key = key << 8 | number
            elif 0x41 <= octet <= 0x5A:
                ours = False
            else:
                return _MALFORMED
            number = -1
    return _MALFORMED


def _values(buf: bytearray, at: int, end: int) -> bool:
    """True when the line's address is followed by "(...)", once or more, and nothing else."""
    at = _find(buf, _OPEN, at, end)
    while at < end:
        if buf[at] != _OPEN:
            return False
        stop = _find(buf, _CLOSE, at, end)
        if stop == end or _find(buf, _OPEN, at + 1, stop) < stop:
            return False
        at = stop + 1
    return True


def _quantity(buf: bytearray, at: int, end: int, quantity: int):
    """The number of the line's first value in base units, rounded if it is finer than those; None
    when it is no number, or has another unit than the quantity."""
    value = digits = negative = unit = 0
    decimals = -1
    at = _find(buf, _OPEN, at, end) + 1
    begin = at
    while at < end and buf[at] != _STAR and buf[at] != _CLOSE:
        octet = buf[at]
        if 0x30 <= octet <= 0x39:
            value = 10 * value + octet - 0x30
            digits += 1
            if decimals >= 0:
                decimals += 1
        elif octet == 0x2E and decimals < 0 < digits:
            decimals = 0
        elif octet == 0x2D and at == begin:
            negative = 1
        else:
            return None
        at += 1
    if at < end and buf[at] == _STAR:
        at += 1
        while at < end and buf[at] != _CLOSE:
            if unit >> 20 or not 0x41 <= buf[at] <= 0x7A:
                return None
            unit = unit << 5 | (buf[at] & 31)
            at += 1
    if at >= end or not 0 < digits < 16 or decimals == 0 or unit not in _UNITS:
        return None
    code, exponent = _UNITS[unit]
    if code != quantity >> 8 & 0xFF:
        return None
    exponent += (quantity >> 16) - max(decimals, 0)
    if exponent >= 0:
        value *= 10**exponent
    else:
        step = 10**-exponent
        value = (value + step // 2) // step
    return -value if negative else value


def _clock(buf: bytearray, at: int, end: int, reading) -> None:
    """YYMMDDhhmmss and W, S or nothing, into the Reading, if such a second exists."""
    if not 12 <= end - at <= 13:
        return
    moment = bytearray(12)
    for i in range(6):
        tens = buf[at + 2 * i] - 0x30
        ones = buf[at + 2 * i + 1] - 0x30
        if not (0 <= tens <= 9 and 0 <= ones <= 9):
            return
        # year month day, weekday left out, hour minute second
        moment[i + 1 if i < 3 else i + 2] = 10 * tens + ones
    year = 2000 + moment[1]
    moment[0] = year >> 8
    moment[1] = year & 0xFF
    if valid(moment, 0):
        reading.year = year
        reading.month, reading.day = moment[2], moment[3]
        reading.hour, reading.minute, reading.second = moment[5], moment[6], moment[7]
        if end - at == 13:
            # as COSEM's clock status: 80 is summer time. The offset itself is not sent.
            reading.clock_status = 0x80 if buf[at + 12] | 0x20 == 0x73 else 0


def _identifier(buf: bytearray, at: int, end: int):
    """Text whose octets are sent in hex; as it stands when that gives no letters and digits."""
    text = bytes(buf[at:end]).decode().strip()
    try:
        octets = bytes(int(text[i : i + 2], 16) for i in range(0, len(text), 2))
    except ValueError:
        return text or None
    for octet in octets:
        if not (0x30 <= octet <= 0x39 or 0x41 <= octet & 0xDF <= 0x5A):
            return text
    return octets.decode() if octets and not len(text) & 1 else text or None
