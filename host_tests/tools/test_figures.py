"""The figures in the pages are those of the code: limits, times, pins, choices. What is measured is
compared where it is measured (test_size.py, test_page_size.py, test_flash_space.py, test_hardware.py),
or stands with the day of its run."""

import ast
import re
import tomllib
from pathlib import Path

import bundle
import flash
import pytest
import size

from app.settings_file import _CHOICES

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "firmware" / "app"
PAGE = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
FIRMWARE = " ".join((ROOT / "firmware/README.md").read_text(encoding="utf-8").split())
WEB = " ".join((ROOT / "firmware/web/README.md").read_text(encoding="utf-8").split())
WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def const(module: str, name: str) -> int:
    """The number behind `NAME = const(...)` or `NAME = ...` in app/MODULE.py or a path."""
    path = ROOT / module if "." in module else APP / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    (found,) = re.findall(rf"^(?:const )?{name} = (?:const\()?([\d_]+)", text, re.MULTILINE)
    return int(found)


def seconds(module: str, name: str) -> str:
    """Of a number of milliseconds: "5 s", "1.5 s"."""
    return f"{const(module, name) / 1000:g} s"


def minutes(module: str, name: str) -> float:
    return const(module, name) / 60_000


def kb(module: str, name: str) -> str:
    return f"{const(module, name) / 1024:g} KB"


def test_the_door():
    connections, streams = const("guard", "CONNECTIONS"), const("guard", "STREAMS")
    short, after = WORDS[connections - streams], WORDS[connections + 1]
    for words in (
        f"| {connections}, of which {streams} event streams, so that {short} short requests",
        f"a {after}th waits up to {seconds('guard', '_QUEUE_MS')}, then 503",
        f"give way after {seconds('guard', '_READING_MS')} when others wait",
        f"| head | {seconds('conn', '_HEAD_MS')} (408), {kb('conn', '_HEAD')} of which "
        f"{kb('conn', '_KEPT')} in headers",
        f"| body | {kb('conn', 'BODY')}, {kb('conn', '_STRANGERS')} without a login (413)",
        f"at a time (503), {seconds('conn', '_BODY_MS')} (408)",
        f"go out within {seconds('conn', '_WRITE_MS')}, all within {seconds('guard', '_TOTAL_MS')}",
    ):
        assert words in FIRMWARE
    assert const("conn", "_CHUNK") == 512  # "half a kilobyte"


def test_states_and_events():
    live, old = seconds("live", "_LIVE"), seconds("live", "_OLD")
    points, step = const("live", "POINTS"), const("live", "_STEP") // 1000
    for words in (
        f"until the first list, up to {live}; `live` up to {live} after a list; "
        f"`old` up to {old}; then `no_signal`",
        f"| {points} values in W, one for each {WORDS[step]} seconds",
        f"`:` every {seconds('app', '_HEARTBEAT')}",
    ):
        assert words in FIRMWARE
    assert points * step == 600  # "ten minutes of power"
    assert f"the last list is at most {live} old" in WEB
    assert f"| `old` | at most {old} |" in WEB


def test_the_uart():
    octets_s = 2400 / 10  # a start and a stop bit
    buffer = const("board_esp32", "_RXBUF") / octets_s
    assert f"buffer of {buffer:.1f} s" in FIRMWARE
    assert f"the UART's buffer lasts {buffer:.1f} s" in FIRMWARE
    assert 1000 / const("meter", "_POLL") == 20  # "twenty times a second"


def test_passwords_and_keys():
    first, longest = (
        const("password", "_WAIT_MS") // 1000,
        const("password", "_LONGEST_MS") // 1000,
    )
    waits = [min(first << min(wrong - 1, 6), longest) for wrong in range(1, 20)]
    slots, phones = const("access", "SLOTS"), const("keys", "_PHONES")
    for words in (
        f"PBKDF2 with {const('password', 'ITERATIONS'):,} rounds",
        f"{const('password', 'MIN_ITERATIONS'):,} is the least that is taken",
        f"{waits[0]}, {waits[1]}, {waits[2]} ... {longest} s before the next",
        f"twenty take {sum(waits) // 60} minutes",
        f"{slots} places: {phones} phones ({const('keys', '_VIEWERS')} of them guests'), "
        f"{const('keys', '_GIVEN')} tokens and links",
        f"two files of {const('log', 'ENTRIES')} entries",
    ):
        assert words in FIRMWARE
    for client, name in (("tools/han_client.py", ""), ("tools/han_client.py", "MIN_")):
        assert const(client, f"{name}ITERATIONS") == const("password", f"{name}ITERATIONS")
    assert const("tools/provision.py", "ITERATIONS") == const("password", "ITERATIONS")


