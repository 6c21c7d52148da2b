"""Updates of the running firmware, over HTTP as from a phone, through restarts and trials."""

import json
import re
import time

import han_update
import pytest
import update_bundles
import version
from access_support import owner
from han_client import ClientError
from running_firmware import RunningFirmware
from support import case
from update_bundles import OWNER, STRANGER, public, signed

RESTART = 3  # exit code, see app/board_unix.py
KEYS = f"{public(OWNER).hex()} owner\n".encode()


def as_version(files, number, change=None):
    """The files of a tree under another version, some of them changed."""
    files = {**files, "update.keys": KEYS, **(change or {})}
    files[version.NAME] = version.version_json("unix", files, number)
    return files


@pytest.fixture(scope="module")
def files(firmware_tree):
    return {
        path.relative_to(firmware_tree).as_posix(): path.read_bytes()
        for path in firmware_tree.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def dongle(files, tmp_path):
    """dongle(**environment) -> RunningFirmware of version 1.0.0 with the owner's key."""
    started = []

    def start(**environment):
        tree = tmp_path / f"tree{len(started)}"
        for path, content in as_version(files, "1.0.0").items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(content)
        one = RunningFirmware(tree, tmp_path / f"run{len(started)}", environment=environment)
        one.tree = tree
        started.append(one)
        one.wait_until_up()
        return one

    yield start
    for one in started:
        one.stop()


def again(one):
    """The restart that the firmware has asked for."""
    assert one.process.wait(20) == RESTART
    one.restart()


def state(one):
    return owner(one).json("GET", "/api/v1/update")


def wait_until(one, **wanted):
    limit = time.monotonic() + 30
    while True:
        got = state(one)
        if all(got[name] == value for name, value in wanted.items()):
            return got
        assert time.monotonic() < limit, (got, one.log())
        time.sleep(0.2)


def test_updated_and_confirmed(dongle, files):
    one = dongle(CLOCK_SPEED="10")
    assert state(one) | {"build": ""} == {
        "version": "1.0.0",
        "build": "",
        "board": "unix",
        "micropython": "1.29.0",
        "folder": ".",
        "on_trial": False,
        "received": None,
        "size": None,
        "given_up": None,
    }
    seen = []
    data = signed(as_version(files, "1.1.0"))
    assert han_update.upload(owner(one), data, progress=seen.append) == "1.1.0"
    assert seen[-1] == len(data) and seen == sorted(set(seen))
    again(one)
    assert state(one)["version"] == "1.1.0"
    assert state(one)["folder"] == "a"
    got = wait_until(one, on_trial=False)
    assert (got["version"], got["given_up"]) == ("1.1.0", None)
    assert (one.tree / "slots.txt").read_text().split()[:3] == ["a", "-", "0"]
    one.restart()
    assert state(one)["version"] == "1.1.0"
    # and on to the other folder; what came over USB makes room
    assert han_update.upload(owner(one), signed(as_version(files, "1.2.0"))) == "1.2.0"
    assert not (one.tree / "app").exists()
    again(one)
    assert state(one)["folder"] == "b"
    entries = owner(one).json("GET", "/api/v1/security")["entries"]
    assert [e["name"] for e in entries if e["event"] == "update"] == ["1.2.0", "1.1.0"]


def test_not_well_within_ten_minutes(dongle, files):
    """The new version runs and answers, but its meter's task does not go round."""
    one = dongle(CLOCK_SPEED="200")
    broken = compiled("""
class Meter:
    name = "meter"
    beat = -100000

    def __init__(self, *parts):
        pass

    async def run(self):
        import asyncio

        while True:
            await asyncio.sleep(1000)
""")
    new = as_version(files, "1.1.0", {"app/meter.mpy": broken})
    han_update.upload(owner(one), signed(new))
    again(one)
    assert state(one)["on_trial"] is True
    again(one)
    got = state(one)
    assert (got["version"], got["folder"], got["on_trial"]) == ("1.0.0", ".", False)
    assert got["given_up"] == {"version": "1.1.0", "why": "time"}
    with pytest.raises(ClientError, match="undone"):
        han_update.follow(owner(one), "1.1.0", every_s=0)


def compiled(source):
    import build

    return build.compile_mpy(source, "app.meter", "unix", 3)


@pytest.mark.parametrize(
    "source,why",
    [
        ("import nothing_of_that_name", "start"),
        ("raise RuntimeError", "start"),
        ("def main():\n    raise SystemExit(1)", "starts"),
        ("def main():\n    import os\n    os.nothing()", "starts"),
    ],
)
def test_a_version_that_does_not_start(dongle, files, source, why):
    one = dongle()
    new = as_version(files, "1.1.0", {"app/app.mpy": compiled(source)})
    han_update.upload(owner(one), signed(new))
    one.process.wait(20)
    starts = 0
    while True:
        one.process = one._start()
        try:
            one.wait_until_up()
            break
        except AssertionError:
            starts += 1
        assert starts < 5
    assert starts == (1 if why == "start" else 3)
    got = state(one)
    assert (got["version"], got["given_up"]["why"]) == ("1.0.0", why)


def test_refused_over_http(dongle, files):
    one = dongle()
    client = owner(one)
    new = as_version(files, "1.1.0")
    data = signed(new)
    for bad, status, code in (
        (b"GIF89a" * 1000, 400, "update_not_a_bundle"),
        (signed(new, STRANGER), 403, "update_wrong_signer"),
        (re.sub(rb"signature \w+ \w+", b"signature - -", data, count=1), 403, "update_unsigned"),
        (data.replace(b"1.1.0", b"1.1.1", 1), 400, "update_altered"),
        (data[:-5] + b"\0" * 5, 400, "update_altered"),
        (data[:-1], 400, "update_truncated"),
        (data + b"\0", 400, "update_too_long"),
        (signed(as_version(files, "0.9.0")), 409, "update_older"),
    ):
        with pytest.raises(ClientError) as refused:
            han_update.upload(client, bad)
        assert refused.value.status == status
        assert refused.value.answer["error"] == code
        assert str(refused.value) == han_update.words(code) != code
        assert state(one)["received"] is None
    assert state(one)["folder"] == "." and not (one.tree / "slots.txt").exists()
    assert han_update.upload(client, signed(as_version(files, "0.9.0")), older=True) == "0.9.0"


def test_interrupted_and_taken_up(dongle, files):
    one = dongle()
    client = owner(one)
    data = signed(as_version(files, "1.1.0"))
    send = lambda at, end: client.json("POST", f"/api/v1/update?offset={at}", data[at:end])  # noqa: E731
    assert send(0, 500) == {"received": 500, "size": None}  # not all of its head is there
    # the answer to the next piece is lost
    send(500, 8000)
    with pytest.raises(ClientError) as again:
        send(500, 8000)
    assert (again.value.status, again.value.answer["received"]) == (409, 8000)
    with pytest.raises(ClientError):
        send(8001, 12000)
    assert state(one)["received"] == 8000
    # somebody who comes anew begins anew
    assert han_update.upload(client, data) == "1.1.0"


def test_s12_power_cut_in_the_middle(dongle, files):
    one = dongle()
    client = owner(one)
    data = signed(as_version(files, "1.1.0"))
    for at in range(0, len(data) // 2, 8192):
        client.json("POST", f"/api/v1/update?offset={at}", data[at : at + 8192])
    one.restart()
    got = state(one)
    assert (got["version"], got["received"], got["given_up"]) == ("1.0.0", None, None)
    assert han_update.upload(client, data) == "1.1.0"


def test_forgotten_upload_gives_its_heap_back(dongle, files):
    one = dongle(CLOCK_SPEED="100")
    client = owner(one)
    state(one)
    before = one.heap()
    data = signed(as_version(files, "1.1.0"))
    for at in range(0, 40960, 2048):
        client.json("POST", f"/api/v1/update?offset={at}", data[at : at + 2048])
    during = one.heap()
    wait_until(one, received=None)
    limit = time.monotonic() + 10
    while one.heap() > before + 1024:  # the latest connection's, until it ends
        assert time.monotonic() < limit, one.heap() - before
    assert during - before <= 34_000, "what an update holds, on 64-bit words"
    client.json("POST", "/api/v1/update?offset=0", data[:4096])
    client.json("DELETE", "/api/v1/update")
    assert state(one)["received"] is None
    assert not (one.tree / "update.tmp").exists()


def test_only_the_owner_may(dongle, files):
    one = dongle()
    data = signed(as_version(files, "1.1.0"))
    for auth in (None, "f" * 32):
        status, _, _ = one.request("POST", "/api/v1/update?offset=0", data[:4096], auth=auth)
        assert status in (401, 403)
    token = owner(one).json(
        "POST", "/api/v1/keys", {"kind": "token", "role": "viewer", "name": "v"}
    )["token"]
    status, _, body = one.request("POST", "/api/v1/update?offset=0", data[:4096], auth=token)
    assert status == 403 and b"update" not in body
    status, _, body = one.request("GET", "/api/v1/update", auth=token)
    assert status == 200 and json.loads(body)["version"] == "1.0.0"


def test_usb_has_the_last_word(dongle, files):
    """A tree that is copied over USB, by whatever means, runs although an update was chosen."""
    one = dongle()
    han_update.upload(owner(one), signed(as_version(files, "1.1.0")))
    again(one)
    assert state(one)["version"] == "1.1.0"
    one.process.kill()
    for path, content in as_version(files, "1.0.5").items():
        (one.tree / path).parent.mkdir(parents=True, exist_ok=True)
        (one.tree / path).write_bytes(content)
    one.restart()
    assert (state(one)["version"], state(one)["folder"]) == ("1.0.5", ".")


def test_keys_of_the_owners_own(dongle, files):
    one = dongle()
    (one.data / "update.keys").write_text(f"{public(STRANGER).hex()} mine\n")
    with pytest.raises(ClientError, match="does not know"):
        han_update.upload(owner(one), signed(as_version(files, "1.1.0")))
    data = update_bundles.signed(as_version(files, "1.1.0"), STRANGER)
    assert han_update.upload(owner(one), data) == "1.1.0"


def test_values_go_on_while_it_comes_in(dongle, files):
    one = dongle()
    client = owner(one)
    one.feed(case("spec-kamstrup-ex1")["bytes"])
    data = signed(as_version(files, "1.1.0"))
    slowest = 0.0
    one.wait_for("seq", 1)
    for at in range(0, len(data), 2048):
        client.json("POST", f"/api/v1/update?offset={at}", data[at : at + 2048])
        if at // 2048 % 4 == 0:
            begun = time.monotonic()
            assert one.now()["seq"] == 1
            slowest = max(slowest, time.monotonic() - begun)
    assert slowest < 1.0
