"""What is kept from one run to the next is what would be made."""

import kept
import pytest


@pytest.fixture
def keep(tmp_path, monkeypatch):
    """keep(of="") makes a list of what the source says; keep.made counts how often."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "kept")
    source = tmp_path / "source"
    source.write_text("one")

    class Keep:
        made = 0
        path = source

        def __call__(self, of=""):
            return kept.kept("list", of, [source], self.make)

        def make(self):
            self.made += 1
            return [source.read_text()]

    return Keep()


def test_made_once_for_the_same_contents(keep):
    assert keep() == keep() == ["one"]
    assert keep.made == 1


def test_another_content_or_question_is_made_anew_and_both_stay(keep):
    keep()
    keep.path.write_text("two")
    assert keep() == ["two"]
    assert keep("other") == ["two"]
    assert keep.made == 3
    keep.path.write_text("one")
    assert keep() == ["one"]
    assert keep.made == 3


def test_the_tools_themselves_count(keep, tmp_path, monkeypatch):
    keep()
    for name in ("pyproject.toml", "tools/constraints.txt", "tools/a.py", "tools/shrink/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    keep()
    keep()
    assert keep.made == 2
    (tmp_path / "tools" / "a.py").write_text("A = 1")
    keep()
    assert keep.made == 3
    (tmp_path / "tools" / "shrink" / "b.py").write_text("B = 1")
    keep()
    assert keep.made == 4


@pytest.mark.parametrize("damage", [b"", b"\x80\x04nothing", b"cnowhere\nNone\n."])
def test_a_damaged_file_is_made_anew(keep, damage):
    keep()
    (path,) = kept.FOLDER.glob("list-*")
    path.write_bytes(damage)
    assert keep() == ["one"]
    assert keep.made == 2
    assert keep() == ["one"]
    assert keep.made == 2


def test_old_ones_go(keep):
    for i in range(20):
        keep(str(i))
    assert len(list(kept.FOLDER.glob("list-*"))) == 12


def test_it_can_be_told_not_to(keep, monkeypatch):
    monkeypatch.setenv("HAN_KEEP", "0")
    keep()
    keep()
    assert keep.made == 2
