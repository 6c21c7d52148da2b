"""The price sheets: the ones that came with the build in tariffs/, and the owner's own."""

import json
import os

from household.dates import parse_day
from household.tariff import VALID, Tariff, validity
from household.tariff_check import check


def sheet(path: str, grid: str, day: int):
    """The data of the price sheet `grid`, an id in tariffs/ or "own", that is valid on the day;
    else the one that was so last, or None when there is none that is sound. `path` is Hours.path.
    """
    best = None
    latest = 0
    for name in files(path, grid):
        try:
            with open(name) as file:
                data = json.load(file)
        except (OSError, ValueError):
            continue
        if check(data):
            print("price sheet with mistakes:", name)
            continue
        if validity(Tariff(data), day) == VALID:
            best = data
            break
        until = parse_day(data["valid_to"])
        if until > latest:
            latest = until
            best = data
    return best


def files(path: str, grid: str):
    """The files that may hold the price sheet `grid`: the owner's own, or those of that id, which
    may have a year behind it."""
    if grid == "own":
        return [path[:-6] + "/tariff.json"]
    found = []
    try:
        for name in os.listdir("tariffs"):
            if name == grid + ".json" or (name[: len(grid) + 2] == grid + "-2"):
                found.append("tariffs/" + name)
    except OSError:
        pass  # none came with this build
    return found
