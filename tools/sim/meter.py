"""A simulated meter: its lists in the order they leave, and the truth behind them.

    from sim.meter import Meter

    meter = Meter("kamstrup-tn", start=1767225600, seed=7, events=["+1h:breaker-open:for=600"])
    for utc, frame in meter.lists(duration=86400):
        ...
    meter.register_wh(1767229200)      # true register at a second, in whole Wh

Times are UTC seconds since 1970. The same arguments give the same octets in every run.
"""

import heapq
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sim import cipher as ciphers
from sim import grid
from sim.account import Account
from sim.cipher import Cipher
from sim.events import Event, EventError, parse_events
from sim.frames import hdlc_frame
from sim.load import LoadModel
from sim.models import METERS
from sim.profiles import PROFILES
from sim.schedule import moments
from sim.timeline import Clock, Timeline
from sim.values import REGISTERS
from sim.weather import DAY_S, mix, rng_of, summer_time_s

_REGISTER_MAX_WH = 4_000_000_000  # Kaifa sends 32 bits of Wh


class Push(NamedTuple):
    """One list as the meter sends it."""

    utc: float  # UTC second of its moment on the meter's schedule
    delay: float  # seconds from there to the first octet
    frame: bytes  # the octets on the wire, both flags included
    kind: str  # "fast", "ten_second" or "hourly"
    values: dict[str, Any]  # what a decoder should report, names and units of the JSON


class _Mounted(NamedTuple):
    """A meter on the wall: since when, its number and its registers (Ws, vars) at that time."""

    since: int
    number: str
    registers: tuple[int, ...]
    energy: tuple[int, ...]


