"""What is left of Microdot for the dongle."""

import ast
import re

import pytest
import slim_microdot

import build

SOURCE = build.microdot_file("microdot/microdot.py").read_text(encoding="utf-8")


def test_what_is_left_out_is_not_referred_to():
    """No method that stays calls one that is gone."""
    left = ast.parse(slim_microdot.slim(SOURCE))
    used = {node.attr for node in ast.walk(left) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(left) if isinstance(node, ast.Name)}
    # names that others have as well: dict.get, write of a reply, an argument called stream
    others = {"get", "update", "write", "__init__", "stream"}
    gone = {name for names in slim_microdot._DROP.values() for name in names} - others
    # the one that firmware/app/start.py puts None in the place of
    assert used & gone == {"default_options_handler"}


def test_a_name_that_microdot_no_longer_has_is_an_error():
    renamed = SOURCE.replace("def set_cookie(", "def add_cookie(")
    with pytest.raises(slim_microdot.SlimError, match=r"Response has no set_cookie"):
        slim_microdot.slim(renamed)


def test_a_class_that_is_gone_is_an_error():
    renamed = re.sub(r"\bURLPattern\b", "Pattern", SOURCE)
    with pytest.raises(slim_microdot.SlimError, match=r"no class URLPattern"):
        slim_microdot.slim(renamed)


def test_nothing_of_cpython_is_left():
    left = slim_microdot.slim(SOURCE)
    for name in ("inspect", "orjson", "functools", "run_in_executor"):
        assert name not in left


def test_half_of_it_is_gone():
    left = slim_microdot.slim(SOURCE)
    assert len(ast.unparse(ast.parse(left))) < 0.6 * len(ast.unparse(ast.parse(SOURCE)))
