"""What happens to the simulated meter, its house and its line."""

import pytest
from han.hdlc import HdlcFrameReader
from sim import line as lines
from sim.cipher import Cipher
from sim.events import EventError, parse_events
from sim.line import Line, levels, receive
from sim.meter import Meter

START = 1768435200 - 600  # 2026-01-14T23:50:00Z


def pushes(events, meter="kamstrup-tn", duration=3600, start=START, **options):
    return list(Meter(meter, start, events=events, **options).pushes(duration=duration))


def between(found, begin, end):
    return [p for p in found if START + begin <= p.utc < START + end]


@pytest.mark.parametrize("meter", ["kamstrup-tn", "kamstrup-it", "kaifa-1p"])
def test_the_breaker_opens_and_the_lists_go_on(meter):
    one = Meter(meter, START, events=["+600:breaker-open", "+1200:breaker-open-end"])
    found = [p for p in one.pushes(duration=1800) if p.kind != "fast"]
    quiet = between(found, 600, 1200)
    assert len(quiet) == 60 + meter.startswith("kamstrup")
    for push in quiet:
        v = push.values
        assert v["import_w"] == v["export_w"] == v["import_var"] == v["export_var"] == 0
        assert v["l1_a"] == v.get("l3_a", 0) == 0
        assert v["l1_v"] > 220 and v.get("l3_v", 230) > 220
    assert one.registers_ws(START + 600) == one.registers_ws(START + 1200)
    for push in between(found, 0, 600) + between(found, 1200, 1800):
        assert push.values["import_w"] > 0 and push.values["l1_a"] > 0


def test_supply_lost_is_silence_and_a_start_up():
    one = Meter("aidon-tn", START, events=["+2m:supply-lost:for=300"])
    moments = [p.utc - START for p in one.pushes(duration=900)]
    assert max(t for t in moments if t < 420) == 117.5
    assert min(t for t in moments if t >= 120) == 435
    assert one.register_wh(START + 120) == one.register_wh(START + 420)
    assert one.registers_ws(START + 121) == one.registers_ws(START + 419)


def test_a_frozen_han_module_is_silence_while_the_register_goes_on():
    one = Meter("kamstrup-tn", START, events=["+0:han-frozen:for=7200"])
    assert [p.utc for p in one.pushes(duration=7210)] == [START + 7200]
    assert one.register_wh(START + 7200) > one.register_wh(START)


def test_one_phase_lost_on_tn():
    found = pushes(["+0:phase-lost:L2"], duration=60)
    assert len(found) == 6
    assert all(p.values["l2_v"] == 0 == p.values["l2_a"] for p in found)
    assert all(p.values["l1_v"] > 220 and p.values["l3_v"] > 220 for p in found)


@pytest.mark.parametrize(("phase", "low"), [("L1", (1, 2)), ("L2", (1, 3)), ("L3", (2, 3))])
def test_one_phase_lost_on_it_makes_two_line_voltages_low(phase, low):
    even = "+0:load:20000"
    found = pushes([f"+0:phase-lost:{phase}", even], "kamstrup-it", duration=60)
    assert len(found) == 6
    for push in found:
        volts = [push.values[f"l{k}_v"] for k in (1, 2, 3)]
        bad = [volts[k - 1] for k in low]
        # the loads on the two share the one whole voltage between them
        assert all(u < 207 for u in bad) and sum(bad) == pytest.approx(232, abs=12)
        assert min(volts[k - 1] for k in (1, 2, 3) if k not in low) > 220
        if phase != "L2":
            assert push.values[f"{phase.lower()}_a"] == 0


def test_a_broken_neutral_lifts_two_phases_and_sinks_the_loaded_one():
    # A kettle and more on L1: the extra load of the cabin's heaters is uneven enough
    meter = Meter("kaifa-tn", 1767225600, profile="cabin", seed=2, events=["+0:neutral-fault"])
    seen = 0
    for push in meter.pushes(duration=6 * 3600, per_hour=60):
        v = push.values
        volts = [v[f"l{k}_v"] for k in (1, 2, 3)]
        seen += sum(u > 253 for u in volts) == 2 and min(volts) < 190
        # whatever the star point does, the triangle of the phases stays
        assert max(volts) < 400
        apparent = sum(v[f"l{k}_a"] * v[f"l{k}_v"] for k in (1, 2, 3))
        assert v["import_w"] <= apparent * 1.002 + 2
    assert seen > 10


