"""The price sheets: the ones that came with the build in tariffs/, and the owner's own."""

import json
import os

from household.dates import parse_day
from household.tariff import Tariff
from household.validity import VALID, validity

_FOLDER = "tariffs/"
QUOTA_FILE = "tariffs/norgespris.json"


def own(path: str) -> str:
    """The file of the owner's own sheet. `path` is Hours.path."""
    return path[:-6] + "/tariff.json"


def read(name: str):
    """The object in a file, or None when there is none that can be read."""
    try:
        with open(name) as file:
            data = json.load(file)
    except (OSError, ValueError):
        return None
    return data if type(data) is dict else None


def names() -> list:
    """The sheets that came with the build."""
    try:
        return [
            name
            for name in os.listdir(_FOLDER)
            if name[-5:] == ".json" and name != "norgespris.json"
        ]
    except OSError:
        return []  # none came


def files(path: str, grid: str) -> list:
    """The files that may hold the price sheet `grid`: the owner's own, or those of that id, which
    may have a year behind it."""
    if grid == "own":
        return [own(path)]
    return [
        _FOLDER + name
        for name in names()
        if name[:-5] == grid or name[: len(grid) + 2] == grid + "-2"
    ]


def sheet(path: str, grid: str, day: int):
    """The data of the price sheet `grid`, an id in tariffs/ or "own", that is valid on the day;
    else the one that was so last, or None when there is none that is sound."""
    best = None
    latest = 0
    for name in files(path, grid):
        data = read(name)
        if data is None:
            continue
        if grid == "own":  # the others came with the build, whose tests have checked them
            from household.tariff_check import check

            if check(data):
                print("price sheet with mistakes:", name)
                continue
        if validity(Tariff(data), day) == VALID:
            return data
        until = parse_day(data["valid_to"])
        if until > latest:
            latest = until
            best = data
    return best
