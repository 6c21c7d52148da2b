import gzip
import json

import pytest
import webbundle


@pytest.fixture
def web(tmp_path):
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "bundle.json").write_text('{"app.js": ["a.js", "b.js"], "app.css": ["one.css"]}')
    (folder / "strings.json").write_text('{\n "nb": {"now": "Nå – «kWh»"}\n}')
    (folder / "a.js").write_text("// first\nconst STRINGS = __STRINGS__;\n")
    (folder / "b.js").write_text("function  f( a )  { return `x  ${a}` ; }\n")
    (folder / "one.css").write_text("body { background: url(icon.svg); color: #FFF }\n/* no */\n")
    (folder / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / "index.html").write_text(
        "<!doctype html>\n<!-- for the reader -->\n"
        '  <link rel="stylesheet" href="/app.css">\n'
        '  <link rel="icon" href="icon.svg"><a href="other.css">x</a>\n'
        "  <p><!--POWER-->–<!--/POWER--></p>\n"
        '  <script src="/app.js" defer></script>\n'
    )
    return folder


def served(out, name):
    """The uncompressed content of what a source's name is served as."""
    hashed = json.loads(out["assets.json"])[name][0]
    return gzip.decompress(out[hashed + ".gz"]).decode()


def test_files_are_joined_minified_named_by_content_and_compressed(web):
    out = webbundle.bundle(web)
    assets = json.loads(out["assets.json"])
    assert sorted(assets) == ["app.css", "app.js", "icon.svg"]
    assert assets["app.css"][1] == "text/css"
    assert assets["app.js"][1] == "text/javascript"
    assert assets["icon.svg"][1] == "image/svg+xml"
    names = {hashed + ".gz" for hashed, _ in assets.values()}
    assert set(out) == names | {"index.html", "assets.json"}
    script = served(out, "app.js")
    assert "first" not in script
    assert 'const STRINGS={nb:{now:"Nå – «kWh»"}}' in script
    assert "`x  ${" in script, "blanks inside a template are text"


def test_references_follow_the_names(web):
    out = webbundle.bundle(web)
    assets = json.loads(out["assets.json"])
    html = out["index.html"].decode()
    assert f'href="/{assets["app.css"][0]}"' in html
    assert f'href="{assets["icon.svg"][0]}"' in html
    assert f'src="/{assets["app.js"][0]}"' in html
    assert 'href="other.css"' in html, "a name that is not ours stays"
    assert f"url({assets['icon.svg'][0]})" in served(out, "app.css")


def test_the_page_keeps_the_servers_markers_and_loses_comments(web):
    html = webbundle.bundle(web)["index.html"].decode()
    assert "<p><!--POWER-->–<!--/POWER--></p>" in html
    assert "for the reader" not in html


def test_the_same_sources_give_the_same_bytes(web):
    assert webbundle.bundle(web) == webbundle.bundle(web)


def test_a_changed_picture_renames_the_stylesheet_that_shows_it(web):
    before = json.loads(webbundle.bundle(web)["assets.json"])
    (web / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>')
    after = json.loads(webbundle.bundle(web)["assets.json"])
    assert before["icon.svg"] != after["icon.svg"]
    assert before["app.css"] != after["app.css"]
    assert before["app.js"] == after["app.js"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bundle.json", '{"app.js": ["gone.js"]}', "gone.js"),
        ("strings.json", "{", "strings.json"),
        ("font.xyz", "", ".xyz"),
    ],
)
def test_sources_that_do_not_fit_together_are_named(web, name, content, message):
    (web / name).write_text(content)
    with pytest.raises(webbundle.BundleError, match=message):
        webbundle.bundle(web)


def test_a_missing_page_is_named(web):
    (web / "index.html").unlink()
    with pytest.raises(webbundle.BundleError, match=r"index\.html"):
        webbundle.bundle(web)
