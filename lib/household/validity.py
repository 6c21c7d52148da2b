"""Whether a price sheet holds on a day. Apart, so that who has a Tariff need not load tariff.py again."""

NOT_YET, VALID, EXPIRED = -1, 0, 1


def validity(sheet, day: int) -> int:
    """NOT_YET, VALID or EXPIRED for anything with from_day and to_day."""
    return (day > sheet.to_day) - (day < sheet.from_day)
