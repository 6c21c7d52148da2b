"""One local day as it is kept: its sums, its highest hour, what is missing.

    octet 0..1   day: local days since 1970-01-01
          2      hours whose energy is known (measured or split; a day has 23, 24 or 25)
          3      bits 0-2 flags, bits 4-7 layout version (1)
          4      the highest hour, counted from local midnight; 255 none
          5..8   import_wh     sum of what can be put down to this day, Wh
          9..12  export_wh
         13..16  max_wh        energy of the highest measured or split hour
         17..20  import_reg_wh registers at the end of the day, Wh
         21..24  export_reg_wh
         25..28  CRC-32 of octets 0..24

All little-endian, 0xFFFFFFFF means unknown. A day of which nothing is known has no record. One sum
over several days belongs to none of them: it shows in the registers at their ends, and that is how
a month stays exact over a gap (month_sum.py).
"""

from struct import pack_into, unpack_from

from household import oslo
from household.record import from_u32, to_u32
from household.seal import intact, seal

PARTIAL = 1  # "minst": energy of some hours is missing
DOUBTFUL = 2  # the meter's clock was in doubt in some hour
BROKEN = 4  # the register series starts anew within the day: registers across it do not subtract

_LAYOUT = "<HBBBIIIII"
_VERSION = 1


class DayRecord:
    """Fields as in the module's picture: Wh or None (unknown); `max_hour` is unix // 3600 or None.

    Made once and filled again and again.
    """

    SIZE = 29

    def __init__(self):
        self.clear(0)

    def clear(self, day: int) -> None:
        """An empty day."""
        self.day = day
        self.hours = self.flags = 0
        self.import_wh = self.export_wh = self.max_wh = self.max_hour = None
        self.import_reg_wh = self.export_reg_wh = None

    def pack(self, buf, offset: int = 0) -> None:
        """Write 29 octets at `offset`. Raises ValueError for a field that does not fit."""
        at = 255 if self.max_hour is None else self.max_hour - oslo.first_hour(self.day)
        if not (0 <= self.day < 65536 and 0 <= self.hours <= 25 and 0 <= self.flags <= 7):
            raise ValueError("day, hours or flags out of range")
        if not (0 <= at < 25 or at == 255):
            raise ValueError("highest hour not in the day")
        pack_into(
            _LAYOUT,
            buf,
            offset,
            self.day,
            self.hours,
            _VERSION << 4 | self.flags,
            at,
            to_u32(self.import_wh),
            to_u32(self.export_wh),
            to_u32(self.max_wh),
            to_u32(self.import_reg_wh),
            to_u32(self.export_reg_wh),
        )
        seal(buf, offset, 29)

    def unpack(self, buf, offset: int = 0) -> bool:
        """Read 29 octets at `offset`. False, and no field touched, for a torn or foreign record."""
        if not intact(buf, offset, 29):
            return False
        day, hours, meta, at, imp, exp, top, imp_reg, exp_reg = unpack_from(_LAYOUT, buf, offset)
        if meta >> 4 != _VERSION:
            return False
        self.day = day
        self.hours = hours
        self.flags = meta & 7
        self.import_wh = from_u32(imp)
        self.export_wh = from_u32(exp)
        self.max_wh = from_u32(top)
        self.max_hour = None if at == 255 else oslo.first_hour(day) + at
        self.import_reg_wh = from_u32(imp_reg)
        self.export_reg_wh = from_u32(exp_reg)
        return True
