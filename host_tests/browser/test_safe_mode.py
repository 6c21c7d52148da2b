"""From safe mode to a mended version with nothing but a phone: the page of safe_page.py in Chromium, on the
firmware."""

import http.client
import sys
from pathlib import Path

import pytest
import version
from playwright.sync_api import expect
from running_firmware import TOKEN, RunningFirmware

sys.path.append(str(Path(__file__).resolve().parents[1] / "firmware"))

from update_bundles import OWNER, STRANGER, public, signed

KEYS = f"{public(OWNER).hex()} owner\n".encode()
RESTART = 3  # exit code, see app/board_unix.py


def as_version(tree, number):
    files = {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in tree.rglob("*")
        if path.is_file()
    }
    files["update.keys"] = KEYS
    files[version.NAME] = version.version_json("unix", files, number)
    return files


@pytest.fixture
def dongle(firmware_tree, tmp_path):
    """In safe mode: the button is held at its start; its page's files are gone."""
    tree = tmp_path / "tree"
    for path, content in as_version(firmware_tree, "1.0.0").items():
        if not path.startswith("web/"):
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(content)
    held = tmp_path / "held"
    held.touch()
    one = RunningFirmware(tree, tmp_path / "run", environment={"BUTTON": str(held)})
    one.held = held
    one.wait_until_up()
    yield one
    one.stop()


@pytest.fixture
def page(chromium, dongle):
    context = chromium.new_context(extra_http_headers={"Authorization": f"Bearer {TOKEN}"})
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "console", lambda said: page.errors.append(said.text) if "Policy" in said.text else None
    )
    page.goto(dongle.url + "/")
    yield page
    context.close()


def test_a_mended_version_from_the_page(dongle, page, firmware_tree, tmp_path):
    bundle = tmp_path / "new.bundle"
    bundle.write_bytes(signed(as_version(firmware_tree, "1.1.0")))
    page.set_input_files("#file", bundle)
    page.click("#send")
    expect(page.locator("#told")).to_contain_text("1.1.0", timeout=60_000)
    assert page.errors == []
    assert dongle.process.wait(20) == RESTART
    dongle.held.unlink()
    dongle.restart()
    assert dongle.get("/api/v1/update")[2].startswith(b'{"version":"1.1.0"')
    assert dongle.get("/api/v1/now")[0] == 200
    assert dongle.get("/login", auth=None)[0] == 200  # the page is there again


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"what is this", "update_not_a_bundle"),
        (None, "update_wrong_signer"),
    ],
)
def test_what_is_not_taken_is_said_so(page, firmware_tree, tmp_path, octets, why):
    bundle = tmp_path / "new.bundle"
    bundle.write_bytes(octets or signed(as_version(firmware_tree, "1.1.0"), STRANGER))
    page.set_input_files("#file", bundle)
    page.click("#send")
    expect(page.locator("#told")).to_contain_text(why)
    assert page.is_enabled("#send")


def lose(route):
    """The piece arrives, its answer does not."""
    route.fetch()
    route.abort()


def busy(route):
    route.fulfill(status=503, json={"error": "Opptatt"})


def test_a_busy_dongle_and_a_lost_answer_are_no_refusal(page, firmware_tree, tmp_path):
    bundle = tmp_path / "new.bundle"
    bundle.write_bytes(signed(as_version(firmware_tree, "1.1.0")))
    page.route("**/update?offset=4096", lose, times=1)
    page.route("**/update?offset=8192", busy, times=2)
    page.route("**/update/end", busy, times=1)
    page.set_input_files("#file", bundle)
    page.click("#send")
    expect(page.locator("#told")).to_contain_text("1.1.0", timeout=60_000)


def test_a_dongle_that_stays_busy_is_said_so(page, tmp_path):
    bundle = tmp_path / "new.bundle"
    bundle.write_bytes(b"han-bundle 1\n")
    asked = []
    page.route("**/update?offset=*", lambda route: (asked.append(route), busy(route)))
    page.set_input_files("#file", bundle)
    page.click("#send")
    expect(page.locator("#told")).to_contain_text("Opptatt", timeout=20_000)
    assert len(asked) == 5
    assert page.is_enabled("#send")


def test_no_file_chosen(page):
    page.click("#send")
    assert "Velg filen" in page.inner_text("#told")
    assert "Choose the file" in page.inner_text("#told")


def test_the_script_is_behind_the_login_too(dongle):
    for path in ("/", "/service.js"):
        connection = http.client.HTTPConnection("127.0.0.1", dongle.port, timeout=10)
        connection.request("GET", path)
        assert connection.getresponse().status in (302, 401)
    assert dongle.request("HEAD", "/")[2] == b""
