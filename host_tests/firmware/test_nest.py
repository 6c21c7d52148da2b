"""The nest turns without losing a file, whatever was left over from a cut."""

from fakes.plain_fs import PlainOs

from app import nest
from app.nest import Nest


def content(files):
    return {name: bytes(octets) for name, octets in files.files.items()}


def write(files, path, octets):
    with files.open(path, "wb") as file:
        file.write(octets)


def test_the_first_folder_is_made_and_found_again():
    with PlainOs().on(nest) as files:
        assert Nest("/d").folder() == "/d/n0"
        assert files.folders == {"/d/n0"}
        assert Nest("/d").folder() == "/d/n0"


def test_the_one_before_stays_for_one_turn():
    with PlainOs().on(nest) as files:
        home = Nest("/d")
        for day in range(25):
            write(files, home.folder() + "/tail", b"%d" % day)
            home.turn()
            assert home.folder() == Nest("/d").folder() == f"/d/n{day + 1}"
            assert content(files) == {home.folder(1) + "/tail": b"%d" % day}
        assert files.folders == {"/d/n24", "/d/n25"}


def test_a_file_not_written_since_moves_along():
    with PlainOs().on(nest) as files:
        home = Nest("/d")
        write(files, home.folder() + "/away", b"once")
        for day in range(5):
            write(files, home.folder() + "/tail", b"%d" % day)
            home.turn()
            assert files.files[home.folder(1) + "/away"] == b"once"
        assert len(files.files) == 2


def test_folders_left_over_from_a_cut_give_their_newest_file():
    with PlainOs().on(nest) as files:
        for number in (3, 9, 10, 11):
            files.mkdir(f"/d/n{number}")
            write(files, f"/d/n{number}/only{number}", b"x")
            if number < 11:
                write(files, f"/d/n{number}/tail", b"%d" % number)
        home = Nest("/d")
        assert home.folder() == "/d/n11"
        home.turn()
        assert files.folders == {"/d/n11", "/d/n12"}
        assert content(files) == {
            "/d/n11/tail": b"10",
            "/d/n11/only3": b"x",
            "/d/n11/only9": b"x",
            "/d/n11/only10": b"x",
            "/d/n11/only11": b"x",
        }


def test_other_names_are_left_alone():
    with PlainOs().on(nest) as files:
        files.mkdir("/d/n-old")
        files.mkdir("/d/new")
        home = Nest("/d")
        home.turn()
        home.turn()
        assert files.folders == {"/d/n-old", "/d/new", "/d/n1", "/d/n2"}
