import ast

import device_sources
import pytest
from shrink import constants

import build

SOURCE = '''"""Text with _A = 1 in it."""
from other import _IMPORTED

_A = 1
_B = -(1 << 8) | 0x0F  # why
PUBLIC = 2
_TEXT = "é"; _AFTER = 3
_TWICE = 1
_TWICE = 2
_COUNTED = 0
_SHADOWED = 5
_SHARED = 6
_FLOAT = 1.5
_TRUE = True
_OF_ANOTHER = _A + 1
_POWER = 2**70
_LONG = (
    7
)


def f(_SHADOWED, x=_A):
    global _COUNTED
    _COUNTED += _B
    return _SHADOWED + _SHARED
'''


def test_only_private_integers_that_stay_are_made_const():
    text = constants.with_const(SOURCE, {"_SHARED"})
    changed = [
        new for old, new in zip(SOURCE.splitlines(), text.splitlines(), strict=True) if old != new
    ]
    assert changed == [
        "_A = const(1)",
        "_B = const(-(1 << 8) | 0x0F)  # why",
        '_TEXT = "é"; _AFTER = const(3)',
        "    const(7)",
    ]


def test_names_that_others_take_are_left():
    sources = ["from m import _A, B\nimport n\nn._C()\n", "_D = 1\n"]
    assert constants.taken_from_others(sources) == {"_A", "_C"}


def test_nothing_remains_of_a_constant_in_the_compiled_module():
    source = "_SOME_CONSTANT = 41\ndef f():\n    return _SOME_CONSTANT + 1\n"
    assert b"_SOME_CONSTANT" in build.compile_mpy(source, "m.py", "esp32", 3)
    source = constants.with_const(source, set())
    assert b"_SOME_CONSTANT" not in build.compile_mpy(source, "m.py", "esp32", 3)


@pytest.mark.parametrize("name", sorted(device_sources.python_sources("esp32")))
def test_the_values_in_the_firmware_are_unchanged(name):
    """Each module with const(x) = x means what it meant."""
    text = device_sources.python_sources("esp32")[name].read_text()
    edited = constants.with_const(text, set())

    class Undo(ast.NodeTransformer):
        def visit_Call(self, node):
            self.generic_visit(node)
            return node.args[0] if ast.unparse(node.func) == "const" else node

    assert ast.dump(Undo().visit(ast.parse(edited))) == ast.dump(Undo().visit(ast.parse(text)))
