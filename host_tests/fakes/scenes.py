"""The states that a household's page can be in, each as a function that puts a FakeDevice there.

The tests run axe-core on them, and tools/screenshots.py makes their pictures.
"""

from fakes.household import AT, HOUR, Household, day_of
from fakes.owner import REPORT

LOAD = [410] * 7 + [820] * 6 + [2350] * 9 + [None] * 3 + [1500] * 12 + [4120] * 8 + [640] * 15
HOUR_START = AT // HOUR * HOUR

# A Kamstrup on an IT net: no current of L2.
IT = {
    "list_id": "Kamstrup_V0001",
    "meter_id": "0042",
    "meter_model": "6841121BN243101040",
    "import_w": 2350,
    "export_w": 0,
    "import_var": 0,
    "export_var": 120,
    "l1_a": 5.21,
    "l3_a": 4.1,
    "l1_v": 231,
    "l2_v": 230,
    "l3_v": 229,
    "import_wh": 12345670,
    "registers_age_s": 1500,
}
STEP = {
    "tariff": "area-2",
    "name": "Område 2",
    "group": "household",
    "validity": "valid",
    "valid_to": "2026-12-31",
    "mean_w": 3120,
    "from_w": 2000,
    "to_w": 5000,
    "to_next_w": 1880,
    "kr": 527,
    "next_kr": 58,
    "kwh_ore": 26.89,
    "limit_w": 5000,
    "lost_w": 0,
    "preliminary": False,
    "at_limit": False,
    "higher": False,
    "by_fuse": False,
}
MORE = {
    "profile": "home",
    "net": "it",
    "unmeasured": ["l2_a"],
    "hour": {
        "start": HOUR_START,
        "wh": 1420,
        "export_wh": 0,
        "coverage": 1000,
        "expected_wh": 2600,
        "budget_wh": 5000,
        "alone_wh": 5970,
        "allow_w": 7100,
        "level": "ok",
    },
    "last_hour_start": HOUR_START - HOUR,
    "last_hour_span": 1,
    "last_hour_quality": "M",
    "step": STEP,
    "fuse": {"a": 25, "pct": 21, "phase": 1},
    "standby": {"w": 180, "hours": 24},
    "clock": {"source": "meter", "ok": True, "doubtful": False, "difference_s": 1, "zone": 60},
}


def live(device):
    """A usual afternoon."""
    device.more = {**MORE}
    today = device.household.day(day_of(AT))
    device.more["today"] = {key: today[key] for key in ("day", "import_wh", "export_wh", "hours")}
    device.more["last_hour_wh"] = device.household.wh(HOUR_START - HOUR)
    device.reading(**IT)
    device.power = [*LOAD[1:], 2350]
    device.silence(3)


def old(device):
    live(device)
    device.power = [*LOAD[4:], None, None, None, None]
    device.silence(47)


def no_signal(device):
    live(device)
    device.more |= {"verdict": "went_silent"}
    device.more["causes"] = ["contact", "han_hung", "han_closed", "meter_dead"]
    device.silence(500)


def starting(device):
    device.more = {"profile": "home"}


def first_hour(device):
    """The first minutes: no register yet, no hour, no tariff chosen."""
    device.more = {
        "profile": "home",
        "net": "it",
        "unmeasured": ["l2_a"],
        "hour": {"start": HOUR_START, "coverage": 80},
    }
    fields = {k: v for k, v in IT.items() if k not in ("import_wh", "registers_age_s")}
    device.reading(**fields)
    device.power = [None] * 55 + LOAD[:5]
    device.household = Household(first=AT)
    device.owner.quality = {"net": "it", "fuse_a": 0, "phases": []}
    device.owner.log = device.owner.log[-1:]
    device.owner.settings |= {"grid": "", "fuse_a": 0}


def first_day(device):
    """Five hours after it was plugged in: a preliminary mean, most of the day missing."""
    live(device)
    device.household = Household(first=HOUR_START - 5 * HOUR)
    device.more["today"] = {"day": "2026-11-23", "import_wh": 8140, "at_least": True, "hours": 5}
    device.more["step"] = STEP | {"mean_w": 2110, "to_next_w": 2890, "preliminary": True}


def idle(device):
    """Nothing flows, at home."""
    live(device)
    device.reading(**IT | {"import_w": 0, "export_var": 0, "l1_a": 0, "l3_a": 0})
    device.power = [0] * 60
    device.more["zero_since"] = AT - 5400
    device.more["fuse"] = {"a": 25, "pct": 0, "phase": 1}
    device.more["hour"] = {"start": HOUR_START, "wh": 0, "coverage": 1000, "expected_wh": 0}
    device.more["hour"] |= {"budget_wh": 5000, "allow_w": 12000, "level": "ok"}


