"""The page's account: what is counted, and that a limit that is passed is a failure."""

import re
from pathlib import Path

import page_size
import pytest
import webbundle

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def files():
    return webbundle.page()


def test_the_page_is_within_its_limits(files):
    assert page_size.problems(files) == []
    pages = page_size.measure(files)
    for language in ("nb", "en"):
        first = pages[f"first view {language}"]
        print(first["bytes"], first["requests"])
        assert first["requests"] == 4
        assert len(first["files"]) == 4


def test_the_readmes_tell_what_is_measured(files):
    """To half a KB."""
    pages = page_size.measure(files)
    first = max(pages[f"first view {language}"]["bytes"] for language in ("nb", "en")) / 1024
    whole = max(page_size.totals(files).values()) / 1024
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"first view \(`make page`\) \| (\d+) KB and 4 requests", page)
    assert abs(int(told) - first) <= 0.5
    web = (ROOT / "firmware/web/README.md").read_text(encoding="utf-8")
    ((told, told_whole),) = re.findall(r": (\d+) KB, 4 requests, ([\d.]+) KB", web)
    assert abs(int(told) - first) <= 0.5 and abs(float(told_whole) - whole) <= 0.5
    assert f"first view {page_size.FIRST_VIEW_BYTES // 1024} KB and four requests" in web
    assert f"login with it, {page_size.ALL_BYTES // 1024} KB" in web


def test_every_file_is_counted_once_for_a_language(files):
    """Nothing that the dongle serves is left out of the sum."""
    counted = set()
    for page in page_size.measure(files).values():
        counted.update(page["files"])
    left = {name for name in files if name not in counted}
    assert {name.split(".")[0] for name in left} <= {"assets", "icon", "app"}
    assert all(name.endswith((".png.gz", ".webmanifest.gz", ".json")) for name in left)


def test_a_page_that_is_too_large_fails(files, monkeypatch, capsys):
    monkeypatch.setattr(page_size, "FIRST_VIEW_BYTES", 1000)
    monkeypatch.setattr(page_size, "FIRST_VIEW_REQUESTS", 3)
    monkeypatch.setattr(page_size, "ALL_BYTES", 10_000)
    assert page_size.main([]) == 1
    said = capsys.readouterr().err
    for words in ("first view nb: ", "requests, at most 3", "all pages en: "):
        assert words in said
