"""The simulated meter against amshan (another decoder), a second integration and the net's laws."""

import math
from datetime import UTC, datetime

import pytest
from han.autodecoder import AutoDecoder
from han.hdlc import HdlcFrameReader
from sim.events import EventError
from sim.meter import Meter
from sim.models import METERS

WINTER = 1768435200 - 600  # 2026-01-14T23:50:00Z
SUMMER = 1782907200 - 600  # 2026-07-01T11:50:00Z

NAMES = {
    "active_power_import": "import_w",
    "active_power_export": "export_w",
    "reactive_power_import": "import_var",
    "reactive_power_export": "export_var",
    "active_power_import_total": "import_wh",
    "active_power_export_total": "export_wh",
    "reactive_power_import_total": "import_varh",
    "reactive_power_export_total": "export_varh",
    "list_ver_id": "list_id",
    "meter_id": "meter_id",
    "meter_type": "meter_model",
    "meter_type_id": "meter_model",
} | {
    f"{q}_l{k}": f"l{k}_{q[0].replace('c', 'a')}"
    for q in ("current", "voltage")
    for k in (1, 2, 3)
}


def oracle(frame):
    """What amshan reads in a frame, under our names."""
    frames = HdlcFrameReader(use_octet_stuffing=False).read(frame)
    assert len(frames) == 1 and frames[0].is_valid
    assert frames[0].payload is not None
    decoded = AutoDecoder().decode_message_payload(frames[0].payload)
    assert decoded is not None
    out = {NAMES[name]: value for name, value in decoded.items() if name in NAMES}
    moment = decoded.get("meter_datetime")
    if isinstance(moment, datetime):
        out["timestamp"] = moment.replace(tzinfo=None).isoformat()
    return out


def same(read, sent):
    sent = {name: value for name, value in sent.items() if name != "deviation_min"}
    assert read.keys() == sent.keys()
    for name, value in sent.items():
        if isinstance(value, str):
            assert read[name] == value
        else:
            assert read[name] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("start", [WINTER, SUMMER])
def test_amshan_reads_every_list_as_it_was_meant(meter, start):
    kinds = set()
    for number, push in enumerate(Meter(meter, start, seed=3).pushes(duration=1200)):
        kinds.add(push.kind)
        if number % 3 == 0 or push.kind == "hourly":
            same(oracle(push.frame), push.values)
    fast = set() if meter.startswith("kamstrup") else {"fast"}
    assert kinds == {"ten_second", "hourly"} | fast


@pytest.mark.parametrize(
    ("meter", "names"),
    [
        ("kamstrup-tn", "l1_a l2_a l3_a l1_v l2_v l3_v"),
        ("kamstrup-it", "l1_a l3_a l1_v l2_v l3_v"),
        ("kamstrup-1p", "l1_a l1_v"),
        ("kamstrup-1p-short", "l1_a l1_v"),
        ("aidon-it", "l1_a l3_a l1_v l2_v l3_v"),
        ("aidon-1p", "l1_a l1_v"),
        ("kaifa-it", "l1_a l2_a l3_a l1_v l2_v l3_v"),
        ("kaifa-1p", "l1_a l1_v"),
    ],
)
def test_a_type_sends_what_it_measures_and_no_more(meter, names):
    pushes = Meter(meter, WINTER).pushes(duration=60)
    values = next(p.values for p in pushes if p.kind == "ten_second")
    assert {name for name in values if name[0] == "l" and name[1].isdigit()} == set(names.split())
    assert (values.get("l2_v") == 0) == (meter == "kaifa-it")


@pytest.mark.parametrize(
    ("meter", "ten_second", "hourly", "nulls_after_l1_current"),
    [
        ("kamstrup-1p", 0x19, 0x23, 4),
        ("kamstrup-it", 0x19, 0x23, 2),
        ("kamstrup-tn", 0x19, 0x23, 0),
        ("kamstrup-1p-short", 0x0B, 0x0F, 0),
        ("kamstrup-it-short", 0x17, 0x21, 0),
    ],
)
def test_kamstrup_pads_with_nulls_or_leaves_out(meter, ten_second, hourly, nulls_after_l1_current):
    pushes = list(Meter(meter, WINTER).pushes(duration=660))
    assert {push.kind for push in pushes} == {"ten_second", "hourly"}
    for push in pushes:
        # 7E, format, addresses, control, HCS, LLC; APDU head of 5, 0C and 12; then the structure
        assert push.frame[29] == 0x02
        assert push.frame[30] == (hourly if push.kind == "hourly" else ten_second)
        after = push.frame.index(bytes.fromhex("01011f0700ff")) + 6 + 5
        assert push.frame[after:].startswith(bytes(nulls_after_l1_current) + b"\x09\x06")


