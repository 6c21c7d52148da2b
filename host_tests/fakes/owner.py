"""What belongs to the owner in the fake dongle: settings, away reports, tariff, line, keys, log.

As much of the API as the page uses, with the rules that the page has to cope with: a wrong answer
gets the firmware's status and error code. `posts` keeps what the page sent.
"""

import itertools
import json
from pathlib import Path

from fakes.household import AT, HOUR, local

TARIFFS = Path(__file__).resolve().parents[2] / "firmware" / "tariffs"
SETTINGS = {
    "name": "Hytta",
    "idle_days": 90,
    "hostname": "",
    "wifi_ssid": "Hjemme",
    "wifi_key": True,
    "line": 0,
    "line_locked": False,
    "energy_wh": None,
    "current_ma": None,
    "voltage_mv": None,
    "encryption_key": False,
    "authentication_key": False,
    "refuse_plain": False,
    "profile": "home",
    "fuse_a": 25,
    "net": "",
    "grid": "area-2",
    "target_w": 0,
    "norgespris": False,
    "frost": False,
    "latched": True,
    "hour_months": 13,
    "mqtt": "",
    "mqtt_password": False,
}
REPORT = {
    "id": 0,
    "kind": "power_lost",
    "off_utc": 1791806820,
    "on_utc": 1791806820 + 70 * 86400,
    "before_wh": 12345670,
    "before_utc": 1791806820 - 420,
    "before_used_wh": 0,
    "after_wh": 12345670,
    "after_utc": 1791806820 + 70 * 86400 + 1260,
    "after_used_wh": 0,
    "away_wh": 0,
    "outages": 1,
    "meter_dark": False,
    "new_meter": False,
    "drained": False,
    "seen": False,
}
EVENTS = "signal_back signal_lost fuse_overload gap power_lost tariff start".split()
SECURITY = [
    ("started", 0, "", False),
    ("password", 0, "", False),
    ("login", 2, "iPhone Safari", True),
    ("failed", 2, "", True),
    ("settings", 0, "", False),
]


def tariff(name: str) -> dict:
    return json.loads((TARIFFS / f"{name}.json").read_text(encoding="utf-8"))


