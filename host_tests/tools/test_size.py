"""The account of the heap, and the limits that it keeps."""

import re

import pytest
import size
from device_sources import module_name, python_sources, sources_for

import build
from app import access


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    tree = tmp_path_factory.mktemp("device")
    build.write_tree(build.make_tree("esp32").files, tree)
    return size.account(tree)


def test_every_module_of_the_dongle_is_in_the_account_once(result):
    counted = [row["module"] for row in result["always"] + result["when_used"]]
    assert len(counted) == len(set(counted))
    assert not result["broken"]
    sources = sources_for("esp32")
    members = {row["module"] for row in result["members"]}
    assert members == sources.members
    assert {"hanport.decoder", "app.router", "app.guard"} <= members
    files = {module_name(name) for name in sources.texts}
    assert set(counted) - {"interpreter", "asyncio", size.OBJECTS} == files
    whole = {
        module_name(name) for name, path in python_sources("esp32").items() if path.stat().st_size
    }
    assert len(files) - 1 + len(members) == len(whole)


def test_the_figures_are_of_32_bit_words_and_add_up(result):
    heap = {row["module"]: row["heap"] for row in result["always"]}
    odd = [name for name, octets in heap.items() if octets % 16]
    assert all(name.endswith("_viper") for name in odd), "a block is 16 octets on 32 bits"
    assert sum(heap.values()) == result["heap"]
    of_it = {row["module"]: row["heap"] for row in result["members"]}
    assert heap["app.one"] - len(of_it) <= sum(of_it.values()) <= heap["app.one"]
    assert of_it["hanport.decoder"] > 2_000


def test_the_whole_firmware_stays_below_the_limit(result):
    assert result["imported"] <= size.LIMIT_IMPORTED
    assert result["heap"] <= size.LIMIT_LIVE


def test_the_pages_tell_what_is_measured(result):
    """To half a kilobyte: the pages say of what day their figure is."""
    for name in ("README.md", "firmware/README.md"):
        text = (size.ROOT / name).read_text(encoding="utf-8")
        (told,) = re.findall(r"[Ll]ive (?:\(`make size`\) \| |heap is )(\d\d\.\d) KB", text)
        assert abs(float(told) - result["heap"] / 1000) < 0.5, name
        (router,) = re.findall(r"(?:its place are|our own,) (\d\.\d) KB", text)
        of_it = {row["module"]: row["heap"] for row in result["members"]}
        assert abs(float(router) - of_it["app.router"] / 1000) < 0.2, name


def test_the_readme_tells_what_mqtt_takes(result):
    """As long as it is chosen, and with what is loaded to connect."""
    text = (size.ROOT / "README.md").read_text(encoding="utf-8")
    ((chosen, connecting),) = re.findall(r"\| MQTT client \| ([\d.]+) KB, ([\d.]+) KB", text)
    heap = {row["module"]: row["heap"] for row in result["when_used"]}
    assert abs(float(chosen) - heap["app.mqtt"] / 1000) < 0.2
    whole = heap["app.mqtt"] + heap["app.mqtt_open"] + heap["app.mqtt_url"]
    assert abs(float(connecting) - whole / 1000) < 0.2


def test_the_door_stays_below_its_limit(result):
    members = {row["module"] for row in result["members"]}
    assert members >= set(size.DOOR)
    assert size.DOOR_TABLE == access.SIZE
    assert 4_000 < size.door(result) <= size.LIMIT_DOOR


def test_a_folder_without_a_firmware_is_said(tmp_path):
    with pytest.raises(size.SizeError, match="make build"):
        size.account(tmp_path)
