"""The provisions S1 to S30 that no other file has a test of, and the tables that say where each of
them (firmware/README.md) and each of A1 to A30 (acceptance.md) is met."""

import json
import re
from pathlib import Path

import device_sources
from access_support import owner, phone, status_of
from meter_lists import CASES, HOURLY, LIST_1, frame

import build

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "firmware" / "README.md"
ACCEPTANCE = ROOT / "host_tests" / "acceptance.md"
ROW = re.compile(r"^\| [AS](\d+) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
APIS = (
    "now line line/raw hours hours.csv days days.csv months peaks peaks.csv events/log events.csv "
    "away away.csv tariff quality clock consent session settings keys security erase export update"
).split()


def rows_of(table: Path) -> dict[int, tuple[str, str]]:
    rows = {int(number): (met, tests) for number, met, tests in ROW.findall(table.read_text())}
    assert sorted(rows) == list(range(1, 31))
    return rows


def all_tests() -> set[str]:
    there = set()
    for path in (ROOT / "host_tests").rglob("test_*.py"):
        there |= set(re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE))
    return there


def test_the_table_of_acceptance_names_tests_that_exist():
    there = all_tests()
    for number, (_, tests) in rows_of(ACCEPTANCE).items():
        named = set(re.findall(r"`(test_\w+)`", tests))
        assert named, f"A{number} has no test"
        assert named <= there, f"A{number}: {named - there}"


def test_the_table_of_provisions_names_tests_that_exist():
    rows = rows_of(README)
    there = all_tests()
    for number, (met, tests) in rows.items():
        assert len(met.strip()) > 20, f"S{number} is not explained"
        named = re.findall(r"`(test_\w+)`", tests)
        assert named or "no test:" in tests, f"S{number} has no test and no reason"
        assert set(named) <= there, f"S{number}: {set(named) - there}"
        if named:
            assert any(f"_s{number:02}_" in name for name in named), (
                f"S{number} without its number"
            )


def test_every_provision_s_test_is_in_the_table():
    text = README.read_text()
    for path in (ROOT / "host_tests").rglob("test_*.py"):
        for name in re.findall(r"^def (test_s\d\d_\w+)\(", path.read_text(), re.MULTILINE):
            assert f"`{name}`" in text, f"{path.name}: {name}"


def sockets(pid: int) -> set[tuple[str, int]]:
    """(protocol, port) that a process listens on."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue  # a file that was open for a moment
        found = re.fullmatch(r"socket:\[(\d+)\]", target)
        if found:
            inodes.add(found[1])
    listening = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6", "raw"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[9] in inodes and (parts[3] == "0A" or not protocol.startswith("tcp")):
                listening.add((protocol, int(parts[1].rpartition(":")[2], 16)))
    return listening


def test_s09_nothing_listens_but_the_page(start_firmware):
    for answers in (None, {"password": "riktig hest batteri"}):
        firmware = start_firmware(answers=answers)
        assert sockets(firmware.process.pid) == {("tcp", firmware.port)}


def test_s10_nothing_optional_is_on(start_firmware):
    """MQTT and NTP are off until somebody chooses them: no setting of theirs has a value."""
    firmware = start_firmware()
    settings = owner(firmware).json("GET", "/api/v1/settings")
    optional = [name for name in settings if name.startswith(("mqtt", "ntp", "metrics"))]
    assert "mqtt" in optional
    assert [name for name in optional if settings[name]] == []


def test_s13_version_support_and_contact_are_told(firmware):
    with owner(firmware).open("GET", "/api/v1/update") as answer:
        told = json.loads(answer.read())
    assert re.match(r"\d+\.\d+", told["version"])
    text = (ROOT / "README.md").read_text().lower()
    assert "found a hole?" in text
    assert (ROOT / "CHANGELOG.md").exists()


def test_s17_an_owner_chooses_how_long_hours_are_kept(firmware):
    """That they go is test_journal_erase.py's affair."""
    one = phone(firmware)
    for months, status in ((1, 200), (13, 200), (36, 200), (0, 400), (12, 400), (None, 400)):
        body = {"set": {"hour_months": months}}
        assert status_of(one, "POST", "/api/v1/settings", body) == status


def test_s18_no_route_tells_the_whole_number_of_the_meter(start_firmware):
    firmware = start_firmware(heap="250K")  # what is asked here is not whether the heap will do
    firmware.feed(frame(LIST_1))
    firmware.feed(frame(HOURLY))
    firmware.wait_for("seq", 2)
    number = CASES[LIST_1]["values"]["meter_id"]
    assert len(number) > 8
    for name in APIS:
        status, _, body = firmware.get("/api/v1/" + name)
        assert status in (200, 204), (name, body)
        assert number.encode() not in body, name
        assert number.encode().hex().encode() not in body.lower().replace(b" ", b""), name
    assert json.loads(firmware.get("/api/v1/now")[2])["meter_id"] == number[-4:]


def test_s23_the_router_goes_and_the_meter_is_read(firmware):
    """Nothing in reading waits for the network: lists are taken while nobody can connect."""
    held = [firmware.connect() for _ in range(12)]
    for one in held:
        one.sendall(b"GET / HTTP/1.1\r\n")
    for _ in range(5):
        firmware.feed(frame(LIST_1))
    for one in held:
        one.close()
    firmware.wait_for("seq", 5)


def test_s26_the_page_says_what_is_kept_and_who_sees_it():
    found = {}
    for path in (ROOT / "firmware" / "web").glob("strings*.json"):
        found |= json.loads(path.read_text())["texts"]
    text = found["privacy_text"]
    for bokmaal, english in (
        ("lagres", "stored"),
        ("Bare i dongelen", "In the dongle only"),
        ("Hvem som ser det", "Who sees it"),
        ("vanlig http", "plain http"),
        ("slette dem", "erase it"),
    ):
        assert bokmaal in text[0]
        assert english in text[1]


def test_s28_all_code_on_the_dongle_is_in_this_repository():
    """What is not ours would need a list with versions: there is none of it."""
    tree = build.make_tree("esp32").files
    ours = {path.stem for path in device_sources.python_sources("esp32").values()}
    ours |= {"one", "boot", "main"}
    for name in tree:
        if name.endswith((".py", ".mpy")):
            assert Path(name).stem in ours, name
