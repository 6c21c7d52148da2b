"""Price sheets: household.tariff, tariff_check and the files that ship (A20, A21)."""

import json

from household import oslo, tariff_check
from household.tariff import Norgespris, Tariff, parse_day
from household.validity import EXPIRED, NOT_YET, VALID, validity

FOLDER = "/".join(__file__.split("/")[:-4] or ["."]) + "/firmware/tariffs/"
KW = (0, 2, 5, 10, 15, 20, 25)
# domain.md 2.2: kr a month by step, øre/kWh for winter day, the two middle ones, summer night
TABLE = {
    "area-1": ((525, 551, 604, 840, 945, 1103, 1365), 2989, 2689, 2489),
    "area-2": ((390, 527, 585, 840, 945, 1102, 1365), 2989, 2689, 2489),
    "area-3": ((358, 465, 572, 840, 945, 1102, 1365), 2690, 2390, 2190),
    "area-cabin": ((578, 667, 731, 1016, 1143, 1143, 1143), 2989, 2689, 2489),
}


def load(name):
    with open(FOLDER + name + ".json") as f:
        text = f.read()
    assert len(text.encode()) < 1024
    return json.loads(text)


def sheet(**changes):
    """A sheet that can be used, with changes; None takes a key out."""
    data = {
        "id": "test",
        "company": "Nett AS",
        "name": "Alle",
        "place": "Overalt",
        "group": "household",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "model": "daily_max",
        "steps": [[0, 10000], [2000, 20000], [5000, 30000], [10000, 40000]],
        "energy": [[1, 12, 6, 22, 3000], [1, 12, 22, 6, 2000]],
        "enova": 100,
        "source": "test",
    }
    for key in changes:
        if changes[key] is None:
            del data[key]
        else:
            data[key] = changes[key]
    return data


def utc_hour(year, month, day, hour):
    """UTC hour of a local one (the first of two)."""
    h = oslo.first_hour(oslo.day_number(year, month, day))
    while True:
        if (h + oslo.offset(h)) % 24 == hour:
            return h
        h += 1


def test_a20_area_nett_2026():
    for name in TABLE:
        data = load(name)
        assert tariff_check.check(data) == []
        assert data["id"] == name
        assert data["company"] == "Area Nett AS"
        assert "CC-BY-4.0" in data["source"] and "fri-nettleie" in data["source"]
        assert "Sjekk fakturaen" in data["note"]["nb"]
        tariff = Tariff(data)
        assert tariff.peaks == 3
        kr, day, middle, night = TABLE[name]
        for i, kw in enumerate(KW):
            assert tariff.step_ore[tariff.step(kw * 1000)] == kr[i] * 100
            assert tariff.step_ore[tariff.step(kw * 1000 + 1999)] == kr[i] * 100
        for month in range(1, 13):
            for hour in range(24):
                high = 6 <= hour < 22
                winter = month <= 3
                price = day if high and winter else middle if high or winter else night
                assert tariff.rule_price(tariff.rule(month, hour)) == price + 100


def test_the_sources_that_disagree_are_both_in_the_file():
    data = load("area-1")
    assert data["disputed"]["source"] == "fri-nettleie"
    assert data["disputed"]["steps"] == [[15000, 101200], [20000, 116900], [25000, 143200]]
    assert "uenige" in data["note"]["nb"] and "disagree" in data["note"]["en"]


def test_a20_prices_expire():
    tariff = Tariff(load("area-2"))
    assert validity(tariff, oslo.day_number(2025, 12, 31)) == NOT_YET
    assert validity(tariff, oslo.day_number(2026, 1, 1)) == VALID
    assert validity(tariff, oslo.day_number(2026, 12, 31)) == VALID
    assert validity(tariff, oslo.day_number(2027, 1, 1)) == EXPIRED


