"""Several modules become one: the same results, and clear words for what cannot be done."""

import sys
import types

import pytest
from shrink.one_module import MergeError, Merger

_TEXTS = {
    "house.numbers": """
import sys
KINDS = 3
TOP = KINDS * 2
_HIDDEN = const(5)
table = [1, 2]
counted = 0


def count(by=1):
    global counted
    counted += by
    return counted + _HIDDEN
""",
    "house.shapes": """
import sys as system
from house.numbers import TOP, table
from house import numbers


class Shape:
    kind = TOP
    table = "the class's own"

    def area(self, sys=None):
        table = [TOP, numbers.TOP]  # hides the module's
        return sum(table) + numbers.count(2) + [table for table in (7,)][0]

    def both(self):
        return table, self.table, system.maxsize > 0
""",
    "house.lazy": """
from house.shapes import Shape as Figure
from house.numbers import KINDS
from house import numbers


def area():
    return Figure().area()


def use():
    from house import shapes

    return Figure().both(), shapes.Shape.kind, KINDS, numbers.TOP, numbers.count.__name__ != ""
""",
}
_MEMBERS = {"house.numbers", "house.shapes"}


def _merge(texts=_TEXTS, members=_MEMBERS):
    merger = Merger(texts, members, "house.one")
    made = {"house.one": "".join(merger.sections().values())}
    for name in texts:
        if name not in members:
            made[name] = merger.adapted(name, texts[name])
    return made


def test_programs_do_the_same():
    made = _merge()
    results = []
    for texts in (_TEXTS, made):
        package = types.ModuleType("house")
        sys.modules["house"] = package
        modules = {}
        for name, text in texts.items():
            module = types.ModuleType(name)
            module.__dict__["const"] = lambda value: value
            sys.modules[name] = modules[name] = module
            setattr(package, name.split(".")[1], module)
            exec(compile(text, name, "exec"), module.__dict__)
        lazy = modules["house.lazy"]
        results.append((lazy.use(), lazy.area(), lazy.area()))
        for name in ["house", *texts]:
            sys.modules.pop(name, None)
    assert results[0] == results[1]
    assert results[0] == ((([1, 2], "the class's own", True), 6, 3, 6, True), 26, 28)


def test_constants_leave_nothing_behind():
    made = _merge()
    assert "KINDS = 3" in made["house.lazy"]
    assert "house_numbers__KINDS" not in made["house.lazy"]
    assert "_house_numbers__TOP = const(6)" in made["house.one"]
    assert "import TOP" not in made["house.one"]


def test_an_import_that_all_share_stands_once():
    made = _merge()
    assert made["house.one"].count("import sys") == 1


def test_a_member_is_no_object():
    texts = {**_TEXTS, "house.lazy": "from house import numbers\nkept = [numbers]\n"}
    with pytest.raises(MergeError, match=r"house\.lazy uses house\.numbers as an object"):
        _merge(texts)


def test_a_member_is_not_set_from_outside():
    texts = {**_TEXTS, "house.shapes": "from house import numbers\nnumbers.table = 4\n"}
    with pytest.raises(MergeError, match=r"house\.shapes sets house\.numbers\.table"):
        _merge(texts)


def test_a_changing_global_is_not_copied():
    texts = {**_TEXTS, "house.lazy": "from house.numbers import counted\n"}
    with pytest.raises(MergeError, match=r"counted changes"):
        _merge(texts)


def test_what_a_member_does_not_have_is_named():
    texts = {**_TEXTS, "house.lazy": "from house.numbers import nothing\n"}
    with pytest.raises(MergeError, match=r"house\.numbers has no nothing"):
        _merge(texts)


def test_a_circle_is_named():
    texts = {"house.a": "from house.b import x\n", "house.b": "from house.a import y\n"}
    with pytest.raises(MergeError, match=r"house\.a imports house\.b imports"):
        _merge(texts, set(texts))