class Owner:
    """`answer(method, path, query, body)` -> (status, JSON) or None for what it does not know."""

    def __init__(self):
        self.role = "owner"
        self.settings = dict(SETTINGS)
        self.away: dict = {"plan": None, "cut_off": None, "reports": [], "frost": {"on": False}}
        self.posts: list[tuple[str, dict]] = []
        self.log = [
            {
                "n": 7 - i,
                "utc": AT - i * 7 * HOUR,
                "local": local(AT - i * 7 * HOUR),
                "event": event,
                "value": AT - 40 * HOUR if event == "power_lost" else 0,
            }
            for i, event in enumerate(EVENTS)
        ]
        self.seen = 2  # of the security log
        self.line: dict = {
            "verdict": "ok",
            "searching": False,
            "setting": {
                "line": 0,
                "baud": 2400,
                "parity": "none",
                "inverted": True,
                "locked": False,
            },
            "damaged_percent": 0,
            "counters": {"octets": 1234567, "frames_ok": 5432, "fcs_errors": 3},
            "encryption": "plain",
            "keys": False,
            "scales": {"energy_wh": 10},
        }
        self.diagnosis: dict = {
            "version": "0.5.0",
            "up_s": 9 * 86400 + 4 * 3600,
            "micropython": "1.29.0",
            "heap": {"used": 70000, "free": 36000},
            "flash": {"size": 2097152, "free": 1433600},
            "starts": {"power_on": 3, "deaths": 0},
            "wifi": {"connected": True, "drops": 2, "rssi": -61, "address": "192.168.1.57"},
            "door": {"open": 2, "streams": 1, "refused": 0},
        }
        self.quality: dict = {
            "net": "it",
            "fuse_a": 25,
            "phases": [self._phase(229.1 + i, 14 * (i == 1)) for i in range(3)],
            "l2_bounds_a": {"least": 1.1, "most": 9.3},
        }
        self.consent = {"state": "given", "version": 1, "given_at": AT - 86400, "secured": "owner"}
        self.own_sheet: dict | None = None
        self.update: dict = {
            "version": "0.5.0",
            "build": "3fa9c1d2",
            "board": "esp32",
            "micropython": "1.29.0",
            "folder": ".",
            "on_trial": False,
            "received": None,
            "size": None,
            "given_up": None,
        }
        # The code that an upload is refused with, once all of it has come
        self.refuses: str | None = None
        self.uploaded = bytearray()
        self.busy = False

    @staticmethod
    def _phase(lowest: float, outside: int) -> dict:
        today = {"min_v": lowest, "min_utc": AT - 9000, "max_v": 236.2, "max_utc": AT - 30000}
        return {
            "minutes_outside_24h": outside,
            "today": today | {"minutes_outside": 0},
            "yesterday": today | {"minutes_outside": outside},
        }

    def answer(self, method, path, query, body):
        if path.startswith("update") and method == "POST" and self.role == "owner":
            return self._upload(path, query, body)
        if method != "GET":
            self.posts.append((path, body))
            if self.role != "owner":
                return 403, {"error": "forbidden"}
        name, _, rest = path.partition("/")
        if path == "events/log":
            return 200, {"entries": self.log, "more": False}
        found = getattr(self, "_" + name, None)
        return found and found(method, rest, body or {})

    def _session(self, method, rest, body):
        return 200, {} if method == "DELETE" else {"role": self.role, "id": 0, "notices": 0}

    def _settings(self, method, rest, body):
        if method == "POST":
            if "set" not in body:
                return 200, {}
            for key, value in body["set"].items():
                if key == "hostname" and not str(value).replace("-", "").isalnum():
                    return 400, {"error": "setting", "setting": key, "why": "must be of a-z"}
                self.settings[key] = value
        return 200, self.settings if method == "GET" else {}

    def _away(self, method, rest, body):
        if method == "POST":
            what = body["do"]
            if what == "leave":
                self.away["plan"] = {
                    "kind": body["kind"],
                    "left_utc": AT,
                    "register_wh": 12345670,
                    "register_utc": AT - 1500,
                    "drained": body["drained"],
                }
            elif what == "back":
                self.away["plan"] = None
            elif what == "seen":
                self.away["reports"][body["id"]]["seen"] = True
            elif what == "cut_off":
                self.away["cut_off"] = {"since": AT, "register_wh": 12345670}
            elif what == "reconnected":
                self.away["cut_off"] = None
        return 200, {key: value for key, value in self.away.items() if value is not None}

    def _quality(self, method, rest, body):
        return 200, self.quality

    def _line(self, method, rest, body):
        return 200, self.line

    def _diagnosis(self, method, rest, body):
        return 200, self.diagnosis

    def _consent(self, method, rest, body):
        if method == "POST":
            self.consent["state"] = {"withdraw": "withdrawn"}.get(body["answer"], "given")
        return 200, self.consent

    def _tariff(self, method, rest, body):
        if method == "POST":
            steps = body.get("steps") or []
            if any(b[0] <= a[0] for a, b in itertools.pairwise(steps)):
                problem = {"code": "steps_not_rising", "where": "steps 2", "value": 0}
                return 400, {"error": "tariff", "problems": [problem]}
            self.own_sheet = body
            self.settings["grid"] = "own"
        if method == "DELETE":
            self.own_sheet = None
            self.settings["grid"] = "area-2"
        presets = [tariff(name) for name in ("area-1", "area-2", "area-3", "area-cabin")]
        names = ("id", "company", "name", "place", "group", "valid_from", "valid_to")
        found: dict = {
            "grid": self.settings["grid"],
            "own": self.own_sheet is not None,
            "validity": "valid",
            "presets": [{key: sheet[key] for key in names} for sheet in presets],
        }
        chosen = [sheet for sheet in presets if sheet["id"] == self.settings["grid"]]
        if self.own_sheet or chosen:
            found["sheet"] = self.own_sheet or chosen[0]
        return 200, found

    def _keys(self, method, rest, body):
        if method == "POST":
            return 201, {"token": "0123456789abcdef0123456789abcdef"}
        common = {"created": AT - 9 * 86400, "used": AT - 86400, "expires": None}
        phones = [("iPhone Safari", "phone", "owner", True), ("Gjest", "link", "viewer", False)]
        return 200, {
            "keys": [
                {"id": i, "name": name, "kind": kind, "role": role, "this": own} | common
                for i, (name, kind, role, own) in enumerate(phones)
            ]
        }

    def _security(self, method, rest, body):
        rows = [
            {
                "id": i + 1,
                "event": event,
                "figure": figure,
                "time": AT - (9 - i) * HOUR,
                "address": "192.168.1.23",
                "name": name,
                "notice": notice,
            }
            for i, (event, figure, name, notice) in enumerate(SECURITY)
        ]
        if method == "POST":
            self.seen = body["seen"]
        return 200, {"entries": rows[::-1], "seen": self.seen}

    def _erase(self, method, rest, body):
        return (200, {"running": self.busy}) if method == "GET" else (202, {})

    def _update(self, method, rest, body):
        return 200, self.update

    def _upload(self, path, query, body):
        """As app/api_update.py: pieces in their order, then the end."""
        if path == "update/end":
            if self.refuses:
                return 400, {"error": self.refuses}
            self.update |= {"version": "0.6.0", "folder": "a", "on_trial": True}
            return 200, {"version": "0.6.0"}
        offset = int(query["offset"])
        if offset == 0:
            self.uploaded.clear()
        if offset != len(self.uploaded):
            return 409, {"error": "update_offset", "received": len(self.uploaded)}
        self.uploaded += body["octets"]
        return 200, {"received": len(self.uploaded), "size": None}

    def _clock(self, method, rest, body):
        return 200, {"source": "phone", "ok": True, "doubtful": False}
