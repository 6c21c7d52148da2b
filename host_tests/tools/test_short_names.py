"""Names made short: what may change, what must not, and that programs still do the same."""

import sys
import types

import pytest
from shrink import short_names

_ONE = '''
"""Docs mention kept_in_docs."""
_TABLE = [1, 2, 3]


class Thing:
    shared_by_class = 4

    def __init__(self):
        self._total = 0
        self.public_name = 1
        self._named = 2
        self.borrowed = 7

    def adding(self, thing_value):
        self._total += thing_value
        return self

    def whole_total(self):
        for value in _TABLE:
            self.adding(value)
        return self._total + getattr(self, "_named") + self.__class__.__name__.count("z")


def helper_of(inner_value=3):
    global a_counter
    a_counter = inner_value
    return [each for each in range(a_counter)]


def nested_in(outer_value):
    def inside(deeper_value):
        return outer_value + deeper_value

    return inside(deeper_value=10)


result = Thing().whole_total(), helper_of(), helper_of(inner_value=2), nested_in(5)
'''
_TWO = """
from one import Thing


class Other:
    def __init__(self):
        self.other_total = 5
        self.other_own = 6


seen = Thing().borrowed, Other().other_total + Other().other_own
"""
_CHILD = """
from one import Thing


class Child(Thing):
    def __init__(self):
        super().__init__()
        self.first_of_child = 1
        self.second_of_child = 2


child = Child()
seen = child.first_of_child, child.second_of_child, child.whole_total(), child.shared_by_class
"""
_ALL = {"one": _ONE, "two": _TWO, "child": _CHILD}


def _run(texts):
    spaces = {}
    for path, text in texts.items():
        module = types.ModuleType(path)
        sys.modules[path] = module
        try:
            exec(compile(text, path, "exec"), module.__dict__)
        finally:
            spaces[path] = module.__dict__
    for path in texts:
        del sys.modules[path]
    return spaces


def test_programs_do_the_same():
    # what a test looks at keeps its name because a plain file uses it
    plain = ("result seen",)
    before, after = _run(_ALL), _run(short_names.shorten(_ALL, plain))
    assert before["one"]["result"] == after["one"]["result"] == (8, [0, 1, 2], [0, 1], 15)
    assert before["two"]["seen"] == after["two"]["seen"] == (7, 11)
    assert before["child"]["seen"] == after["child"]["seen"] == (1, 2, 8, 4)


def test_names_are_shared_between_those_that_never_meet():
    names = short_names.plan(_ALL)
    for name in ("Thing", "_total", "adding", "thing_value", "a_counter", "other_own", "Child"):
        assert name in names, name
    assert len(set(names.values())) <= len(names) // 2


def test_names_that_meet_stay_apart():
    names = short_names.plan(_ALL)
    meetings = [
        ["_total", "public_name", "borrowed", "first_of_child", "second_of_child", "adding"],
        ["_TABLE", "Thing", "helper_of", "a_counter", "nested_in"],
        ["inner_value", "a_counter"],
        ["outer_value", "deeper_value", "inside"],
        ["other_total", "other_own"],
    ]
    for meeting in meetings:
        assert len({names[name] for name in meeting}) == len(meeting), meeting


def test_what_strings_micropython_and_plain_files_name_stays():
    names = short_names.plan(
        {"one": _ONE, "app/log.py": "import machine\nclass ClockOf:\n def sleep_ms(self): pass\n"},
        ("from one import helper_of",),
    )
    for name in ("_named", "__init__", "helper_of", "sleep_ms", "machine", "one", "log"):
        assert name not in names, name


def test_short_names_hide_nothing_that_is_used():
    texts = {"m": "def fun_one(first_arg):\n    return sorted(first_arg)\nfun_one([2, 1])\n"}
    names = short_names.plan(texts)
    assert not {"sorted"} & set(names.values())
    assert set(names) == {"fun_one", "first_arg"}


def test_private_constants_keep_their_names_and_public_ones_meet_all():
    text = "_A = const(1)\nOPEN = const(2)\n\ndef f_one(x_one):\n    return x_one.attr_one + _A\n"
    names = short_names.plan({"m": text})
    assert "_A" not in names
    assert names["OPEN"] not in {names["f_one"], names["x_one"]}


def test_docstrings_go():
    assert "kept_in_docs" not in short_names.shorten({"one": _ONE})["one"]


def test_without_the_stubs_it_says_what_to_do(monkeypatch, tmp_path):
    short_names.known_to_micropython.cache_clear()
    monkeypatch.setattr(short_names, "TYPINGS", tmp_path)
    try:
        with pytest.raises(short_names.NamesError, match="make setup"):
            short_names.plan({"m": "x = 1"})
    finally:
        short_names.known_to_micropython.cache_clear()
