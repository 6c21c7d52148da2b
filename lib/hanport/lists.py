"""From an A-XDR body to a Reading, for every maker's lists; the lists are data, not code.

What the body may look like (protocol by maker's interface description):

    OBIS, value pairs              Kamstrup (Kamstrup_V0001), Kaifa SE (KFM_001): no units are sent
    OBIS, value, {scaler, unit}    Aidon (AIDON_V0001), Landis+Gyr E350 (EMBRIQ_V1_1), Kaifa AT
    by position                    Kaifa NO (KFM_001; kaifa_positions.py)
    push objects, then values      Landis+Gyr E450 (push_objects.py)

The first two are read by one walk: an octet string of six that is an OBIS code names the value
after it, and a structure {integer, enum} behind a value is that value's scaler and unit. The walk
keeps everything aside until the whole structure has checked out; only then a Reading is written.
"""

from hanport import obis
from hanport.axdr import (
    ARRAY,
    DATE_TIME,
    ENUM,
    INTEGER,
    NULL,
    OCTET_STRING,
    STRUCTURE,
    UTF8_STRING,
    VISIBLE_STRING,
    Cursor,
)
from hanport.cosem_time import store, valid
from hanport.errors import ListError
from hanport.makers import LANDISGYR_PUSH, SI, identify
from hanport.octets import same
from hanport.reading import NAMES, TEXTS, text_of

_COUNT = len(NAMES)
_NO_CODE = -2
_UNSCALED = 99
_UINT32 = 6  # double-long-unsigned
_REACTIVE_POWER = 29 << 8  # unit codes up to this one are powers
_POW10 = tuple(10**n for n in range(10))

_LIST_ID, _METER_ID, _METER_MODEL = 0, 1, 2
_TEXT_CODES = {
    obis.LIST_ID: _LIST_ID,
    obis.METER_ID: _METER_ID,
    obis.KAMSTRUP_METER_ID: _METER_ID,
    obis.METER_MODEL: _METER_MODEL,
    obis.KAMSTRUP_METER_MODEL: _METER_MODEL,
}

_CURRENT = NAMES.index("l1_ma")
_VOLTAGE = NAMES.index("l1_mv")
_PHASE_POWER = NAMES.index("l1_import_w")
_ENERGY = NAMES.index("import_wh")
_POWER_FACTOR = NAMES.index("power_factor_permille")