def test_a21_energy_price_by_local_hour():
    tariff = Tariff(load("area-1"))

    def price(*when):
        return tariff.price(utc_hour(*when)) - 100

    assert (price(2026, 2, 3, 5), price(2026, 2, 3, 6)) == (2689, 2989)
    assert (price(2026, 2, 3, 21), price(2026, 2, 3, 22)) == (2989, 2689)
    assert (price(2026, 7, 3, 5), price(2026, 7, 3, 6)) == (2489, 2689)
    assert (price(2026, 7, 3, 21), price(2026, 7, 3, 22)) == (2689, 2489)
    assert (price(2026, 3, 31, 23), price(2026, 4, 1, 0)) == (2689, 2489)
    assert (price(2026, 3, 31, 12), price(2026, 4, 1, 12)) == (2989, 2689)
    assert (price(2026, 12, 31, 23), price(2027, 1, 1, 0)) == (2489, 2689)
    assert price(2026, 2, 7, 12) == price(2026, 2, 6, 12) == 2989  # Saturday as Friday


def test_the_limit_belongs_to_the_step_above():
    tariff = Tariff(sheet())
    assert [tariff.step(w) for w in (0, 1999, 2000, 4999, 5000, 99999)] == [0, 0, 1, 1, 2, 3]
    assert tariff.step(14999, 3) == 1
    assert tariff.step(15000, 3) == 2
    assert [tariff.limit(i) for i in range(4)] == [2000, 5000, 10000, None]
    assert [tariff.at_least(w) for w in (1, 5000, 5001, 10001)] == [2000, 5000, 10000, -1]


def test_a_step_that_costs_nothing_more_is_no_limit():
    tariff = Tariff(load("area-cabin"))
    assert tariff.step(17000) == 4
    assert tariff.next_step(4) is None
    assert tariff.limit(3) == 15000
    assert tariff.next_step(0) == 1


def test_models():
    steps = [[0, 20000], [63, 30000]]
    assert Tariff(sheet(model="highest_hour")).peaks == 1
    fuse = Tariff(sheet(model="fuse", steps=steps))
    assert (fuse.peaks, fuse.by_fuse, fuse.step(50), fuse.step(63)) == (0, True, 0, 1)
    assert Tariff(sheet(model="flat", steps=[[0, 5000]])).peaks == 0
    for model in ("weekly", "", None, 3, ["daily_max"]):
        data = sheet()
        data["model"] = model
        assert tariff_check.check(data) == [("bad_model", "model", model)]


def test_norgespris():
    norgespris = Norgespris(load("norgespris"))
    day = oslo.day_number
    assert norgespris.quota_wh("household", day(2026, 6, 1)) == 5000000
    assert norgespris.quota_wh("holiday", day(2026, 12, 31)) == 1000000
    assert norgespris.quota_wh("household", day(2027, 1, 1)) is None
    assert norgespris.quota_wh("household", day(2025, 9, 30)) is None


def test_dates():
    assert parse_day("2026-01-01") == 20454
    assert parse_day("2028-02-29") == parse_day("2028-03-01") - 1
    for bad in (
        "2026-02-29 2026-13-01 2026-00-10 2026-1-1 1.1.2026 2026-01-0x +026-01-01 2026--1-01"
        " 20260101 2100-01-01 2026-01-011"
    ).split() + ["", "2026-01-01 "]:
        try:
            parse_day(bad)
            raised = False
        except ValueError:
            raised = True
        assert raised, bad


def test_check_says_which_key_and_why():
    check = tariff_check.check
    assert check([]) == [("not_object", "", None)]
    assert check(sheet(steps=None)) == [("missing_key", "steps", None)]
    assert check(sheet(price=3)) == [("unknown_key", "price", None)]
    assert check(sheet(id="../x")) == [("bad_id", "id", "../x")]
    assert check(sheet(id="")) == [("bad_id", "id", "")]
    assert check(sheet(company="")) == [("bad_text", "company", "")]
    assert check(sheet(name=7)) == [("bad_text", "name", 7)]
    assert check(sheet(group="cabin")) == [("bad_group", "group", "cabin")]
    assert check(sheet(valid_to="2026-02-30")) == [("bad_date", "valid_to", "2026-02-30")]
    assert check(sheet(valid_to=2026)) == [("bad_date", "valid_to", 2026)]
    assert check(sheet(valid_to="2025-12-31")) == [("dates_reversed", "valid_to", "2025-12-31")]
    assert check(sheet(enova=1.5)) == [("not_whole", "enova", 1.5)]
    assert check(sheet(enova=True)) == [("not_whole", "enova", True)]
    assert check(sheet(enova=-1)) == [("out_of_range", "enova", -1)]
    assert check(sheet(note="x")) == [("bad_text", "note", None)]
    assert check(sheet(note={"nb": "x"})) == []
    assert check(sheet(disputed={"source": "x"})) == [("not_list", "disputed", None)]
    assert check(sheet(disputed={"source": "x", "steps": [[5000, 1]]})) == []
    assert check(sheet(disputed=[])) == [("bad_text", "disputed", None)]