def test_the_button_and_the_watch():
    held = const("app", "_RESET") * const("app", "_TICK") // 1000
    assert held == 10
    for words in (
        "hold the button for ten seconds and let it go",
        "holde knappen inne i ti sekunder og slippe den",
    ):
        assert words in PAGE
    hung = const("app", "_HUNG") * const("app", "_TICK") // 1000
    first, longest = const("faults", "_FIRST_MS"), const("faults", "_LONGEST_MS")
    for words in (
        f"gives no sign of life for {hung} s",
        f"{first // 1000}, {first // 500}, {first // 250} ... {longest // 1000} s "
        f"(the meter's: {seconds('faults', '_METER_MS')} at most)",
        f"nothing runs for {seconds('board_esp32', '_WATCHDOG')}",
        f"{WORDS[const('boots', '_MANY')]} starts in {WORDS[const('boots', '_SOON_S') // 60]} minutes",
    ):
        assert words in FIRMWARE
    assert minutes("safe", "_QUIET_MS") == 60  # "after a quiet hour"


def test_the_ladder_of_the_wifi():
    again, own = minutes("ladder", "_AGAIN"), minutes("ladder", "_OWN")
    for words in (
        f"| {again:g} minutes ({minutes('ladder', '_NEXT'):g} while `wifi2_ssid` is known too)",
        f"radio off, a second's pause, on, the next known network | | {own:g} minutes |",
        f"| {minutes('ladder', '_RESTART'):g} minutes | restart",
        "half a minute in five",
        "for half an hour at most",
    ):
        assert words in FIRMWARE
    assert const("ladder", "_RADIO_OFF") == 1000
    assert (minutes("ladder", "_LOOK"), again, minutes("ladder", "_PHONE")) == (0.5, 5, 30)


def test_updates_on_trial():
    starts = WORDS[const("firmware/switch.py", "_STARTS")]
    limit = WORDS[int(minutes("trial", "_LIMIT_MS"))]
    assert f"{starts} starts, {limit} minutes: within them one minute" in FIRMWARE
    assert minutes("trial", "_STEADY_MS") == 1


def test_boards():
    source = (APP / "board_esp32.py").read_text(encoding="utf-8")
    table = re.search(r"^_CHIPS = (\{.*?^\})", source, re.MULTILINE | re.DOTALL)
    assert table
    for chip, pins in ast.literal_eval(table[1]).items():
        name = chip.replace("ESP32C", "ESP32-C").replace("ESP32S", "ESP32-S")
        name = name.replace("SPIRAM", "ESP32 with PSRAM (WROVER)")
        cells = " | ".join("" if pin is None else str(pin) for pin in pins)
        assert f"| {name} | {cells}".rstrip() in FIRMWARE
    assert set(flash.BOARDS) == set(re.findall(r"BOARD=(\w+)", PAGE)) | {"esp32"}


def test_micropython():
    lowest, highest = bundle.MICROPYTHON
    assert f"under MicroPython {lowest} to {highest}" in FIRMWARE
    assert f"({lowest} to {highest})" in PAGE
    ends = [f"{major}.{minor}" for major, minor in (flash._OLDEST, flash._NEWEST)]
    assert ends == [lowest, highest]
    (image,) = re.findall(r"FIRMWARE=(\w+)-v([\d.]+)\.bin", PAGE)
    assert image[0] == flash.BOARDS["esp32"].download
    assert int(lowest[2:]) <= int(image[1].split(".")[1]) <= int(highest[2:])


@pytest.mark.parametrize("text", [PAGE, FIRMWARE], ids=["README.md", "firmware/README.md"])
def test_how_long_hours_and_days_are_kept(text):
    *first, last = map(str, _CHOICES["hour_months"])
    for choices in re.findall(r"\b(1, \d+ or \d+)\b", text):
        assert choices == f"{', '.join(first)} or {last}"
    assert f"{', '.join(first)} or {last}" in text
    assert const("erase", "_DAY_YEARS") == 10
    assert "ten years" in text


def test_limits_of_the_heap():
    assert f"of {size.LIMIT_LIVE // 1000} on 32-bit words" in FIRMWARE
    for text in (PAGE, FIRMWARE):
        found = re.findall(r"(\d+) KB together", text)
        assert set(found) == {str(size.HEAP_KB)}


def test_what_it_is_compared_with_is_what_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(pin.split("==") for pin in project["optional-dependencies"]["dev"])
    assert re.findall(r"amshan (\d[\d.]+\d)", PAGE) == [pins["amshan"]]
    assert f"Python {project['requires-python'].lstrip('>=')} or newer" in PAGE


def test_of_the_page():
    source = (ROOT / "firmware/web/bars.js").read_text(encoding="utf-8")
    (most,) = re.findall(r"in under (\d+) lines", WEB)
    assert len(source.splitlines()) < int(most)
    assert const("firmware/web/ask.js", "BUSY_TRIES") == WORDS.index("five")
    assert "after its `Retry-After`, five times" in WEB
    live = "firmware/web/live.js"
    for words in (
        f"silent for {seconds(live, 'ASK_AFTER_MS')} makes the page ask",
        f"it asks every {seconds(live, 'POLL_MS')} and tries the stream again each minute",
        f"the dongle itself has not answered for {seconds(live, 'LOST_MS')}",
    ):
        assert words in WEB
    assert const(live, "STREAM_AGAIN_MS") == 60_000
    assert const(live, "OLD_S") * 1000 == const("live", "_LIVE")
    assert const(live, "NO_SIGNAL_S") * 1000 == const("live", "_OLD")
