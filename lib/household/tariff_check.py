"""Whether the data of a price sheet can be used, and if not, what is wrong with it.

Imported when a file is loaded or edited, and let go. It gives codes, not words: the words for
`tariff.<code>` are in the page's strings.
"""

from household.dates import parse_day

MODELS = ("daily_max", "highest_hour", "fuse", "flat")
_NEEDED = "id company name place group valid_from valid_to model steps energy enova source".split()
_OPTIONAL = ("disputed", "note")
_TEXT = 120  # characters
_STEPS = 12
_RULES = 12
_ORE = 10000000  # 100,000 kr a month
_KWH = 60000  # 6 kr/kWh, and it must fit 16 bits


def check(data) -> list:
    """Errors as (code, where, value): [] when the sheet can be used. `where` is the key, or
    key and 1-based row, `value` what stands there or which one is meant; at most eight.

    not_object missing_key unknown_key bad_text bad_id bad_group bad_date dates_reversed bad_model
    not_list too_many bad_row not_whole out_of_range first_step_not_zero steps_not_rising
    flat_has_steps hour_uncovered (value: month, hour) hour_twice (value: month, hour)
    """
    if type(data) is not dict:
        return [("not_object", "", None)]
    errors: list = [("missing_key", key, None) for key in _NEEDED if key not in data]
    errors += [("unknown_key", k, None) for k in data if k not in _NEEDED and k not in _OPTIONAL]
    if errors:
        return errors[:8]
    _texts(data, errors)
    if data["model"] not in MODELS:
        errors.append(("bad_model", "model", data["model"]))
    _whole(data["enova"], _KWH // 10, "enova", errors)
    _steps(data["steps"], "steps", errors)
    if data["model"] == "flat" and type(data["steps"]) is list and len(data["steps"]) > 1:
        errors.append(("flat_has_steps", "steps", len(data["steps"])))
    _energy(data["energy"], errors)
    return errors[:8]


def _texts(data, errors) -> None:
    for key in ("company", "name", "place", "source"):
        text = data[key]
        if type(text) is not str or not 0 < len(text) <= _TEXT:
            errors.append(("bad_text", key, text))
    text = data["id"]
    plain = type(text) is str and 0 < len(text) <= 32
    if not plain or any(c not in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in text):
        errors.append(("bad_id", "id", text))
    if data["group"] not in ("household", "holiday"):
        errors.append(("bad_group", "group", data["group"]))
    days = []
    for key in ("valid_from", "valid_to"):
        try:
            if type(data[key]) is not str:
                raise ValueError
            days.append(parse_day(data[key]))
        except ValueError:
            errors.append(("bad_date", key, data[key]))
    if len(days) == 2 and days[0] > days[1]:
        errors.append(("dates_reversed", "valid_to", data["valid_to"]))
    disputed = data.get("disputed")
    if disputed is not None:
        if type(disputed) is not dict or type(disputed.get("source")) is not str:
            errors.append(("bad_text", "disputed", None))
        else:
            _steps(disputed.get("steps"), "disputed", errors)
    note = data.get("note", {})
    if type(note) is not dict or any(type(t) is not str or len(t) > 300 for t in note.values()):
        errors.append(("bad_text", "note", None))


def _whole(value, most: int, where: str, errors) -> bool:
    """Whether it is a whole number in 0..most; a float or a text is not, nor is true."""
    if type(value) is not int:
        errors.append(("not_whole", where, value))
    elif not 0 <= value <= most:
        errors.append(("out_of_range", where, value))
    else:
        return True
    return False


def _rows(rows, width: int, most: int, where: str, errors) -> list:
    """(its number from 1, the row) for every row of the right form."""
    if type(rows) is not list or not rows:
        errors.append(("not_list", where, None))
        return []
    if len(rows) > most:
        errors.append(("too_many", where, len(rows)))
        return []
    good = []
    for i, row in enumerate(rows):
        if type(row) is list and len(row) == width:
            good.append((i + 1, row))
        else:
            errors.append(("bad_row", "{} {}".format(where, i + 1), row))
    return good


def _steps(rows, where: str, errors) -> None:
    last = -1
    for i, (start, price) in _rows(rows, 2, _STEPS, where, errors):
        at = "{} {}".format(where, i)
        _whole(price, _ORE, at, errors)
        if not _whole(start, 1000000, at, errors):
            continue
        if i == 1 and start and where == "steps":
            errors.append(("first_step_not_zero", at, start))
        if start <= last:
            errors.append(("steps_not_rising", at, start))
        last = start


def _energy(rows, errors) -> None:
    """Every month and hour must have one price and not two."""
    covered = bytearray(288)
    before = len(errors)
    for i, row in _rows(rows, 5, _RULES, "energy", errors):
        at = "energy {}".format(i)
        most = (12, 12, 23, 24, _KWH)
        if not all([_whole(value, most[k], at, errors) for k, value in enumerate(row)]):
            continue
        first, last, start, end, _ = row
        if not first or not last or start == end or not end:
            errors.append(("bad_row", at, row))
            continue
        for month in range((last - first) % 12 + 1):
            for hour in range((end - start - 1) % 24 + 1):
                covered[(first + month - 1) % 12 * 24 + (start + hour) % 24] += 1
    if len(errors) == before:
        for i, times in enumerate(covered):
            if times != 1:
                code = "hour_uncovered" if not times else "hour_twice"
                errors.append((code, "energy", [i // 24 + 1, i % 24]))
                return
