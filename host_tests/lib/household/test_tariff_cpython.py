"""Month and Budget against a second opinion: dates by zoneinfo, arithmetic in Fractions, written
from domain.md 2.1-2.4 and not from the code; over random months of homes and cabins (A13)."""

import random
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from test_tariff import load, sheet

from household.budget import Budget
from household.month import Month
from household.record import MEASURED, SPLIT, SUM_ONLY
from household.steps import look
from household.tariff import Tariff

OSLO = ZoneInfo("Europe/Oslo")


def local(hour):
    return datetime.fromtimestamp(hour * 3600, UTC).astimezone(OSLO)


def hour_at(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=OSLO).timestamp()) // 3600


def maxima(records, year, month):
    """{date: (Wh, hour)} of the month's days with data: highest hour, the earliest of equals."""
    found = {}
    for hour, span, wh, quality in records:
        if quality == SUM_ONLY or (span > 1 and wh):
            continue
        for h in range(hour, hour + span):
            day = local(h).date()
            if (day.year, day.month) == (year, month) and (day not in found or wh > found[day][0]):
                found[day] = (wh, h)
    return found


def mean_of(values, peaks):
    best = sorted(values, reverse=True)[:peaks]
    return Fraction(sum(best), len(best)) if best else None


def step_of(data, mean):
    return max(i for i, (start, _) in enumerate(data["steps"]) if start <= mean)


def upper(data, step):
    for start, price in data["steps"][step + 1 :]:
        if price != data["steps"][step][1]:
            return start
    return None


def price(data, hour):
    when = local(hour)
    for first, last, start, end, ore in data["energy"]:
        if first <= when.month <= last and (
            start <= when.hour < end if start < end else not end <= when.hour < start
        ):
            return Fraction(ore + data["enova"], 100)
    raise AssertionError("no price")


def expected(records, data, now, target, peaks):
    """What the page must say at the UTC hour `now`."""
    today = local(now).date()
    days = maxima(records, today.year, today.month)
    known = {day: wh for day, (wh, _) in days.items()}
    mean = mean_of(known.values(), peaks)
    step = None if mean is None else step_of(data, mean)
    out = {"mean": mean, "step": None if mean is None else data["steps"][step][0]}
    others = sorted((wh for day, wh in known.items() if day != today), reverse=True)
    m = known.get(today, 0)
    elapsed = len(others) + 1
    early = elapsed < peaks
    before = today.replace(day=1) - timedelta(days=1)
    last = mean_of([wh for wh, _ in maxima(records, before.year, before.month).values()], peaks)
    if target:
        limit = target
    elif early and last is not None:
        limit = upper(data, step_of(data, last))
    else:
        limit = None if mean is None else upper(data, step)
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    count = min(peaks, elapsed + (month_end - today).days - 1)
    floor = Fraction(sum(sorted([*others, m], reverse=True)[:count]), count)
    out["lost"] = 0
    while limit is not None and floor >= limit:
        out["lost"] = target
        limit = upper(data, step_of(data, limit))
    out["limit"] = limit
    out["budget"] = out["alone"] = None
    others += [0, 0, 0]
    if limit is not None and early:
        out["budget"] = max(m, limit)
    elif limit is not None:
        rest = peaks * limit - sum(others[: peaks - 1])
        out["budget"] = max(m, others[peaks - 1], min(limit, rest))
        out["alone"] = max(m, others[peaks - 1], rest)
    out["peaks"] = sorted(((h, wh) for wh, h in days.values()), key=lambda p: (-p[1], p[0]))[
        :peaks
    ]
    return out


def random_records(rng, first, days):
    """Records of a home or a cabin, with gaps, blocks and quiet weeks."""
    records = []
    hour = hour_at(first)
    end = hour_at(first + timedelta(days=days))
    level = rng.choice((800, 2000, 5000))
    cabin = rng.random() < 0.4
    while hour < end:
        dice = rng.random()
        if cabin and dice < 0.03:
            span = rng.randrange(2, 400)
            records.append((hour, span, 0, MEASURED))
        elif dice < 0.008:
            span = rng.randrange(1, 60)
            records.append((hour, span, rng.randrange(level * span), SUM_ONLY))
        elif dice < 0.014:
            span = rng.randrange(1, 60)  # missing
        else:
            span = 1
            quality = SPLIT if rng.random() < 0.05 else MEASURED
            wh = rng.randrange(0, level, 10)
            if rng.random() < 0.01:
                wh *= 3
            records.append((hour, 1, wh, quality))
        hour += span
    return records


def check(rng, data, first, days, moments):
    tariff = Tariff(data)
    records = random_records(rng, first, days)
    month = Month(tariff)
    budget = Budget()
    target = rng.choice((0, 0, 2000, 5000, 10000))
    picks = set(rng.sample(range(len(records)), moments))
    for i, record in enumerate(records):
        month.add(*record)
        if i not in picks:
            continue
        now = record[0] + record[1]
        look(budget, month, now * 3600, target)
        want = expected(records[: i + 1], data, now, target, tariff.peaks)
        got = {
            "mean": budget.mean_w,
            "step": budget.step_w,
            "limit": budget.limit_w,
            "budget": budget.budget_wh,
            "alone": budget.alone_wh,
        }
        floor = None if want["mean"] is None else int(want["mean"])
        assert got == {**{key: want[key] for key in got}, "mean": floor}
        if target:
            assert budget.lost_w == want["lost"]
        last = local(now - 1)
        if (last.year, last.month) == (local(now).year, local(now).month):
            assert [(h, wh) for h, wh, _ in month.peaks()] == want["peaks"]
    return records, month


