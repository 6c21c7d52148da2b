"""Dates and months as people write them, checked."""

from household import oslo


def parse_month(text: str) -> int:
    """ "2026-11" -> 12 * year + month - 1. ValueError for what is no month of 2000-2099."""
    parts = text.split("-")
    if [len(p) for p in parts if p.isdigit()] != [4, 2] or len(text) != 7:
        raise ValueError("month")
    year, month = [int(p) for p in parts]
    if not (2000 <= year <= 2099 and 1 <= month <= 12):
        raise ValueError("month")
    return 12 * year + month - 1


def parse_day(text: str) -> int:
    """ "2026-12-31" -> day number. ValueError for what is no such date."""
    month = parse_month(text[:7])
    day = text[8:]
    if text[7:8] != "-" or len(day) != 2 or not day.isdigit():
        raise ValueError("date")
    if not 1 <= int(day) <= oslo.month_days(month // 12, month % 12 + 1):
        raise ValueError("date")
    return oslo.day_number(month // 12, month % 12 + 1, int(day))
