"""The tree for the dongle, `--board esp32`, from power-up to the page, on host_tests/chip: littlefs at
"/", sys.platform "esp32", and machine, network and socket as the port has them. Only native code is
this computer's."""

import json
import re
import shutil
import socket
import struct
import time

import bundle
import han_update
import pytest
import version
from chip_dongle import (
    HARD,
    WATCHDOG,
    Chip,
    OwnersPhone,
    Page,
    answers,
    feed_until_live,
    flash_of,
    slot_of,
    wait_for,
)
from first_start import CONSENT, HOME, printed_key
from meter_lists import HOURLY, frame
from update_bundles import OWNER, public

import build

RESET = 3  # exit code
# The ESP32's task has 16 KB, of which 1 KB is kept back, on 32-bit words. C's frames here are twice as
# large; what the fakes take on top of the port's C is in it too.
STACK = 2 * 15 * 1024
XTENSAWIN = 10  # in an .mpy


@pytest.fixture(scope="session")
def device_tree(tmp_path_factory):
    """make build's tree, but native code is this computer's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(build.ARCHITECTURES, "esp32", build.ARCHITECTURES["unix"])
        files = build.make_tree("esp32").files
    out = tmp_path_factory.mktemp("device")
    build.write_tree(files, out)
    return out


@pytest.fixture
def chip(device_tree, tmp_path):
    made = []

    def start(answers=None, extra=None, **told):
        made.append(Chip(device_tree, tmp_path / f"chip{len(made)}", answers, extra, **told))
        return made[-1]

    yield start
    for one in made:
        one.stop()
    for one in made:
        assert one.was_locked or "Traceback" not in one.log(), one.log()


def test_an_empty_board_from_its_first_power_up_to_the_meters_figures(chip):
    dongle = chip()
    key = printed_key(dongle)
    assert re.fullmatch("[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", key)
    dongle.says("chip: own network HAN-1f2e")
    dongle.wait_until_up()
    # the name server of the first start leads any name to it
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        query = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + b"\5apple\3com\0\0\1\0\1"
        sock.bind(("127.0.0.2", 0))
        sock.sendto(b"", ("127.0.0.1", dongle.told["dns"]))
        time.sleep(0.3)
        sock.sendto(query, ("127.0.0.1", dongle.told["dns"]))
        assert sock.recv(512)[-4:] == bytes((192, 168, 4, 1))
    phone = OwnersPhone(dongle)
    assert phone.get()["key"] == key
    assert phone.ask("/consent", CONSENT)[0] == 200
    assert phone.password()[1]["step"] == "wifi"
    phone.wifi("Hjemme", "feil nøkkel")
    assert phone.wait("wifi", "failed")["reason"] == "wifi_key_wrong"
    phone.wifi("Hjemme", "hemmelig nøkkel")
    told = phone.wait("step", "home", 40)
    assert (told["wifi"], told["address"]) == ("joined", "192.168.1.57")
    assert phone.ask("/home", {**HOME, "grid": "area-cabin"})[0] == 200

    # the meter is read, and the figures are on the page of who is logged in
    feed_until_live(dongle)
    dongle.cut()
    dongle.power()
    dongle.says("wifi: ('192.168.1.57',)")
    feed_until_live(dongle)
    page = Page(dongle)
    dongle.feed(frame(HOURLY))
    now = wait_for(lambda: page.get("/api/v1/now"), lambda now: "import_wh" in now)
    assert now["state"] == "live"
    assert now["name"] == HOME["name"]
    assert dongle.ctrl_c() == 0
    assert dongle.stack() < STACK


@pytest.mark.parametrize("slot", [".", "a"])
def test_a_dongle_that_is_set_up(chip, tmp_path, device_tree, slot):
    dongle = chip(answers(), extra=slot_of(tmp_path, device_tree, slot))
    dongle.says("wifi: ('192.168.1.57',)")
    feed_until_live(dongle)
    now = wait_for(dongle.now, lambda now: now["seq"])
    assert now["state"] == "live"
    for path in ("/", "/api/v1/hours", "/api/v1/days", "/api/v1/tariff", "/api/v1/settings"):
        assert dongle.get(path)[0] == 200, path
    status, _, body = dongle.get("/api/v1/diagnosis")
    told = json.loads(body)
    assert status == 200
    assert told["starts"]["slot"] == slot
    assert told["starts"]["on_trial"] is (slot == "a")
    assert told["wifi"]["address"] == "192.168.1.57"
    assert told["heap"]["idf_largest"] == 65536
    assert told["flash"]["size"] == 2 << 20
    assert dongle.get("/", host="192.168.4.1")[0] == 421
    assert dongle.get("/", host="han-1f2e.local")[0] == 200
    assert dongle.ctrl_c() == 0
    assert 0 < dongle.stack() < STACK


@pytest.mark.parametrize(("slot", "target"), [(".", "a"), ("a", "b")])
def test_an_update_over_the_air(chip, tmp_path, device_tree, slot, target):
    """What runs stays; what does not makes room, whether it came over the air or over USB."""
    extra = tmp_path / "update"
    (extra / "lib").mkdir(parents=True)
    (extra / "lib" / "theirs.py").write_text("1")
    (extra / "update.keys").write_text(f"{public(OWNER).hex()} owner\n")
    slot_of(tmp_path, device_tree, slot, confirmed=True)
    if slot != ".":
        shutil.copy(extra / "update.keys", extra / slot)
    dongle = chip(answers(), extra=str(extra))
    dongle.says("wifi: ('192.168.1.57',)")
    feed_until_live(dongle)
    files = {**bundle.read_tree(device_tree), "web/new.txt": b"9"}
    files[version.NAME] = version.version_json("esp32", files, "9.0.1")
    page = Page(dongle)
    assert page.get("/api/v1/update")["folder"] == slot
    assert han_update.upload(page, bundle.bundle(files, OWNER)) == "9.0.1"
    assert dongle.process.wait(20) == RESET
    dongle.unplug()
    dongle.power(HARD)
    dongle.says("wifi: ('192.168.1.57',)", 2)
    told = Page(dongle).get("/api/v1/update")
    assert (told["version"], told["folder"], told["on_trial"]) == ("9.0.1", target, True)
    assert dongle.ctrl_c() == 0
    assert dongle.stack() < STACK
    left = flash_of(dongle)
    assert "/lib/theirs.py" in left and "/main.py" in left and f"/{target}/web/new.txt" in left
    if slot == "a":
        kept = ("/boot.py", "/main.py", "/slots.mpy", "/switch.mpy", "/slots.txt", "/update.keys")
        rest = [path for path in left if not path.startswith(("/a/", "/b/", "/data/"))]
        assert sorted(rest) == sorted([*kept, "/lib/theirs.py"])


@pytest.mark.parametrize("native", ["of another chip", "without room"])
def test_the_meter_is_read_without_native_code_too(chip, tmp_path, device_tree, native):
    lib = tmp_path / "more" / "lib"
    lib.mkdir(parents=True)
    if native == "without room":
        (lib / "octets_viper.py").write_text("raise MemoryError")  # goes before the .mpy
    else:
        content = bytearray((device_tree / "lib" / "octets_viper.mpy").read_bytes())
        content[2] = XTENSAWIN << 2 | content[2] & 3
        (lib / "octets_viper.mpy").write_bytes(content)
    dongle = chip(answers(), extra=str(lib.parent))
    dongle.says("wifi: ('192.168.1.57',)")
    feed_until_live(dongle)
    assert wait_for(dongle.now, lambda now: now["seq"])["state"] == "live"


def test_who_comes_to_the_prompt_often_is_no_crash(chip):
    dongle = chip(answers())
    for _ in range(6):
        dongle.says("wifi: ('192.168.1.57',)", dongle.log().count("chip: prompt") + 1)
        assert dongle.ctrl_c() == 0
        dongle.power(HARD)  # mpremote reset
    dongle.says("wifi: ('192.168.1.57',)", 7)
    starts = json.loads(dongle.get("/api/v1/diagnosis")[2])["starts"]
    assert (starts["planned"], starts["safe_mode"]) == (6, 0)


def test_five_bites_of_the_watchdog_end_in_safe_mode(chip):
    dongle = chip(answers())
    for count in range(5):
        dongle.says("wifi: ('192.168.1.57',)", count + 1)
        dongle.cut()
        dongle.power(WATCHDOG)
    dongle.says("safe mode")
    dongle.says("chip: own network HAN-1f2e")
    assert "Sikker modus" in dongle.get("/", host="192.168.4.1")[2].decode()


def test_the_power_goes_in_the_first_seconds(chip):
    dongle = chip()
    for count, wait_ms in enumerate((0, 20, 50, 100, 150, 200, 250, 300, 400)):
        dongle.says("chip: boots", count + 1)
        time.sleep(wait_ms / 1000)
        dongle.cut()
        dongle.power()
    dongle.wait_until_up()
    key = printed_key(dongle)
    assert dongle.log().count(f"key {key}") == dongle.log().count("key ")
    assert OwnersPhone(dongle).get()["key"] == key