def test_random_months_against_the_reference():
    rng = random.Random(20261124)
    names = ("area-1", "area-2", "area-3", "area-cabin")
    for n in range(32):
        data = load(names[n % 4])
        if n % 8 == 7:
            data["model"] = "highest_hour"
        first = date(2025, 12, 20) + timedelta(days=rng.randrange(400))
        check(rng, data, first, 70, 40)


def test_cost_against_the_reference():
    rng = random.Random(7)
    for n in range(12):
        data = load("area-1")
        tariff = Tariff(data)
        first = date(2026, n + 1, 1)
        after = (first + timedelta(days=31)).replace(day=1)
        records = [
            r
            for r in random_records(rng, first, (after - first).days)
            if r[3] != SUM_ONLY and r[0] + r[1] <= hour_at(after)
        ]
        month = Month(tariff)
        for record in records:
            month.add(*record)
        mean = mean_of([wh for wh, _ in maxima(records, 2026, n + 1).values()], 3)
        ore = Fraction(data["steps"][step_of(data, mean)][1])
        ore += sum(Fraction(wh, 1000) * price(data, hour) for hour, _, wh, _ in records)
        assert month.cost_ore() == (int(ore + Fraction(1, 2)),) * 2
        assert month.import_wh() == sum(wh for _, _, wh, _ in records)


def test_cost_of_blocks_is_inside_its_range():
    """However a block's energy fell on its hours, the cost is between the two figures."""
    rng = random.Random(8)
    data = load("area-3")
    for n in range(12):
        first = date(2026, n + 1, 1)
        after = (first + timedelta(days=31)).replace(day=1)
        month = Month(Tariff(data))
        energy = Fraction(0)
        for hour, span, wh, quality in random_records(rng, first, (after - first).days):
            if hour + span > hour_at(after):
                break
            month.add(hour, span, wh, quality)
            if quality == SUM_ONLY:
                weights = [rng.random() ** 4 for _ in range(span)]
                shares = [Fraction(w).limit_denominator(1000) for w in weights]
                whole = sum(shares) or Fraction(1)
                energy += sum(
                    Fraction(wh, 1000) * share / whole * price(data, hour + i)
                    for i, share in enumerate(shares)
                )
            else:
                energy += Fraction(wh, 1000) * price(data, hour)
        ore = energy + data["steps"][month.step()][1]
        least, most = month.cost_ore()
        assert least - 1 <= ore <= most + 1


def test_the_budgets_mean_what_they_say():
    """An hour strictly below `alone` does not raise the step, one at it does unless another day or
    hour already weighs more; and with every day below the safe budget the month stays below T."""
    rng = random.Random(9)
    tariff = Tariff(sheet())
    start = hour_at(date(2026, 6, 1))
    tried = 0
    for _ in range(300):
        days = [rng.randrange(0, 6000, 10) for _ in range(rng.randrange(3, 12))]
        month = Month(tariff)
        for d, wh in enumerate(days):
            month.add(start + d * 24 + 18, 1, wh, MEASURED)
        now = start + len(days) * 24
        month.add(now, 1, rng.randrange(0, 6000, 10), MEASURED)
        budget = Budget()
        look(budget, month, (now + 1) * 3600, 5000)
        limit = budget.limit_w
        if limit is None:
            continue
        tried += 1
        kept = month.state()

        def mean_after(wh, kept=kept, now=now):
            again = Month(tariff)
            assert again.restore(kept, now + 1)
            again.add(now + 1, 1, wh, MEASURED)
            total, count = again.mean()
            return Fraction(total, count)

        assert mean_after(budget.alone_wh - 1) < limit
        m = month.peak_wh[len(days)]
        c = sorted(days, reverse=True)[2]
        if budget.alone_wh > max(m, c):
            assert mean_after(budget.alone_wh) >= limit
        assert budget.budget_wh <= budget.alone_wh
        again = Month(tariff)
        assert again.restore(kept, now + 1)
        for d in range(
            len(days), 30
        ):  # use the safe budget, less 1 Wh, in the evening of every day
            again.add(start + d * 24 + 5, 1, 0, MEASURED)
            budget = Budget()
            look(budget, again, (start + d * 24 + 6) * 3600, limit)
            assert budget.limit_w == limit
            again.add(start + d * 24 + 18, 1, budget.budget_wh - 1, MEASURED)
        total, count = again.mean()
        assert total < limit * count
    assert tried > 250


def test_day_boundaries_of_every_month_until_2050():
    """The hours 23-24 and 00-01 around each month's turn are booked on the right day."""
    month = Month(Tariff(sheet()))
    for n in range(24 * 12):
        first = date(2026 + n // 12, n % 12 + 1, 1)
        turn = hour_at(first)
        month.add(turn - 1, 1, 1000, MEASURED)
        assert month.peak_wh[month.days - 1] == 1000
        month.add(turn, 1, 2000, MEASURED)
        assert month.month == first.month
        assert month.first_hour == turn
        assert (month.peak_wh[0], month.peak_wh[1]) == (2000, -1)