class Meter:
    """One metering point. Raises EventError (a ValueError) for unusable arguments."""

    def __init__(
        self,
        meter: str = "kamstrup-tn",
        start: int = 1767225600,
        *,
        profile: str = "home",
        seed: int = 1,
        events: Sequence[str | Event] = (),
        list2_second: int | None = None,
        register_wh: int | None = None,
        pv_w: int = 0,
        latched: bool | None = None,
        cipher: Cipher | None = None,
    ) -> None:
        """meter: a key of models.METERS. start: UTC second that the registers start at.

        events: as in events.py. list2_second: of the hourly list, None: the maker's own.
        latched: the hourly list has the registers of the full hour, else of when it is sent.
        """
        if meter not in METERS:
            raise EventError(f"unknown meter {meter!r}; there are: {', '.join(METERS)}")
        if profile not in PROFILES:
            raise EventError(f"unknown profile {profile!r}; there are: {', '.join(PROFILES)}")
        if register_wh is not None and not 0 <= register_wh <= _REGISTER_MAX_WH:
            raise EventError(f"a register is 0 to {_REGISTER_MAX_WH} Wh")
        self.type = METERS[meter]
        self.maker = self.type.maker
        if cipher and self.maker.NAME != "kamstrup":
            raise EventError("only Kamstrup meters are modelled encrypted")
        self.start = int(start)
        self.seed = seed
        texts = [event for event in events if isinstance(event, str)]
        given = [event for event in events if isinstance(event, Event)]
        self.timeline = Timeline(given + parse_events(texts, self.start), self.type.net)
        self._second = self.maker.HOURLY_SECOND if list2_second is None else list2_second
        self._latched = self.maker.LATCHED if latched is None else latched
        self._cipher = cipher
        load = LoadModel(profile, seed, self.type.net == "1p", pv_w)
        # A day earlier: the list of the hour before may be wanted.
        self._account = Account(self.type.net, load, self.timeline.plants, self.start - DAY_S)
        self._mounted = self._meters(profile, register_wh, pv_w)

    def _meters(self, profile: str, register_wh: int | None, pv_w: int) -> list[_Mounted]:
        rng = rng_of(self.seed, 3)
        mwh = rng.uniform(40, 180) if profile == "home" else rng.uniform(8, 45)
        wh = int(mwh * 1e6) if register_wh is None else register_wh
        exported = int(pv_w * rng.uniform(500, 2500))
        varh = (int(wh * rng.uniform(0.01, 0.04)), int(wh * rng.uniform(0.05, 0.15)))
        if register_wh == 0:
            exported, varh = 0, (0, 0)
        registers = tuple(3600 * value for value in (wh, exported, *varh))
        number = (41 + self.seed) % 10000
        first = _Mounted(
            self.start, f"{self.type.number}{number:04d}", registers, self._energy(self.start)
        )
        out = [first]
        for swap in self.timeline.named("meter-swap"):
            number = (number + 1) % 10000
            text = swap.args.get("number", f"{self.type.number}{number:04d}")
            base = (3600 * swap.args["wh"], 0, 0, 0)
            out.append(_Mounted(swap.begin, text, base, self._energy(swap.begin)))
        return out

    def _energy(self, utc: float) -> tuple[int, ...]:
        return self._account.energy(utc)

    def _meter_at(self, utc: float) -> _Mounted:
        return [m for m in self._mounted if m.since <= utc or m is self._mounted[0]][-1]

    def registers_ws(self, utc: float) -> tuple[int, ...]:
        """Return the registers of the meter on the wall at a whole second, exactly.

        Import, export, reactive import and export in Ws and vars (1/3600 of Wh and varh).
        """
        mounted = self._meter_at(utc)
        energy = self._energy(utc)
        rows = zip(mounted.registers, energy, mounted.energy, strict=True)
        return tuple(max(0, base + now - then) for base, now, then in rows)

    def register_wh(self, utc: float) -> int:
        """Return the true import register at a second, in whole Wh."""
        return self.registers_ws(utc)[0] // 3600

    def sample(self, utc: float) -> dict[str, int]:
        """Return what the meter measures at a time, all quantities, in base units."""
        net = self.type.net
        loads, plant = self._account.state(utc)
        power = grid.drawn(net, loads, plant)
        volts = grid.branch_voltages(net, grid.with_extra(net, loads, plant), plant)
        volts = [u * self._supply(utc, k, power) for k, u in enumerate(volts)]
        amperes = grid.currents(net, power, volts)
        if plant.lost is not None:
            amperes[plant.lost] = 0.0  # exactly; whole watts would leave a centiampere
        p, q = power[0] + power[2] + power[4], power[1] + power[3] + power[5]
        out = {
            "import_w": max(p, 0),
            "export_w": max(-p, 0),
            "import_var": max(q, 0),
            "export_var": max(-q, 0),
        }
        signed = self.maker.NAME == "aidon"
        for k in range(3):
            ma = round(1000 * amperes[k])
            out[f"l{k + 1}_ma"] = ma if signed else abs(ma)
            out[f"l{k + 1}_mv"] = round(1000 * abs(volts[k]))
        if self.maker.NAME == "kaifa" and net == "it":
            out["l2_mv"] = 0  # seen on MA304H3E
        return out

    def _supply(self, utc: float, k: int, power: grid.Powers) -> float:
        """Return the voltage of a branch as a share of the nominal one."""
        ripple = 0.8 * (mix(self.seed, 21, k, int(utc)) - 0.5)
        for event in reversed(self.timeline.active(utc, "voltage")):
            if event.args.get("phase", k) == k:
                return (event.args["volt"] + ripple) / grid.NOMINAL_V
        ten_minutes, part = divmod(utc / 600, 1)
        here = mix(self.seed, 22, k, int(ten_minutes))
        slow = 5 * (here + part * (mix(self.seed, 22, k, int(ten_minutes) + 1) - here) - 0.5)
        own = 2.5 * (mix(self.seed, 23, k) - 0.5)
        drop = 0.16 * power[2 * k] / grid.NOMINAL_V
        return (231.5 + own + slow + ripple - drop) / grid.NOMINAL_V

    def pushes(
        self, start: int | None = None, duration: float = 86400, per_hour: int | None = None
    ) -> Iterator[Push]:
        """Yield the lists that leave in that time, in order.

        per_hour: None for the whole schedule; else the hourly list and only so many 10 s lists
        an hour, evenly spread. Raises ValueError for a start before the meter's own.
        """
        begin = self.start if start is None else int(start)
        if begin < self.start:
            raise ValueError("the meter's time begins later than that")
        waiting: list[tuple[float, int, str, float, Clock, int]] = []
        order = 0
        end = begin + duration
        for clock, utc, kind in self._moments(begin, end, per_hour):
            while waiting and waiting[0][0] <= utc:
                yield from self._send(*heapq.heappop(waiting))
            hour = int(utc) - (int(utc) + clock.offset_s) % 3600
            for at, made in self._variants(utc, kind):
                order += 1
                shift = 3600 if made < utc else 0
                heapq.heappush(waiting, (at, order, kind, made, clock, hour - shift))
            while waiting and waiting[0][0] <= utc:
                yield from self._send(*heapq.heappop(waiting))
        while waiting and waiting[0][0] < end:
            yield from self._send(*heapq.heappop(waiting))

    def lists(
        self, start: int | None = None, duration: float = 86400, per_hour: int | None = None
    ) -> Iterator[tuple[float, bytes]]:
        """Yield (UTC second, frame) of the lists; arguments as for pushes()."""
        for push in self.pushes(start, duration, per_hour):
            yield push.utc, push.frame

    def _moments(
        self, begin: int, end: float, per_hour: int | None
    ) -> Iterator[tuple[Clock, float, str]]:
        for clock in self.timeline.clocks(begin, int(end + 0.999)):
            for utc, kind in moments(self.maker, clock, self._second, per_hour):
                if utc < end:
                    yield clock, utc, kind

    def _variants(self, utc: float, kind: str) -> list[tuple[float, float]]:
        """Return when the list of a moment is sent and the time its content is of."""
        if kind != "hourly":
            return [(utc, utc)]
        out = [(utc, utc)]
        for event in self.timeline.active(utc, "list2-lost", "list2-stale", "list2-late"):
            if event.name == "list2-lost":
                return []
            if event.name == "list2-stale":
                out = [(utc, utc - 3600)]
            else:
                late = utc + event.args["seconds"]
                out = [(late, late)]
        if self.timeline.active(utc, "list2-twice"):
            out.append((out[0][0] + 10, out[0][1]))
        return out

    def _send(
        self, at: float, order: int, kind: str, made: float, clock: Clock, hour: int
    ) -> Iterator[Push]:
        if self.timeline.silent(at):
            return
        mounted = self._meter_at(made)
        local = int(made) + clock.offset_s
        if self.maker.NAME == "kaifa" and not clock.status:
            local += summer_time_s(made)
        sample: dict[str, int | None] = dict(self.sample(made))
        if kind == "hourly":
            exact = self.registers_ws(hour if self._latched else made)
            sample.update(zip(REGISTERS, (value // 3600 for value in exact), strict=True))
        for name in list(sample):
            if name not in self.type.names:
                sample[name] = None
                if not self.type.padded:
                    del sample[name]
        identity = (mounted.number, self.type.model)
        apdu, values = self.maker.apdu(kind, identity, sample, (local, clock.status))
        low, high = self.maker.DELAY_S
        delay = low + (high - low) * mix(self.seed, 24, int(2 * at))
        yield Push(at, delay, self._frame(apdu, mounted), kind, values)

    def _frame(self, apdu: bytes, mounted: _Mounted) -> bytes:
        if self._cipher is None:
            return hdlc_frame(self.maker.HEADER, apdu)
        if mounted is not self._mounted[0]:
            self._cipher.system_title = ciphers.system_title(mounted.number)
        return hdlc_frame(ciphers.HEADER, self._cipher.wrap(apdu))
