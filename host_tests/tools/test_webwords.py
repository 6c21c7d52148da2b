"""The words of a language in its scripts and pages: what is written in place, and what a table keeps."""

import json
import re
from pathlib import Path

import pytest
import webbundle
from webwords import Words, WordsError

WEB = Path(__file__).resolve().parents[2] / "firmware" / "web"
TEXTS = {
    "hello": ["Hei", "Hello"],
    "count": ["{n} stykker", "{n} pieces"],
    "on": ["På", "On"],
    "off": ["Av", "Off"],
    "net_1": ["Én fase", "One phase"],
    "net_ask": ["Hvilket nett?", "Which net?"],
    "han_title": ["Hva er HAN?", "What is HAN?"],
    "kept": ["I en variabel", "In a variable"],
    "busy": ["Opptatt", "Busy"],
    "long": ["Lang tekst som står to steder. " * 3, "A long text in two places. " * 3],
    "heading": ["Overskrift", "Heading"],
    "decimal_mark": [",", "."],
    "language_name": ["Norsk", "English"],
}


def words(tmp_path, code, page="", from_dongle=""):
    (tmp_path / "strings.json").write_text(json.dumps({"languages": ["nb", "en"], "texts": TEXTS}))
    return Words(tmp_path, {"app": code}, {"app": ["words"]}, {"index": page}, from_dongle)


def left(script):
    """The keys that are in the script's table."""
    return set(json.loads(script.partition("=")[2].partition(";")[0])["texts"])


def test_a_text_is_written_where_it_is_asked_for(tmp_path):
    code = 'T=__STRINGS__; a(text("hello"), text("count", { n }), text(live.on(1) ? "on" : "off"))'
    made = words(tmp_path, code).script("app", code, "en")
    assert 'a("Hello", fill("{n} pieces", { n }), (live.on(1)?"On":"Off"))' in made
    assert not left(made) & {"hello", "count", "on", "off"}
    assert 'a("Hei", fill("{n} stykker", { n }), (live.on(1)?"På":"Av"))' in words(
        tmp_path, code
    ).script("app", code, "nb")


def test_a_table_keeps_what_is_looked_up_by_a_key_made_at_run_time(tmp_path):
    code = """T=__STRINGS__; text("net_" + net); text("net_ask"); text(name + "_title");
      names = ["han"]; text("han_title"); key = "kept"; text("kept"); text("busy");
      text("long"); text("long"); other.text("hello");"""
    made = words(tmp_path, code, from_dongle='error(503, "busy")').script("app", code, "nb")
    assert {"net_1", "net_ask", "han_title", "kept", "busy", "long", "hello"} <= left(made)
    # The name of the language is the build's.
    assert json.loads(made.partition("=")[2].partition(";")[0])["others"] == [
        ["nb", "Norsk"],
        ["en", "English"],
    ]


def test_a_page_has_its_words_and_no_keys(tmp_path):
    page = (
        '<html lang="nb"><h1 data-t="heading">x</h1><b data-label="hello" aria-label="…">%KW%</b>'
    )
    made = words(tmp_path, "", page)
    assert made.page("index", page, "en") == (
        '<html lang="en"><h1>Heading</h1><b aria-label="Hello">%KW.%</b>'
    )
    assert "%KW%" in made.page("index", page, "nb")
    assert {"heading", "hello"} <= made.in_place("app")


def test_a_key_without_a_text_is_named(tmp_path):
    code = 'text("gone")'
    with pytest.raises(WordsError, match="gone"):
        words(tmp_path, code).script("app", code, "nb")


def test_of_two_that_are_asked_for_together_both_stay_or_none(tmp_path):
    code = 'T=__STRINGS__; text(a ? "on" : "off"); text(b ? "off" : "hello"); key = "hello"'
    made = words(tmp_path, code).script("app", code, "nb")
    assert {"on", "off", "hello"} <= left(made)


def test_no_script_of_our_page_asks_for_a_text_that_is_gone():
    own = webbundle.words_of(WEB)
    assert sum(len(own.in_place(name)) for name in own.scripts) > 10
    for name, code in own.scripts.items():
        # An English text may be its own key, a Norwegian one is not.
        made = [own.script(name, code, language) for language in own.languages()]
        for key in own.in_place(name):
            assert not all(re.search(rf"""["'`]{key}["'`]""", one) for one in made), (name, key)