def test_check_of_steps():
    def steps(*rows):
        return tariff_check.check(sheet(steps=list(rows)))

    assert steps([0, 1], [2, 2]) == []
    assert steps() == [("not_list", "steps", None)]
    assert steps([100, 1]) == [("first_step_not_zero", "steps 1", 100)]
    assert steps([0, 1], [5, 2], [5, 3]) == [("steps_not_rising", "steps 3", 5)]
    assert steps([0, 1], [5]) == [("bad_row", "steps 2", [5])]
    assert steps([0, "1"]) == [("not_whole", "steps 1", "1")]
    assert steps([0, 52500.0]) == [("not_whole", "steps 1", 52500.0)]
    assert steps([0, 10000001]) == [("out_of_range", "steps 1", 10000001)]
    assert steps(*[[i, i] for i in range(13)]) == [("too_many", "steps", 13)]
    assert tariff_check.check(sheet(steps={})) == [("not_list", "steps", None)]
    assert tariff_check.check(sheet(model="flat")) == [("flat_has_steps", "steps", 4)]


def test_check_of_energy_prices():
    def energy(*rows):
        return tariff_check.check(sheet(energy=list(rows)))

    assert energy([1, 12, 0, 24, 100]) == []
    assert energy([11, 3, 0, 24, 100], [4, 10, 22, 6, 50], [4, 10, 6, 22, 70]) == []
    assert energy([4, 3, 6, 5, 100], [1, 12, 5, 6, 1]) == []
    assert energy([1, 12, 6, 22, 100]) == [("hour_uncovered", "energy", [1, 0])]
    assert energy([1, 12, 0, 24, 1], [7, 7, 13, 14, 2]) == [("hour_twice", "energy", [7, 13])]
    assert energy([0, 12, 0, 24, 1]) == [("bad_row", "energy 1", [0, 12, 0, 24, 1])]
    assert energy([1, 12, 7, 7, 1]) == [("bad_row", "energy 1", [1, 12, 7, 7, 1])]
    assert energy([1, 13, 0, 24, 1]) == [("out_of_range", "energy 1", 13)]
    assert energy([1, 12, 24, 6, 1]) == [("out_of_range", "energy 1", 24)]
    assert energy([1, 12, 0, 24]) == [("bad_row", "energy 1", [1, 12, 0, 24])]
    assert energy([1, 12, 0, 24, 29.89]) == [("not_whole", "energy 1", 29.89)]
    assert energy([1, 12, 0, 24, 1, 5]) == [("bad_row", "energy 1", [1, 12, 0, 24, 1, 5])]


def test_check_and_tariff_agree_on_every_hour():
    rows = [[11, 2, 22, 5, 1], [11, 2, 5, 22, 2], [3, 10, 0, 13, 3], [3, 10, 13, 24, 4]]
    data = sheet(energy=rows)
    assert tariff_check.check(data) == []
    tariff = Tariff(data)
    for month in range(1, 13):
        for hour in range(24):
            if month in (11, 12, 1, 2):
                expected = 2 if 5 <= hour < 22 else 1
            else:
                expected = 3 if hour < 13 else 4
            assert tariff.rule_price(tariff.rule(month, hour)) == expected + 100


def test_check_gives_at_most_eight_errors():
    assert len(tariff_check.check(sheet(steps=[[0]] * 12))) == 8
    assert len(tariff_check.check({})) == 8