def test_voltage_out_of_range_on_one_phase_and_on_all():
    found = pushes(["+0:voltage:258,L3", "+60:voltage:200"], "aidon-tn", duration=120)
    found = [p for p in found if p.kind != "fast"]
    for push in between(found, 0, 60):
        assert push.values["l3_v"] == pytest.approx(258, abs=0.6)
        assert push.values["l1_v"] < 245
    for push in between(found, 60, 120):
        assert all(push.values[f"l{k}_v"] == pytest.approx(200, abs=0.6) for k in (1, 2, 3))
    assert pushes(["+0:voltage:150"], duration=60) == []  # the meter shuts down below 160 V


def test_a_load_is_drawn_on_top():
    plain = pushes([], duration=60)
    more = pushes(["+30:load:7400"], duration=60)
    extra = [b.values["import_w"] - a.values["import_w"] for a, b in zip(plain, more, strict=True)]
    assert extra == [0, 0, 0, 7400, 7400, 7400]


def test_a_meter_swap_brings_another_number_and_other_registers():
    swap = "+30m:meter-swap:5706560000000099,wh=120,for=600"
    one = Meter("kamstrup-tn", START, events=[swap], register_wh=12_345_678)
    found = list(one.pushes(duration=2 * 3600))
    old, new = between(found, 0, 1800), between(found, 1800, 7200)
    assert {p.values["meter_id"] for p in old} == {"5706560000000042"}
    assert {p.values["meter_id"] for p in new} == {"5706560000000099"}
    assert new[0].utc == START + 2420  # 600 s, 15 s of start-up, and the next full ten
    hourly = [p.values for p in found if p.kind == "hourly"]
    assert hourly[0]["import_wh"] >= 12_345_670
    drawn = one.registers_ws(START + 4200)[0] - 120 * 3600
    assert hourly[1]["import_wh"] == (120 * 3600 + drawn) // 36000 * 10
    assert drawn == sum(one.sample(START + 2400 + k)["import_w"] for k in range(1800))


def test_the_hourly_list_is_lost_stale_repeated_or_late():
    def hours(*events):
        found = pushes(events, duration=4 * 3600)
        return [
            (p.utc - START - 600, p.values["timestamp"][11:], p.values["import_wh"])
            for p in found
            if p.kind == "hourly"
        ]

    plain = hours()
    assert [row[0] for row in plain] == [25, 3625, 7225, 10825]
    assert hours("+30m:list2-lost:2") == [plain[0], plain[3]]
    # Aidon's fault seen in the field: the list of the hour before, clock and all
    stale = hours("+90m:list2-stale")
    assert stale == [*plain[:2], (7225, *plain[1][1:]), plain[3]]
    twice = hours("+30m:list2-twice")
    assert twice == [plain[0], plain[1], (3635, *plain[1][1:]), *plain[2:]]
    late = hours("+30m:list2-late:47")
    assert late == [plain[0], (3672, "02:01:12", plain[1][2]), *plain[2:]]


def test_a_wrong_clock_moves_the_schedule_with_it():
    found = pushes(["+0:clock-offset:-37"], duration=1200)
    assert found[0].utc == START + 7
    assert found[0].values["timestamp"] == "2026-01-15T00:49:30"
    hourly = [p for p in found if p.kind == "hourly"]
    assert [p.utc for p in hourly] == [START + 600 + 37 + 25]
    assert hourly[0].values["timestamp"] == "2026-01-15T01:00:25"


def test_a_lost_clock_starts_in_2000_with_the_status_invalid():
    found = pushes(["+5m:clock-lost", "+70m:clock-lost-end"])
    lost = between(found, 300, 3600)
    assert lost[0].values["timestamp"] == "2000-01-01T00:00:00"
    assert lost[0].frame[28] == 1 and between(found, 0, 300)[0].frame[28] == 0
    assert all(p.values["timestamp"][:10] == "2000-01-01" for p in lost)


def test_events_together_and_the_encrypted_meter_after_a_swap():
    cipher = Cipher(bytes(16), bytes(16), 0x30, b"KAM\0\0\0\0\1", counter=5)
    found = pushes(["+5m:meter-swap"], duration=900, cipher=cipher)
    titles = [p.frame[13:21] for p in found]
    assert titles[0] == b"KAM\0\0\0\0\1" and len(set(titles)) == 2
    # after the title: the length in two or three octets, 30, the counter
    after = [p.frame[21:] for p in found]
    counters = [int.from_bytes(a[3:7] if a[0] == 0x81 else a[4:8], "big") for a in after]
    assert counters == list(range(5, 5 + len(found)))


