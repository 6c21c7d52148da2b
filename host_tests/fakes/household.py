"""A household's history for the fake dongle: hours, days, months and peaks as the API gives them.

Thirteen months that look like a house, the same in every run, with what a real journal has too:
calculated hours, a block of which only the sum is known, missing hours, the days of 23 and of 25
hours. Independent of the firmware: local time is zoneinfo's.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
HOUR = 3600
# 23 Nov 2026, 14:35 in Norway
AT = 1795440900
FIRST = int(datetime(2025, 10, 20, 9, tzinfo=OSLO).timestamp())


def local(utc: int) -> str:
    return datetime.fromtimestamp(utc, OSLO).isoformat(timespec="minutes")


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=OSLO).timestamp())


def day_of(utc: int) -> date:
    return datetime.fromtimestamp(utc, OSLO).date()


def month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


class Household:
    """`at` is the dongle's now. `first` is where the journal begins."""

    def __init__(self, at: int = AT, first: int = FIRST):
        self.at = at
        self.first = first
        # [start, hours) of what is no plain measured hour
        self.block = (midnight(date(2026, 11, 18)) + 9 * HOUR, 6)
        self.missing = (midnight(date(2026, 11, 11)) + 13 * HOUR, 5)
        self.split = (midnight(date(2026, 11, 20)) + 17 * HOUR, 2)
        self.exports = False

    def wh(self, start: int) -> int:
        """What the hour used: more in winter and in the evening, in steps of the register."""
        at = datetime.fromtimestamp(start, OSLO)
        winter = abs(at.timetuple().tm_yday - 183) / 183
        evening = {7: 900, 8: 700, 16: 1300, 17: 1900, 18: 1500, 19: 800}.get(at.hour, 0)
        spread = (start // HOUR * 7919) % 997
        extra = 2100 if spread > 985 and 15 < at.hour < 22 else 0
        return int(500 + 1400 * winter + evening + spread + extra) // 10 * 10

    def record(self, start: int) -> dict | None:
        """The journal's record that begins at `start`."""
        if not self.first <= start < self.at // HOUR * HOUR:
            return None
        begin, count = self.block
        if begin < start < begin + count * HOUR:
            return None
        if self.missing[0] <= start < self.missing[0] + self.missing[1] * HOUR:
            return None
        row = {"start": start, "local": local(start), "span": 1, "import_wh": self.wh(start)}
        row["export_wh"] = self.out(start)
        row["quality"] = "B" if 0 <= start - self.split[0] < self.split[1] * HOUR else "M"
        if start == begin:
            row |= {"span": count, "import_wh": 3100, "quality": "S"}
        return row

    def out(self, start: int) -> int:
        hour = datetime.fromtimestamp(start, OSLO).hour
        return 1200 if self.exports and 10 <= hour < 15 else 0

    def hours(self, first: date, end: date) -> dict:
        start, stop = midnight(first), midnight(end)
        rows = [self.record(at) for at in range(start, stop, HOUR)]
        return {
            "from": str(first),
            "to": str(end),
            "start": start,
            "end": stop,
            "hours": [row for row in rows if row],
        }

    def day(self, day: date) -> dict | None:
        answer = self.hours(day, day + timedelta(days=1))
        rows = answer["hours"]
        if not rows:
            return None
        single = [row for row in rows if row["quality"] != "S"]
        most = max(single, key=lambda row: row["import_wh"], default=None)
        passed = (min(answer["end"], self.at) - answer["start"]) // HOUR
        found = {
            "day": str(day),
            "import_wh": sum(row["import_wh"] for row in rows),
            "export_wh": sum(row["export_wh"] for row in rows),
            "hours": len(single),
        }
        if most:
            found |= {"max_wh": most["import_wh"], "max_start": most["start"]}
            found["max_local"] = most["local"]
        if sum(row["span"] for row in rows) < passed:
            found["at_least"] = True
        if answer["end"] > self.at:
            found["open"] = True
        return found

    def days(self, first: date, end: date) -> dict:
        dates = [first + timedelta(days=n) for n in range((end - first).days)]
        rows = [self.day(day) for day in dates]
        return {"from": str(first), "to": str(end), "days": [row for row in rows if row]}

    def peaks(self, month: date) -> dict:
        rows = self.days(month, month_after(month))["days"]
        tops = sorted((row for row in rows if "max_wh" in row), key=lambda row: -row["max_wh"])[:3]
        found = [
            {
                "start": row["max_start"],
                "local": row["max_local"],
                "wh": row["max_wh"],
                "quality": "B" if row["max_start"] == self.split[0] else "M",
            }
            for row in tops
        ]
        answer: dict = {"month": str(month)[:7], "peaks": found, "preliminary": len(found) < 3}
        answer["at_limit"] = False
        if found:
            mean = sum(peak["wh"] for peak in found) // len(found)
            limits = [0, 2000, 5000, 10000, 15000]
            step = max(i for i, limit in enumerate(limits) if limit <= mean)
            answer["mean_w"] = mean
            answer["step"] = {
                "from_w": limits[step],
                "to_w": limits[step + 1],
                "kr": 527,
                "next_kr": 58,
            }
            if str(month)[:7] == local(AT)[:7]:
                answer["step"]["to_next_w"] = limits[step + 1] - mean
        return answer

    def months(self, first: date, end: date) -> dict:
        rows = []
        month = first
        while month < end:
            days = self.days(month, month_after(month))["days"]
            if days:
                peaks = self.peaks(month)
                row: dict = {
                    "month": str(month)[:7],
                    "import_wh": sum(day["import_wh"] for day in days),
                    "export_wh": sum(day["export_wh"] for day in days),
                    "days": len(days),
                    "peaks": peaks["peaks"],
                    "mean_w": peaks["mean_w"],
                }
                if any(day.get("at_least") for day in days) or midnight(month) < self.first:
                    row["at_least"] = True
                if month == day_of(self.at).replace(day=1):
                    row["open"] = True
                rows.append(row)
            month = month_after(month)
        return {"from": str(first)[:7], "to": str(end)[:7], "months": rows}

    def answer(self, path: str, query: dict) -> dict | None:
        """The JSON of /api/v1/<path>, None for what is not of history."""
        today = day_of(self.at)
        month = today.replace(day=1)
        if path == "hours":
            first = date.fromisoformat(query.get("from", str(today)))
            end = date.fromisoformat(query.get("to", str(first + timedelta(days=1))))
            return self.hours(first, end)
        if path == "days":
            first = date.fromisoformat(query.get("from", str(month)))
            end = date.fromisoformat(query.get("to", str(month_after(first))))
            return self.days(first, end)
        if path == "months":
            first = date.fromisoformat(query["from"] + "-01")
            return self.months(first, date.fromisoformat(query["to"] + "-01"))
        if path == "peaks":
            return self.peaks(date.fromisoformat(query.get("month", str(month)[:7]) + "-01"))
        return None
