"""The register's step against the integrated power."""

from household.scale_check import suspect


def test_what_fits_is_not_suspect():
    assert suspect(1870, 1868, 100) is None
    assert suspect(1870, 1950, 100) is None  # 4 %
    assert suspect(10, 28, 100) is None  # 18 Wh
    assert suspect(0, 0, 100) is None


def test_ten_times_too_much_and_too_little():
    assert suspect(18700, 1868, 100) == -1
    assert suspect(187, 1868, 100) == 1
    assert suspect(1870000, 1868, 99) == -3


def test_bounds_are_five_percent_and_twenty_wh():
    assert suspect(1000, 1053, 100) == 0
    assert suspect(1000, 1052, 100) is None
    assert suspect(100, 121, 100) == 0
    assert suspect(100, 120, 100) is None


def test_no_power_of_ten_fits():
    assert suspect(1870, 5000, 100) == 0
    assert suspect(0, 3000, 100) == 0


def test_too_little_seen_to_judge():
    assert suspect(18700, 1868, 94) is None