@pytest.mark.parametrize(
    "text",
    [
        "breaker-open",
        "+1x:breaker-open",
        "2026-13-01T00:00:00Z:breaker-open",
        "+1m:breaker",
        "+1m:phase-lost",
        "+1m:phase-lost:L4",
        "+1m:noise:2",
        "+1m:noise:much",
        "+1m:breaker-open:for=-1",
        "+1m:breaker-open:wh=1",
        "+1m:voltage:230,L1,L2",
        "+1m:breaker-open-end",
        "+1m:list2-late:4000",
        "+1m:meter-swap:12a",
    ],
)
def test_a_wrong_event_is_refused_with_a_message(text):
    with pytest.raises(EventError, match=r"[a-z]{3}"):
        parse_events([text], START)


@pytest.mark.parametrize(
    ("meter", "texts"),
    [
        ("kamstrup-1p", ["+0:phase-lost:L1"]),
        ("kamstrup-it", ["+0:neutral-fault"]),
        ("kamstrup-tn", ["+0:neutral-fault", "+9:phase-lost:L1"]),
    ],
)
def test_what_a_net_cannot_have_is_refused(meter, texts):
    with pytest.raises(EventError):
        Meter(meter, START, events=texts)


def test_the_times_of_events():
    found = parse_events(
        ["2026-01-15T01:00:00+01:00:han-frozen", "+1.5m:load:50,for=9", "+1d:load-end"][:2], START
    )
    assert [(e.begin - START, e.name) for e in found] == [(90, "load"), (600, "han-frozen")]
    assert found[0].end == found[0].begin + 9


# --- the line ---------------------------------------------------------------------------------


def frame_and_line(events=(), meter="kamstrup-tn", noise=0.0):
    one = Meter(meter, START, events=events)
    return next(iter(one.pushes(duration=60))), Line(one, noise)


def good_frames(octets):
    return [f for f in HdlcFrameReader(use_octet_stuffing=False).read(octets) if f.is_valid]


@pytest.mark.parametrize("parity", [False, True])
def test_a_receiver_with_the_right_settings_reads_every_octet(parity):
    octets = bytes(range(256)) * 2
    assert receive(levels(octets, parity), parity) == octets


def test_8n1_read_as_8e1_is_garbage():
    # By hand: 00 00 is start, eight 0, stop 1, start 0. The stop bit is taken for the parity,
    # the next start bit for a missing stop bit; no falling edge is left in the second octet.
    assert receive(levels(b"\x00\x00", False), True) == b"\x00"
    push, line = frame_and_line(["+0:wrong-parity"])
    heard = line.carry(push, push.utc)
    assert heard and push.frame not in heard and good_frames(heard) == []
    assert len(heard) < len(push.frame)


def test_8e1_read_as_8n1_keeps_the_octets():
    # The parity bit stands where the stop bit should: a framing error at most, and the true
    # stop bit makes the next start bit a clean edge.
    push, line = frame_and_line(["+0:wrong-parity"], "kaifa-tn")
    assert line.carry(push, push.utc) == push.frame


@pytest.mark.parametrize("meter", ["kamstrup-tn", "aidon-it"])
def test_inverted_polarity_is_garbage(meter):
    push, line = frame_and_line(["+0:inverted"], meter)
    heard = line.carry(push, push.utc)
    assert heard and good_frames(heard) == []


def test_an_unplugged_cable_cuts_the_list_where_it_is():
    push, line = frame_and_line(["+1:unplugged:for=5"])
    heard = line.carry(push, START + 0.5)
    assert heard == push.frame[:120]
    push, line = frame_and_line(["+0:unplugged"], noise=0.5)
    assert line.carry(push, START + 0.5) == b""


def test_lost_octets_are_lost_once():
    push, line = frame_and_line(["+0:lost-bytes:3"])
    assert len(line.carry(push, START + 1)) == len(push.frame) - 3
    assert line.carry(push, START + 11) == push.frame


def test_noise_damages_about_what_it_says_and_fills_the_idle_line():
    one = Meter("kamstrup-tn", START)
    line = Line(one, noise=0.002)
    whole = idle = total = 0
    for push in one.pushes(duration=3600):
        heard = line.carry(push, push.utc)
        whole += push.frame in heard
        total += 1
        idle += len(heard) > len(push.frame) + 2
    # each octet escapes flipping, loss and invention with (1 - 0.002)(1 - 0.001)^2
    expected = total * (0.998 * 0.999**2) ** 228
    assert expected - 50 < whole < expected + 50
    assert idle > total / 2


def test_noise_can_begin_and_end():
    push, line = frame_and_line(["+20:noise:0.2,for=20"])
    assert line.carry(push, START + 1) == push.frame
    assert line.carry(push, START + 21) != push.frame
    assert line.carry(push, START + 41) == push.frame


def test_the_octet_time_is_that_of_the_line_settings():
    assert frame_and_line()[1].octet_s == pytest.approx(1 / 240)
    assert frame_and_line(meter="aidon-tn")[1].octet_s == pytest.approx(11 / lines.BAUD)
