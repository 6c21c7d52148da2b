"""Settings: types, defaults, a broken file, and the power cut while saving."""

import json
import os
import sys

import pytest

from app.settings import Settings
from app.settings_file import defaults, migrate, problem


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path)


def stored(folder):
    with open(folder + "/settings.json") as file:
        return json.load(file)


def write(folder, text):
    with open(folder + "/settings.json", "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def test_first_start_has_the_defaults(folder):
    settings = Settings(folder)
    assert {key: settings[key] for key in defaults()} == defaults()
    assert settings.problems == []
    assert not os.path.exists(folder + "/settings.json")


def test_every_default_is_valid():
    for key, value in defaults().items():
        assert problem(key, value) is None


def test_what_is_changed_is_there_after_a_restart(folder):
    changes = {"name": "Hytta på Ifjord", "rx": 4, "inverted": False, "wifi_key": "æøå \\ \" '"}
    Settings(folder).change(changes)
    settings = Settings(folder)
    assert {key: settings[key] for key in changes} == changes
    assert settings.problems == []


def test_a_default_is_not_written(folder):
    """So that a later version may have a better one."""
    settings = Settings(folder)
    settings.change({"name": "x", "rx": 4})
    settings.change({"rx": None})
    assert stored(folder) == {"v": 1, "name": "x"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nonsense", 1),
        ("name", 5),
        ("name", None),
        ("name", "å" * 25),
        ("wifi_ssid", "x" * 33),
        ("wifi_key", "x" * 65),
        ("hostname", "Hytta"),
        ("hostname", "-hytta"),
        ("hostname", "hytta-"),
        ("hostname", "hytta.no"),
        ("hostname", "h" * 33),
        ("rx", "4"),
        ("rx", True),
        ("rx", 4.0),
        ("rx", -1),
        ("rx", 49),
        ("uart", 3),
        ("inverted", 1),
        ("inverted", None),
        ("inverted", "true"),
        ("line", 8),
        ("line", False),
        ("line_locked", 0),
        ("energy_wh", 2),
        ("energy_wh", True),
    ],
)
def test_a_value_that_may_not_be(folder, key, value):
    assert problem(key, value)
    settings = Settings(folder)
    before = dict(settings.values)
    with pytest.raises(ValueError, match=key):
        settings.change({"name": "y", key: value})
    assert settings.values == before
    assert not os.path.exists(folder + "/settings.json")
    # nor is it taken from a file, and the rest of the file is
    write(folder, json.dumps({"v": 1, "wifi_ssid": "hjem", key: value, "tx": 5}))
    settings = Settings(folder)
    assert settings["tx"] == 5
    if key in defaults():
        assert settings[key] == defaults()[key]
        assert len(settings.problems) == 1
        if key.startswith("wifi"):
            assert value not in settings.problems[0]  # it may be a password with a slip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"v":1,"name":',
        b"\xff\xfe{}",
        b"\x00" * 100,
        "{}x",
        '{"v":1}}',
    ],
)
def test_a_broken_file_is_kept_and_the_defaults_hold(folder, text):
    write(folder, text)
    settings = Settings(folder)
    assert {key: settings[key] for key in defaults()} == defaults()
    assert len(settings.problems) == 1
    with open(folder + "/settings.bad", "rb") as file:
        assert file.read() == (text if isinstance(text, bytes) else text.encode())
    settings.change({"name": "igjen"})
    assert Settings(folder)["name"] == "igjen"


def test_another_version_loses_nothing(folder):
    write(folder, '{"v": 7, "name": "x", "later": {"a": [1]}}')
    settings = Settings(folder)
    assert settings["name"] == "x"
    settings.change({"name": "y"})
    assert stored(folder) == {"v": 7, "name": "y", "later": {"a": [1]}}


def test_a_file_without_a_version_is_the_first():
    assert migrate({"name": "x"}) == {"v": 1, "name": "x"}
    assert migrate({"v": "2"}) == {"v": 1}


def test_power_cut_at_every_step_of_saving(folder, monkeypatch):
    """The old settings or the new ones, whatever was being done when the power went."""
    Settings(folder).change({"name": "gammel"})

    class PowerCutError(Exception):
        pass

    def fail(*_):
        raise PowerCutError

    def half(self, file):
        file.write('{"v": 1, "na')
        file.flush()
        raise PowerCutError

    cuts = ((json, "dump", lambda values, file: half(None, file)), (os, "rename", fail))
    for module, name, instead in cuts:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, instead)
            with pytest.raises(PowerCutError):
                Settings(folder).change({"name": "ny"})
        settings = Settings(folder)
        assert settings["name"] == "gammel"
        assert settings.problems == []
    Settings(folder).change({"name": "ny"})
    assert Settings(folder)["name"] == "ny"


def test_a_full_flash_leaves_everything_as_it_was(folder, monkeypatch):
    settings = Settings(folder)
    settings.change({"name": "gammel"})

    def full(values, file):
        raise OSError(28)

    with monkeypatch.context() as patch:
        patch.setattr(json, "dump", full)
        with pytest.raises(OSError):
            settings.change({"name": "ny"})
    assert settings["name"] == "gammel"
    assert Settings(folder)["name"] == "gammel"


def test_its_heap_is_given_back(folder):
    Settings(folder).change({"name": "x"})
    assert "app.settings_file" not in sys.modules