def cabin(device):
    """The same at a cabin whose owner has disconnected at the meter."""
    idle(device)
    device.more |= {"profile": "cabin", "presence": "cut_off"}
    device.more["cut_off"] = {"since": AT - 5400, "register_wh": 12345670}
    device.owner.settings["profile"] = "cabin"
    device.owner.away["cut_off"] = device.more["cut_off"]


def away(device):
    """Back at the cabin, with a report that has not been read."""
    live(device)
    device.more |= {"profile": "cabin", "away": "report"}
    device.owner.settings["profile"] = "cabin"
    device.owner.away["reports"] = [dict(REPORT)]
    device.owner.settings["frost"] = True
    device.owner.away["frost"] = {"on": True, "band_w": [310, 900]}


def over_budget(device):
    live(device)
    device.reading(**IT | {"import_w": 8470, "l1_a": 22.1, "l3_a": 19.4})
    device.more["hour"] = MORE["hour"] | {"wh": 4310, "expected_wh": 7840, "level": "over"}
    device.more["hour"] |= {"allow_w": 1660, "top": True}
    device.more["step"] = STEP | {"mean_w": 4930, "to_next_w": 70, "at_limit": True}
    device.more["fuse"] = {"a": 25, "pct": 88, "phase": 1}


def near_budget(device):
    live(device)
    device.more["hour"] = MORE["hour"] | {"expected_wh": 4800, "level": "near", "top": True}


def over_fuse(device):
    over_budget(device)
    device.reading(**IT | {"import_w": 10900, "l1_a": 31.3, "l3_a": 24.8})
    device.more["fuse"] = {"a": 25, "pct": 125, "phase": 1}
    device.more["warnings"] = ["fuse_trip", "l2_may_be_higher", "voltage_notice"]


def encrypted(device):
    """Ciphertext, and no key for it."""
    device.more = {"profile": "home", "presence": "encrypted"}
    device.more["verdict"] = "key_missing"
    device.never_heard_s = 45
    device.owner.line |= {"verdict": "key_missing", "encryption": "encrypted"}
    device.owner.diagnosis = {}  # an older dongle tells less


def tn(device):
    live(device)
    device.fields |= {"meter_model": "6841131BN243101040", "l2_a": 3.34}
    device.more |= {"net": "tn", "unmeasured": []}


def one_phase(device):
    live(device)
    device.fields["meter_model"] = "6861111BN242101040"
    for name in ("l3_a", "l2_v", "l3_v"):
        del device.fields[name]
    device.more |= {"net": "1p", "unmeasured": []}


def export(device):
    live(device)
    device.household.exports = True
    device.fields |= {"import_w": 0, "export_w": 1204, "export_wh": 54321000}
    device.power = [None if w is None else w - 2400 for w in LOAD[1:]] + [-1204]


def expired(device):
    """New Year, old prices, and news about who has logged in."""
    live(device)
    device.more["step"] = {k: v for k, v in STEP.items() if k not in ("kr", "next_kr", "kwh_ore")}
    device.more["step"]["validity"] = "expired"
    device.more["notices"] = 2


def guest(device):
    """A guest's phone: the same meter, and nothing to change."""
    live(device)
    device.more["role"] = "viewer"
    device.owner.role = "viewer"


def withdrawn(device):
    """The owner has taken back the consent: nothing is read."""
    device.more = {"profile": "home", "consent": "withdrawn"}
    device.never_heard_s = 500
    device.owner.consent["state"] = "withdrawn"


def moved(device):
    """Another meter than the one agreed on."""
    withdrawn(device)
    device.more["consent"] = device.owner.consent["state"] = "moved"


def on_trial(device):
    """A new version that has yet to prove itself, after one that did not."""
    live(device)
    device.owner.update |= {"version": "0.6.0", "folder": "a", "on_trial": True}
    device.owner.update["given_up"] = {"version": "0.5.9", "why": "time"}


SCENES = {
    scene.__name__: scene
    for scene in (
        *(live, old, no_signal, starting, first_hour, first_day, idle, cabin, away),
        *(over_budget, near_budget, over_fuse, encrypted, tn, one_phase, export, expired),
        *(guest, withdrawn, moved, on_trial),
    )
}