@pytest.mark.parametrize("second", [5, 25, 35, 55])
def test_kamstrup_sends_the_hourly_list_beside_the_ten_second_grid(second):
    meter = Meter("kamstrup-tn", WINTER, list2_second=second)
    pushes = list(meter.pushes(duration=2 * 3600))
    tens = [p.utc for p in pushes if p.kind == "ten_second"]
    assert tens == list(range(WINTER, WINTER + 7200, 10))
    hours = [p.utc for p in pushes if p.kind == "hourly"]
    assert hours == [WINTER + 600 + second, WINTER + 4200 + second]
    assert [p.utc for p in pushes] == sorted(p.utc for p in pushes)
    # ends 1 to 2 s after the timestamp, as in captures
    assert all(1 <= p.delay + len(p.frame) / 240 <= 2.01 for p in pushes)


def test_an_hourly_list_on_the_ten_second_grid_follows_the_other():
    found = list(Meter("kamstrup-tn", WINTER + 600, list2_second=10).pushes(duration=20))
    assert [(p.utc - WINTER - 600, p.kind) for p in found] == [
        *((0, "ten_second"), (10, "ten_second"), (10, "hourly")),
    ]


@pytest.mark.parametrize(("meter", "fast"), [("aidon-it", 2.5), ("kaifa-tn", 2)])
def test_aidon_and_kaifa_keep_their_intervals(meter, fast):
    pushes = list(Meter(meter, WINTER).pushes(duration=3600))
    moments = [p.utc for p in pushes]
    assert moments == [WINTER + k * fast for k in range(int(3600 / fast))]
    for push in pushes:
        if push.utc % 10:
            assert push.kind == "fast"
        else:
            assert push.kind == ("hourly" if push.utc == WINTER + 610 else "ten_second")


def test_the_clock_of_each_maker_in_summer():
    def stamps(meter, kind):
        pushes = Meter(meter, SUMMER).pushes(duration=1200)
        return next((p.utc, p.values["timestamp"]) for p in pushes if p.kind == kind)

    utc = datetime.fromtimestamp(SUMMER, UTC)
    assert utc.isoformat() == "2026-07-01T11:50:00+00:00"
    assert stamps("kamstrup-tn", "ten_second") == (SUMMER, "2026-07-01T12:50:00")
    assert stamps("kamstrup-tn", "hourly") == (SUMMER + 625, "2026-07-01T13:00:25")
    assert stamps("kaifa-tn", "ten_second") == (SUMMER, "2026-07-01T13:50:00")
    assert stamps("aidon-tn", "hourly") == (SUMMER + 610, "2026-07-01T13:00:00")


def test_kaifa_jumps_when_summer_time_ends_and_kamstrup_does_not():
    start = 1792885800
    assert datetime.fromtimestamp(start, UTC).isoformat() == "2026-10-24T23:50:00+00:00"
    clocks = {}
    for name in ("kaifa-tn", "kamstrup-tn"):
        pushes = Meter(name, start).pushes(duration=3 * 3600)
        clocks[name] = [p.values["timestamp"][11:16] for p in pushes if p.kind == "hourly"]
    assert clocks["kaifa-tn"] == ["02:00", "02:00", "03:00"]
    assert clocks["kamstrup-tn"] == ["01:00", "02:00", "03:00"]


def integrate(meter, begin, seconds):
    """Import energy in Ws, one measurement a second."""
    return sum(meter.sample(begin + k)["import_w"] for k in range(seconds))


@pytest.mark.parametrize(("meter", "profile"), [("kamstrup-tn", "home"), ("kaifa-1p", "cabin")])
def test_registers_are_the_integral_of_the_power(meter, profile):
    events = ["+500:breaker-open:for=200", "+900:load:3000,for=1111", "+20m:phase-lost:L2,for=9"]
    one = Meter(meter, WINTER, profile=profile, events=events[: 3 if "tn" in meter else 2])
    for begin, seconds in ((WINTER, 3600), (WINTER + 40000, 5000)):
        before, after = one.registers_ws(begin)[0], one.registers_ws(begin + seconds)[0]
        assert after - before == integrate(one, begin, seconds) > 0


def test_the_hourly_list_has_the_registers_of_the_full_hour_cut_to_10_wh():
    meter = Meter("kamstrup-tn", WINTER, list2_second=55)
    hourly = [p for p in meter.pushes(duration=6 * 3600) if p.kind == "hourly"]
    assert len(hourly) == 6
    for push in hourly:
        exact = meter.registers_ws(push.utc - 55)
        assert push.values["import_wh"] == exact[0] // 36000 * 10
        assert push.values["export_varh"] == exact[3] // 36000 * 10
    sent = Meter("kamstrup-tn", WINTER, list2_second=55, latched=False, events=["+0:load:9000"])
    push = next(p for p in sent.pushes(duration=3600) if p.kind == "hourly")
    assert push.values["import_wh"] == sent.register_wh(push.utc) // 10 * 10
    assert push.values["import_wh"] > sent.register_wh(push.utc - 55)
    kaifa = Meter("kaifa-tn", WINTER)
    push = next(p for p in kaifa.pushes(duration=3600) if p.kind == "hourly")
    assert push.values["import_wh"] == kaifa.register_wh(push.utc)


