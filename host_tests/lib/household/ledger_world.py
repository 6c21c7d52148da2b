"""A household, its meter and a dongle with bad luck, drawn from a seed; and what the hours must be.

The draw is the same on CPython and MicroPython. expected() does not work like the ledger: it looks
at all that arrived at once, finds where registers are known at a full hour, and then at what lies
between two of them.
"""

import json

from household.ledger import Ledger
from household.record import MEASURED, SPLIT, SUM_ONLY, HourRecord

PIECE = 1800  # seconds of constant power
MOST_W = 9000


class Draw:
    """Numbers from a seed (multiplicative congruential, Park and Miller)."""

    def __init__(self, seed):
        self.x = seed % 2147483646 + 1

    def below(self, n):
        self.x = self.x * 48271 % 2147483647
        return self.x % n

    def chance(self, percent):
        return self.below(100) < percent


class World:
    """Made of: `arrived` lists (utc, import_wh, export_wh, meter), in order of arrival; `restarts`,
    indexes into it; `sampled` hours with power; `stored` what the ledger gave, as tuples (hour,
    span, quality, import, export, register, flags)."""

    def __init__(self, seed, first_hour, hours, cabin=False, solar=False):
        draw = Draw(seed)
        self.first = first_hour
        self.hours = hours
        self.second = (5, 10, 25, 55)[draw.below(4)]
        self.step = (1, 10)[draw.below(2)]
        self.cabin = cabin
        self.draw = draw
        self.import_w = []
        self.export_w = []
        self.off = set()  # hours that the dongle is off
        self.sampled = set()
        self._draw_absences()
        for piece in range(hours * 2):
            self.import_w.append(self._draw_power(first_hour + piece // 2))
            sun = solar and 20 <= piece % 48 < 32 and draw.chance(60)
            self.export_w.append(draw.below(4000) if sun else 0)
        self._add_up()
        self._draw_samples()
        self.meters = [[0, 0, 0, "m0"]]  # from second, what the registers begin with, id
        for number in range(draw.below(3)):
            at = draw.below(hours * 3600)
            self.meters.append([at, draw.below(50000000), draw.below(9000), "m%d" % (number + 1)])
        self.meters.sort()
        self.meters[0][1] = 12345670
        self.arrived = []
        self.restarts = []
        self.stored = []
        self._live()

    def _draw_absences(self):
        draw = self.draw
        hour = 0
        while hour < self.hours:
            hour += 1 + draw.below(200 if self.cabin else 400)
            length = 1 + draw.below(300 if self.cabin and draw.chance(50) else 6)
            for h in range(hour, min(hour + length, self.hours)):
                self.off.add(self.first + h)
            hour += length

    def _draw_power(self, hour):
        if hour in self.off and self.cabin:
            return 0
        if self.cabin and hour % 7 == 0:
            return 0
        return 50 + self.draw.below(MOST_W - 50)

    def _add_up(self):
        self.import_ws = [0]
        self.export_ws = [0]
        for piece in range(len(self.import_w)):
            self.import_ws.append(self.import_ws[piece] + self.import_w[piece] * PIECE)
            self.export_ws.append(self.export_ws[piece] + self.export_w[piece] * PIECE)

    def _draw_samples(self):
        draw = self.draw
        hour = self.first
        while hour < self.first + self.hours:
            hour += draw.below(30)
            for _ in range(1 + draw.below(8)):
                if hour not in self.off and hour < self.first + self.hours:
                    self.sampled.add(hour)
                hour += 1

    def used(self, second):
        """(import, export) in Ws since the beginning."""
        piece = min(second // PIECE, len(self.import_w) - 1)
        rest = second - piece * PIECE
        return (
            self.import_ws[piece] + self.import_w[piece] * rest,
            self.export_ws[piece] + self.export_w[piece] * rest,
        )

    def true_wh(self, hour):
        """(import, export) of a clock hour."""
        second = (hour - self.first) * 3600
        before = self.used(second)
        after = self.used(second + 3600)
        return (after[0] - before[0]) // 3600, (after[1] - before[1]) // 3600

    def list_at(self, second):
        """The hourly list sent at a second since the beginning."""
        meter = [m for m in self.meters if m[0] <= second][-1]
        now = self.used(second)
        then = self.used(meter[0])
        step = self.step
        return (
            self.first * 3600 + second,
            meter[1] + (now[0] - then[0]) // 3600 // step * step,
            meter[2] + (now[1] - then[1]) // 3600 // step * step,
            meter[3],
        )

    def _fate(self, hour):
        """The hourly lists that arrive in this hour."""
        draw = self.draw
        second = (hour - self.first) * 3600 + self.second
        fate = draw.below(100)
        if fate < 6:
            return []
        if fate < 10 and self.arrived:
            return [self.arrived[-1]]  # Aidon: the previous one instead
        if fate < 13:
            return [self.list_at(second)] * 2
        if fate < 17:
            return [self.list_at(second + 91 - self.second + draw.below(3000))]
        if fate < 19:
            return [self.list_at(second), self.list_at(second + 600 + draw.below(2000))]
        return [self.list_at(second)]

    def _live(self):
        ledger = Ledger()
        saved = [None, None]  # as on flash: the state saved last and the one before
        off = False
        for hour in range(self.first, self.first + self.hours):
            if hour in self.off:
                if not off and self.draw.chance(70):
                    self._power(ledger, hour, 0, 60)
                    self._take(ledger, self._fate(hour), saved)  # it goes within the hour
                off = True
                continue
            if off:
                ledger = self._restart(saved)
                off = False
                # comes back within the hour: only a late list can be heard
                if self.draw.chance(50):
                    second = (hour - self.first) * 3600 + 1800
                    self._take(ledger, [self.list_at(second)], saved)
                continue
            self._power(ledger, hour, 0, 60)
            self._take(ledger, self._fate(hour), saved)
            self._power(ledger, hour, 60, 3600)

    def _power(self, ledger, hour, begin, end):
        if hour not in self.sampled and not (begin == 0 and hour - 1 in self.sampled):
            return
        for second in range(
            (hour - self.first) * 3600 + begin, (hour - self.first) * 3600 + end, 30
        ):
            piece = second // PIECE
            utc = self.first * 3600 + second
            ledger.on_power(self.import_w[piece], self.export_w[piece], utc, second * 1000)

    def _take(self, ledger, lists, saved):
        for one in lists:
            self.arrived.append(one)
            utc, import_wh, export_wh, meter = one
            for r in ledger.on_registers(import_wh, export_wh, utc, meter):
                self.stored.append(
                    (
                        r.hour,
                        r.span,
                        r.quality,
                        r.import_wh,
                        r.export_wh,
                        r.import_reg_wh,
                        r.export_reg_wh,
                        r.flags,
                    )
                )
            if ledger.changed:
                saved[1] = saved[0]
                saved[0] = json.dumps(ledger.state())

    def _restart(self, saved):
        self.restarts.append(len(self.arrived))
        last = None
        if self.stored:
            last = HourRecord().set(*self.stored[-1])
        # the power may have gone after the record was written and before the state was
        cut = last and last.import_reg_wh is not None and self.draw.chance(50)
        if cut and saved[1] and json.loads(saved[0])[0] == last.import_reg_wh:
            saved[0] = saved[1]
        ledger = Ledger()
        ledger.restore(json.loads(saved[0]) if saved[0] else None, last)
        return ledger


def anchors(arrived):
    """[series], a series is [(hour, exact, import_wh, export_wh, index in arrived)]: where the
    registers are known at a full hour. The first may be inexact: somewhere in its hour."""
    series = []
    newest = 0
    for index in range(len(arrived)):
        utc, import_wh, export_wh, meter = arrived[index]
        if utc <= newest:
            continue
        newest = utc
        late = utc % 3600 > 90
        one = [utc // 3600, not late, import_wh, export_wh, index]
        if not series or meter != series[-1][0]:
            series.append([meter, [one]])
            continue
        before = series[-1][1][-1]
        if one[0] == before[0]:
            continue
        if late and one[2:4] != before[2:4]:
            continue
        one[1] = True
        series[-1][1].append(one)
    return [one[1] for one in series]


def expected(world):
    """[(hour, span, quality, import, export, register)], a shared gap as one."""
    out = []
    for series in anchors(world.arrived):
        for i in range(1, len(series)):
            hour, exact, import_wh, export_wh, _ = series[i - 1]
            end, _, import_end, export_end, index = series[i]
            used = import_end - import_wh
            given = export_end - export_wh
            quality = SUM_ONLY
            if used == given == 0:
                quality = MEASURED
                hour += not exact
            elif exact and end == hour + 1:
                quality = MEASURED
            elif exact and covered(world, hour, end, index, used, given):
                quality = SPLIT
            if end > hour:
                out.append((hour, end - hour, quality, used, given, import_end))
    return out


def covered(world, hour, end, index, used, given):
    """Whether power was seen from hour to end and until the list arrived, and can share it out."""
    if end - hour > 24:
        return False
    import_sum = export_sum = 0
    for h in range(hour, end):
        if h not in world.sampled:
            return False
        import_sum += world.true_wh(h)[0]
        export_sum += world.true_wh(h)[1]
    for restart in world.restarts:
        if restart <= index and world.arrived[restart - 1][0] // 3600 >= hour:
            return False
    return not ((used and not import_sum) or (given and not export_sum))


def gathered(stored):
    """The ledger's records with the parts of a shared gap put together again."""
    out = []
    open_gap = None
    for hour, span, quality, used, given, register, _, _ in stored:
        if quality != SPLIT:
            assert open_gap is None
            out.append((hour, span, quality, used, given, register))
            continue
        if open_gap is None:
            open_gap = [hour, 0, SPLIT, 0, 0, None]
        assert hour == open_gap[0] + open_gap[1] and span == 1
        open_gap[1] += 1
        open_gap[3] += used
        open_gap[4] += given
        if register is not None:
            open_gap[5] = register
            out.append(tuple(open_gap))
            open_gap = None
    assert open_gap is None
    return out
