"""S14, S15, S16: everything taken out, history erased, reading stopped, factory state."""

import json
import subprocess
import time
from pathlib import Path

import han_client
import pytest
from access_support import owner, phone, status_of
from meter_lists import HOURLY, LIST_1, frame
from running_firmware import MICROPYTHON, PASSWORD, TOKEN

ROOT = Path(__file__).resolve().parents[2]


def test_s14_the_flash_keeps_no_octet_of_the_household():
    """On littlefs, which writes over nothing by itself: the careless way shows that it would."""
    environment = {"MICROPYPATH": f"{ROOT}/firmware:{ROOT}/lib:{ROOT}/host_tests:.frozen"}
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=4M", Path(__file__).with_name("mp_reset_dump.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-2])
    before, secrets, left, names = told["careful"]
    assert before == secrets == 207
    assert (left, names) == (0, [])
    assert told["careless"][2] > 100
    assert told["cuts"] > 20


@pytest.fixture
def household(start_firmware):
    firmware = start_firmware(settings={"name": "Hytta vår"})
    firmware.feed(frame(LIST_1))
    firmware.feed(frame(HOURLY))
    firmware.wait_for("seq", 2)
    return firmware


def wait_for_end(firmware, timeout=10):
    limit = time.monotonic() + timeout
    while firmware.process.poll() is None:
        assert time.monotonic() < limit, firmware.log()
        time.sleep(0.05)


def all_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_s14_everything_from_the_page_with_word_and_password(household):
    one = phone(household)
    body = {"what": "all", "word": "NULLSTILL"}
    name = b"Hytta v"
    assert name in all_of(household.data)
    one.proved(PASSWORD, "POST", "/api/v1/erase", body)
    wait_for_end(household)
    household.restart()
    time.sleep(0.5)
    left = all_of(household.data)
    for what in (name, b"tests", b"iPhone"):
        assert what not in left
    assert sorted(path.name for path in household.data.iterdir()) == [
        "hours",
        "owner",
        "security.0",
    ]
    # factory state: no login, no token, no consent
    assert status_of(one, "GET", "/api/v1/now") == 401
    assert household.request("GET", "/api/v1/now", auth=TOKEN)[0] == 401
    assert household.request("GET", "/", auth=None)[1]["Location"] == "/setup"


def test_s14_not_without_the_word_or_the_password(household):
    one = phone(household)
    body = {"what": "all", "word": "NULLSTILL"}
    assert status_of(one, "POST", "/api/v1/erase", body) == 400
    for wrong in ({**body, "word": "nullstill"}, {**body, "word": ""}, {"what": "all"}):
        with pytest.raises(han_client.ClientError) as refused:
            one.proved(PASSWORD, "POST", "/api/v1/erase", wrong)
        assert refused.value.status == 400
    with pytest.raises(han_client.ClientError) as refused:
        one.proved("feil hest batteri", "POST", "/api/v1/erase", body)
    assert refused.value.status == 401
    assert status_of(owner(household), "POST", "/api/v1/erase", body) == 400  # nor a token alone
    assert household.now()["seq"] == 2


def test_s14_the_button_for_ten_seconds(start_firmware, tmp_path):
    button = tmp_path / "button"
    firmware = start_firmware(BUTTON=str(button), settings={"name": "Hytta vår"})
    button.touch()
    time.sleep(4)
    button.unlink()  # too short
    time.sleep(1)
    assert firmware.process.poll() is None
    button.touch()
    time.sleep(12)
    assert firmware.process.poll() is None  # not before it is let go
    button.unlink()
    wait_for_end(firmware, 3)
    firmware.restart()
    assert firmware.request("GET", "/", auth=None)[1]["Location"] == "/setup"
    assert not (firmware.data / "settings.json").exists()


def test_a_serial_program_that_holds_the_button_erases_nothing(start_firmware, tmp_path):
    """Its pin is the adapter's too, and it is held for longer than a thumb would."""
    button = tmp_path / "button"
    firmware = start_firmware(BUTTON=str(button), settings={"name": "Hytta vår"})
    button.touch()
    time.sleep(32)
    button.unlink()
    time.sleep(1.5)
    assert firmware.process.poll() is None
    assert "Hytta" in (firmware.data / "settings.json").read_text()


def test_safe_mode_by_the_button_erases_nothing(start_firmware, tmp_path):
    button = tmp_path / "button"
    button.touch()
    firmware = start_firmware(BUTTON=str(button), settings={"name": "Hytta vår"})
    time.sleep(12)
    button.unlink()
    time.sleep(1.5)
    assert firmware.process.poll() is None
    assert "Hytta" in (firmware.data / "settings.json").read_text()


def test_s15_history_goes_and_settings_stay(household):
    boss = owner(household)
    for wrong in ({"what": "history"}, {"what": "history", "word": "ja"}, {"word": "SLETT"}, {}):
        assert status_of(boss, "POST", "/api/v1/erase", wrong) == 400
    assert status_of(boss, "POST", "/api/v1/erase", {"what": "history", "word": "SLETT"}) == 202
    limit = time.monotonic() + 10
    while boss.json("GET", "/api/v1/erase")["running"]:
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert boss.json("GET", "/api/v1/hours")["hours"] == []
    assert boss.json("GET", "/api/v1/settings")["name"] == "Hytta vår"
    household.feed(frame(LIST_1))
    household.wait_for("seq", 3)


def test_s15_stopping_to_read_takes_effect_within_one_list(household):
    boss = owner(household)
    boss.json("POST", "/api/v1/consent", {"answer": "withdraw"})
    now = household.now()
    assert now["seq"] == 0
    assert "import_w" not in now
    household.feed(frame(LIST_1))
    time.sleep(0.5)
    assert household.now()["seq"] == 0
    household.restart()
    time.sleep(0.3)
    assert household.now()["seq"] == 0
    # what came meanwhile is not taken up later either
    boss.json("POST", "/api/v1/consent", {"answer": "give", "secured": "owner", "version": 1})
    household.feed(frame(LIST_1))
    household.wait_for("seq", 1)


def test_s16_everything_can_be_taken_out_first(household):
    phone(household, "Karis iPhone")
    with owner(household).open("GET", "/api/v1/export") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"] == 'attachment; filename="han.json"'
        everything = json.loads(answer.read())
    assert everything["settings"]["name"] == "Hytta vår"
    assert everything["consent"]["state"] == "given"
    assert [key["name"] for key in everything["keys"]] == ["tests", "Karis iPhone"]
    assert {entry["event"] for entry in everything["security"]} >= {"login", "exported"}
    assert isinstance(everything["events"], list)
    assert isinstance(everything["history"]["hours"], list)
    assert isinstance(everything["daily"]["days"], list)


def test_s18_what_is_taken_out_opens_nothing(start_firmware):
    secrets = {"wifi_ssid": "Hjemme", "wifi_key": "hemmelig nøkkel"}
    firmware = start_firmware(
        heap="250K",  # with a cipher loaded too; what is asked here is not whether the heap will do
        settings={**secrets, "encryption_key": "00112233445566778899AABBCCDDEEFF"},
    )
    firmware.feed(frame(HOURLY))
    with owner(firmware).open("GET", "/api/v1/export") as answer:
        text = answer.read().decode()
    everything = json.loads(text)
    assert everything["settings"]["wifi_key"] is True
    assert everything["settings"]["encryption_key"] is True
    stored = (firmware.data / "owner").read_bytes()
    for secret in ("hemmelig", "AABBCCDD", "ABCD-EFGH", TOKEN, stored[22:54].hex()):
        assert secret not in text