@pytest.mark.parametrize("meter", ["kaifa-tn", "kaifa-it", "kaifa-1p"])
def test_currents_voltages_and_powers_agree(meter):
    meter = Meter(meter, WINTER, seed=5)
    seen = 0
    for push in meter.pushes(duration=3600):
        v = push.values
        if push.kind != "ten_second" or v["import_w"] < 300:
            continue
        seen += 1
        p, q = v["import_w"], v["import_var"] - v["export_var"]
        volts = [v.get(f"l{k}_v", 0) for k in (1, 2, 3)]
        amps = [v.get(f"l{k}_a", 0) for k in (1, 2, 3)]
        assert all(207 < u < 253 for u in volts if u)
        if meter.type.net == "it":
            assert volts[1] == 0
            # Kirchhoff: no current goes another way, and line currents can carry the power
            assert 2 * max(amps) <= sum(amps) + 0.003
            assert math.hypot(p, q) <= 235 * sum(amps)
            assert p <= math.sqrt(3) * 235 * max(amps)
        else:
            apparent = sum(u * i for u, i in zip(volts, amps, strict=True))
            assert math.hypot(p, q) <= apparent * 1.001 + 1
            # and not much more: filters and motors are a small part of a house in winter
            assert apparent < 1.1 * math.hypot(p, q) + 60
    assert seen > 200


def test_a_house_uses_what_a_house_uses_and_a_cabin_less():
    def kwh(profile, begin, days):
        meter = Meter("kamstrup-tn", begin, profile=profile, seed=2)
        ws = meter.registers_ws(begin + 86400 * days)[0] - meter.registers_ws(begin)[0]
        return ws / 3.6e6 / days

    january, june = 1767225600, 1780272000
    assert 45 < kwh("home", january, 14) < 130
    assert 12 < kwh("home", june, 14) < 50
    assert 2 < kwh("cabin", january, 14) < 60
    assert kwh("cabin", june, 14) < 15


def test_nobody_at_the_cabin_is_nearly_nothing_and_never_less():
    meter = Meter("kamstrup-it", 1780272000 + 86400, profile="cabin", seed=2)  # a Tuesday in June
    powers = [p.values["import_w"] for p in meter.pushes(duration=86400, per_hour=60)]
    assert 5 < min(powers) and sorted(powers)[len(powers) // 2] < 20


def test_solar_cells_export_in_june_and_import_counts_the_sum_of_the_phases():
    meter = Meter("aidon-tn", 1780272000, pv_w=9000, seed=4, register_wh=0)
    pushes = [p for p in meter.pushes(duration=86400, per_hour=20) if p.kind == "ten_second"]
    out = [p.values for p in pushes if p.values["export_w"]]
    assert len(out) > 30 and all(v["import_w"] == 0 for v in out)
    assert min(v["l1_a"] for v in out) < 0  # signed at Aidon
    imported, exported, _, _ = meter.registers_ws(1780272000 + 86400)
    assert exported > 5 * 3.6e6 and imported > 0
    same(oracle(pushes[len(pushes) // 2].frame), pushes[len(pushes) // 2].values)


def test_the_same_seed_gives_the_same_octets_and_another_one_does_not():
    def octets(seed):
        meter = Meter("kaifa-it", SUMMER, seed=seed, profile="cabin")
        return b"".join(frame for _, frame in meter.lists(duration=900))

    assert octets(1) == octets(1)
    assert octets(1) != octets(2)


def test_a_later_part_of_the_run_is_the_same_alone():
    meter = Meter("kamstrup-it", WINTER, seed=9)
    whole = list(meter.lists(duration=7200))
    alone = Meter("kamstrup-it", WINTER, seed=9).lists(WINTER + 3600, 3600)
    assert list(alone) == [row for row in whole if row[0] >= WINTER + 3600]
    with pytest.raises(ValueError, match="begins later"):
        next(meter.lists(WINTER - 1))


def test_only_the_needed_lists_of_an_hour():
    meter = Meter("kamstrup-tn", WINTER)
    full = dict(meter.lists(duration=86400))
    few = list(meter.lists(duration=86400, per_hour=3))
    assert len(few) == 24 * 4
    assert all(full[utc] == frame for utc, frame in few)
    assert len(list(meter.lists(duration=86400, per_hour=0))) == 24


def test_unusable_arguments_say_what_is_wrong():
    with pytest.raises(EventError, match="unknown meter"):
        Meter("kamstrup-2p")
    with pytest.raises(EventError, match="unknown profile"):
        Meter(profile="castle")
    with pytest.raises(EventError, match="a register is"):
        Meter(register_wh=-1)
