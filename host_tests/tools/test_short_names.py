"""Private names made short: what may change, what must not, and that programs still do the same."""

import short_names

_ONE = '''
"""Docs mention _kept_in_docs."""
_TABLE = [1, 2, 3]


class Thing:
    def __init__(self):
        self._total = 0
        self.public = 1
        self._named = 2
        self._borrowed = 7

    def _add(self, value):
        self._total += value
        return self

    def total(self):
        for value in _TABLE:
            self._add(value)
        return self._total + getattr(self, "_named") + self.__class__.__name__.count("T")


def _helper(_inner=3):
    global _counter
    _counter = _inner
    return [_each for _each in range(_counter)]


result = Thing().total(), _helper(), _helper(_inner=2)
'''
_TWO = """
from one import Thing


class Other:
    def __init__(self):
        self._total = 5
        self._own = 6


seen = Thing()._borrowed, Other()._total + Other()._own
"""
_CHILD = """
from one import Thing


class Child(Thing):
    def __init__(self):
        super().__init__()
        self._inherited_risk = 1
"""


def _run(texts):
    import sys
    import types

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
    texts = {"one": _ONE, "two": _TWO}
    before, after = _run(texts), _run(short_names.shorten(texts))
    assert before["one"]["result"] == after["one"]["result"] == (9, [0, 1, 2], [0, 1])
    assert before["two"]["seen"] == after["two"]["seen"] == (7, 11)


def test_names_are_short_and_shared_between_modules():
    out = short_names.shorten({"one": _ONE, "two": _TWO})
    for name in ("_total", "_add", "_TABLE", "_counter", "_inner", "_own"):
        assert name not in out["one"] + out["two"], name
    assert "_a" in out["one"] and "_a" in out["two"]


def test_what_another_module_or_a_string_names_stays():
    out = short_names.shorten({"one": _ONE, "two": _TWO})
    assert "_borrowed" in out["one"] and "_borrowed" in out["two"]
    assert "_named" in out["one"] and "__init__" in out["one"] and "public" in out["one"]


def test_a_child_of_another_module_keeps_its_names_apart():
    out = short_names.shorten({"one": _ONE, "child": _CHILD})
    assert "_inherited_risk" in out["child"]


def test_docstrings_go():
    assert "_kept_in_docs" not in short_names.shorten({"one": _ONE})["one"]