class ListReader:
    """read() a body into scratch, then publish() it into a Reading."""

    def __init__(self):
        # the owner's word for what a Kamstrup leaves unsaid, as exponents to mA, mV and Wh
        self.current_exponent: int | None = None
        self.voltage_exponent: int | None = None
        self.energy_exponent: int | None = None
        self.maker = None
        self._cursor = Cursor()
        self.raw: list = [None] * _COUNT
        self.exponent = [0] * _COUNT
        self._text_at = [0] * 3
        self._text_length = [0] * 3
        self._text_octets = [b"", b"", b""]
        self._text: list = [None] * 3
        self._scales = SI  # of the meter whose texts were seen last
        self._unscaled = SI  # for this list's values without a scaler
        self._clock = 0
        self._kaifa = None  # kaifa_positions.walk, once there was such a list

    def read(self, buf, start: int, end: int) -> bool:
        """Walk the body in buf[start:end]; False when nothing in it is a quantity we know.

        Raises ListError when the structure does not end exactly at `end`, or a value is absurd.
        """
        for i in range(_COUNT):
            self.raw[i] = None
        for i in range(3):
            self._text_at[i] = 0
        self._clock = 0
        cursor = self._cursor
        cursor.open(buf, start, end)
        self._unscaled = None
        if cursor.next() == STRUCTURE:
            at = cursor.at
            tag = buf[at] if at < end else NULL
            if (cursor.length == 1 and tag == _UINT32) or (
                tag == OCTET_STRING and at + 10 < end and same(buf, at + 2, 4, b"KFM_")
            ):
                if self._kaifa is None:  # for good, since such a meter sends nothing else
                    from hanport.kaifa_positions import walk

                    self._kaifa = walk
                known = self._kaifa(cursor, self) or self._walk_codes(buf, cursor)
            elif tag == ARRAY:
                from hanport import push_objects

                self._unscaled = LANDISGYR_PUSH
                known = push_objects.walk(cursor, self)
            else:
                known = self._walk_codes(buf, cursor)
        elif cursor.tag == ARRAY:
            known = self._walk_codes(buf, cursor)
        else:
            raise ListError("neither array nor structure")
        if not cursor.done():
            raise ListError("octets behind the structure")
        return known

    def _walk_codes(self, buf, cursor) -> bool:
        code = _NO_CODE
        known = False
        first = True
        while cursor.owed:
            if code == _NO_CODE:
                at = cursor.code()
                if at:
                    code = obis.key(buf, at)
                    first = False
                elif cursor.next() > STRUCTURE:
                    self._take_bare(cursor, first)
                    first = False
                continue
            tag = cursor.next()
            if tag == STRUCTURE or tag == ARRAY:
                code = _NO_CODE
                continue
            if self.take(code, cursor):
                known = True
            code = _NO_CODE
        return known

    def take(self, code: int, cursor) -> bool:
        """Keep the value just read for the OBIS key `code`; True when it is a quantity we know."""
        quantity = obis.QUANTITIES.get(code)
        if quantity is None:
            if code == obis.CLOCK:
                self.take_clock(cursor)
            elif code in _TEXT_CODES:
                self.take_text(cursor, _TEXT_CODES[code])
            return False
        index = quantity & 0xFF
        if cursor.value is None or self.raw[index] is not None:
            return False
        at = cursor.at
        buf = cursor.buf
        if at + 6 <= cursor.end and buf[at] == STRUCTURE and buf[at + 2] == INTEGER:
            return self._take_scaled(cursor, quantity)
        self.raw[index] = cursor.value
        # power is in W and var wherever no scaler is sent
        self.exponent[index] = _UNSCALED if quantity & 0xFF00 > _REACTIVE_POWER else 0
        return True

    def _take_scaled(self, cursor, quantity) -> bool:
        """The value just read, with the structure {scaler, unit} that comes next."""
        index = quantity & 0xFF
        value = cursor.value
        cursor.next()
        size = cursor.length
        cursor.next()
        exponent = (quantity >> 16) + cursor.value
        if size != 2 or cursor.next() != ENUM:
            raise ListError("neither scaler nor unit")
        if cursor.value != quantity >> 8 & 0xFF and cursor.value != 255:
            return False  # another unit is another quantity
        if not -9 <= exponent <= 9:
            raise ListError("absurd scaler")
        self.raw[index] = value
        self.exponent[index] = exponent
        return True

    def _take_bare(self, cursor, first: bool) -> None:
        """A value without a code: the list id or clock in front, Kaifa AT's meter id behind."""
        if cursor.tag == DATE_TIME or (
            cursor.tag == OCTET_STRING and cursor.length == 12 and first
        ):
            self.take_clock(cursor)
        elif _is_text(cursor.tag):
            if first:
                self.take_text(cursor, _LIST_ID)
            elif cursor.owed == 0:
                self.take_text(cursor, _METER_ID)

    def take_clock(self, cursor) -> None:
        """Keep the date-time just read, if it is one."""
        if cursor.length == 12 and valid(cursor.buf, cursor.start):
            self._clock = cursor.start

    def take_text(self, cursor, which: int) -> None:
        """Keep the text just read as list id, meter id or model."""
        if _is_text(cursor.tag) and cursor.length:
            self._text_at[which] = cursor.start
            self._text_length[which] = cursor.length

    def printable(self, buf) -> bool:
        """True when the texts of read() are text: what noise in an untagged list rarely has."""
        for which in range(3):
            at = self._text_at[which]
            for i in range(at, at + self._text_length[which] if at else 0):
                if not 0x20 <= buf[i] < 0x7F and buf[i]:
                    return False
        return True

    def publish(self, buf, clock: int, reading) -> None:
        """Write what read() found into `reading`. `clock` is the index of the APDU's date-time, or
        0; the list's own clock wins over it."""
        for which in range(3):
            setattr(reading, TEXTS[which], self._publish_text(buf, which))
        reading.maker = self.maker
        scales = self._unscaled or (self._scales if self._text_at[_LIST_ID] else SI)
        raw = self.raw
        i = 0
        for name in NAMES:
            value = raw[i]
            if value:
                exponent = self.exponent[i]
                if exponent == _UNSCALED:
                    exponent = self._default_exponent(i, value, scales)
                if exponent > 0:
                    value *= _POW10[exponent]
                elif exponent < 0:
                    step = _POW10[-exponent]
                    value = (value + step // 2) // step
            setattr(reading, name, value)
            i += 1
        if not self._clock and clock and valid(buf, clock):
            self._clock = clock
        store(buf, self._clock, reading)

    def _publish_text(self, buf, which: int):
        at = self._text_at[which]
        if not at:
            return None
        length = self._text_length[which]
        if not same(buf, at, length, self._text_octets[which]):
            octets = bytes(buf[at : at + length])
            self._text_octets[which] = octets
            self._text[which] = text_of(octets)
            if which != _METER_ID:
                self.maker, self._scales = identify(
                    self._text_octets[_LIST_ID], self._text[_METER_MODEL] or ""
                )
        return self._text[which]

    def _default_exponent(self, index: int, value: int, scales) -> int:
        """The exponent of a value without a scaler."""
        if index < _CURRENT or _PHASE_POWER <= index < _ENERGY:
            return 0
        if index == _POWER_FACTOR:
            return 3
        ours = self.maker == "kamstrup"
        if index < _VOLTAGE:
            return (
                self.current_exponent if ours and self.current_exponent is not None else scales[0]
            )
        if index >= _ENERGY:
            return self.energy_exponent if ours and self.energy_exponent is not None else scales[2]
        if ours and self.voltage_exponent is not None:
            return self.voltage_exponent
        # newer Kamstrup configurations send 0.01 V, and it shows: 23000 V is no mains voltage
        return 1 if scales[1] == 3 and value >= 1000 else scales[1]


def _is_text(tag: int) -> bool:
    return tag == OCTET_STRING or tag == VISIBLE_STRING or tag == UTF8_STRING
