"""The hour record: one clock hour, or one block of hours, as it is kept on flash.

    octet  0..2   hour: unix // 3600 of the first hour covered (24 bits, to the year 3883)
           3      bits 0-1 quality, bits 2-4 flags, bits 5-7 layout version (1)
           4..5   span: hours covered, 1..65535
           6..9   import_wh      energy in the whole span, Wh
          10..13  export_wh
          14..17  import_reg_wh  the meter's registers at the end of the span, Wh
          18..21  export_reg_wh
          22..25  CRC-32 of octets 0..21

All little-endian; 0xFFFFFFFF means unknown. 26 octets, not 28: a month of 744 records then fits five
4 KB blocks, so that 36 months fit the 960 KB file system of a board with two update slots.
A missing hour is not stored: absence is what says so.
"""

from struct import pack_into, unpack_from

from household.seal import intact, seal

MEASURED = 1  # register difference; span > 1 with energy 0: every hour in it is a measured zero
SPLIT = 2  # a gap's exact total, shared out by integrated power
SUM_ONLY = 3  # one total for the whole span, nothing known about its hours
LETTERS = "-MBS"  # by quality; "-" is an hour without a record

CLOCK = 1  # the meter's clock was in doubt
NEW_METER = 2  # first record of a new meter's series
REGISTER_FELL = 4  # the register went down before this hour

_LAYOUT = "<HBBHIIII"
_VERSION = 1
_NONE = 0xFFFFFFFF


def to_u32(value) -> int:
    """Wh or None -> the word on flash. Raises ValueError for what does not fit."""
    if value is None:
        return _NONE
    if not 0 <= value < _NONE:
        raise ValueError("Wh out of range")
    return value


def from_u32(word: int):
    """The word on flash -> Wh, or None when unknown."""
    return None if word == _NONE else word


class HourRecord:
    """Fields as in the module's picture; energies and registers in Wh or None (unknown).

    Made once and filled again and again: unpack() overwrites every field.
    """

    SIZE = 26

    def __init__(self):
        self.set(0, 1, MEASURED)

    def set(
        self,
        hour: int,
        span: int,
        quality: int,
        import_wh=None,
        export_wh=None,
        import_reg_wh=None,
        export_reg_wh=None,
        flags: int = 0,
    ) -> "HourRecord":
        """Fill every field; returns self. Checked when packed."""
        self.hour = hour
        self.span = span
        self.quality = quality
        self.import_wh = import_wh
        self.export_wh = export_wh
        self.import_reg_wh = import_reg_wh
        self.export_reg_wh = export_reg_wh
        self.flags = flags
        return self

    def pack(self, buf, offset: int = 0) -> None:
        """Write 26 octets at `offset`. Raises ValueError for a field that does not fit."""
        hour = self.hour
        span = self.span
        if not (0 <= hour < 0x1000000 and 1 <= span <= 65535):
            raise ValueError("hour or span out of range")
        if not (1 <= self.quality <= 3 and 0 <= self.flags <= 7):
            raise ValueError("quality or flags out of range")
        pack_into(
            _LAYOUT,
            buf,
            offset,
            hour & 0xFFFF,
            hour >> 16,
            _VERSION << 5 | self.flags << 2 | self.quality,
            span,
            to_u32(self.import_wh),
            to_u32(self.export_wh),
            to_u32(self.import_reg_wh),
            to_u32(self.export_reg_wh),
        )
        seal(buf, offset, 26)

    def unpack(self, buf, offset: int = 0) -> bool:
        """Read 26 octets at `offset`. False, and no field touched, for a torn or foreign record."""
        if not intact(buf, offset, 26):
            return False
        low, high, meta, span, imp, exp, imp_reg, exp_reg = unpack_from(_LAYOUT, buf, offset)
        if meta >> 5 != _VERSION or not meta & 3 or not span:
            return False
        self.set(
            low | high << 16,
            span,
            meta & 3,
            from_u32(imp),
            from_u32(exp),
            from_u32(imp_reg),
            from_u32(exp_reg),
            meta >> 2 & 7,
        )
        return True
