"""/api/v1/away: leaving the cabin, coming back, and what the registers say of the time between.

GET, GET .csv
POST {"do":"leave","kind":"switched_off"|"heat_left_on","drained":true|false|null}
     {"do":"back"}   {"do":"seen","id":0}   {"do":"cut_off"}   {"do":"reconnected"}
"""

from app import clock
from app.reply import Reply
from app.routes import body_of, refuse
from app.words import moment, pairs
from household.away import (
    DRAINED,
    FLAGS,
    METER_DARK,
    NEW_METER,
    SEEN,
    away_wh,
    expected_utc,
    last_alive,
)

_KINDS = ("power_lost", "switched_off", "heat_left_on")
_HEAD = (
    "\ufefftype;reist;uten_strom_fra;uten_strom_til;malerstand_for_kWh;malt_for;"
    "malerstand_etter_kWh;malt_etter;forbruk_uten_strom_kWh;merknad\r\n"
)


def get(app, request, rest):
    """Plan, cut-off, reports and the frost guard."""
    hours = app.hours
    if rest == ".csv":
        from app.rows import Rows

        return Rows(hours, lambda journal: _csv(_away(hours)), "fravaer.csv")
    if rest:
        return refuse(404, "not_found")
    return Reply(_told(hours, _away(hours)))


def post(app, request, rest):
    """What the owner says."""
    hours = app.hours
    ms = clock.ms()
    utc = hours.clock.utc(ms)
    body = body_of(request)
    what = body.get("do")
    if rest:
        return refuse(404, "not_found")
    if what not in ("leave", "back", "seen", "cut_off", "reconnected"):
        return refuse(400, "not_valid")
    if utc is None and what not in ("seen", "reconnected"):
        return refuse(409, "no_clock")
    away = _away(hours)
    if what in ("cut_off", "reconnected"):
        _cut_off(hours, what, utc)
    elif what == "seen":
        number = body.get("id")
        if type(number) is not int or not 0 <= number < len(away.reports):
            return refuse(400, "not_valid")
        away.reports[number][FLAGS] |= SEEN
    elif what == "back":
        if not away.back(utc, ms):  # pyright: ignore[reportArgumentType]  asked above
            return refuse(409, "not_away")
        hours.note("away_back")
    else:
        drained = body.get("drained")
        # 0 == False, and is no answer
        if body.get("kind") not in _KINDS[1:] or type(drained) not in (bool, type(None)):
            return refuse(400, "not_valid")
        _, register_wh, at, used_wh = _last(hours)
        away.leave(
            _KINDS.index(body["kind"]),
            utc,  # pyright: ignore[reportArgumentType]  asked above
            register_wh,
            at,
            used_wh,
            body.get("drained"),
        )
        hours.note("away_left")
    hours.away = away
    hours.at_hourly("save_away")
    if away.idle():
        hours.away = None
    return Reply(_told(hours, away))


def _cut_off(hours, what, utc):
    if what == "cut_off":
        hours.presence.cut_off(utc, _last(hours)[1])
    else:
        hours.presence.cut_off(None, None)
    hours.note(what if what == "cut_off" else "cut_off_ended")
    hours.at_hourly("save_house")


def _last(hours):
    """household.away.last_alive() of the ledger that is put by."""
    from app.hourly import ledger_of

    return last_alive(ledger_of(hours))


def _away(hours):
    if hours.away is not None:
        return hours.away
    from app import kept

    return kept.away(hours)


def _told(hours, away):
    parts = []
    plan = away.plan
    if plan is not None:
        inner = pairs(
            "kind left_utc register_wh register_utc drained", _KINDS[plan[0]], *plan[1:4], plan[5]
        )
        parts.append('"plan":{' + inner + "}")
    presence = hours.presence
    if presence.cut_utc is not None:
        inner = pairs("since register_wh", presence.cut_utc, presence.cut_wh)
        parts.append('"cut_off":{' + inner + "}")
    rows = ["{" + _report(hours, i, away.reports[i]) + "}" for i in range(len(away.reports))]
    parts.append('"reports":[' + ",".join(rows) + "]")
    frost = hours.frost
    inner = '"on":false'
    if frost is not None:
        inner = pairs("on alert since", True, frost.alert, frost.alert_utc)
        band = frost.band()
        if band is not None:
            inner += ',"band_w":[{},{}]'.format(*band)
    parts.append('"frost":{' + inner + "}")
    return "{" + ",".join(parts) + "}"


def _report(hours, number, report):
    flags = report[FLAGS]
    utc = hours.clock.utc(clock.ms())
    waits = report[7] is None and number == 0 and utc is not None
    return pairs(
        "id kind left_utc off_utc on_utc before_wh before_utc before_used_wh after_wh after_utc "
        "after_used_wh outages away_wh expected_utc meter_dark new_meter seen drained",
        number,
        _KINDS[report[0]],
        *report[1:11],
        away_wh(report),
        expected_utc(utc) if waits else None,  # pyright: ignore[reportArgumentType]
        flags & METER_DARK != 0 or None,
        flags & NEW_METER != 0 or None,
        flags & SEEN != 0 or None,
        flags & DRAINED != 0 or None,
    )


def _csv(away):
    from app.csv_table import kwh

    yield _HEAD
    for report in away.reports:
        notes = []
        if report[FLAGS] & METER_DARK:
            notes.append("maleren var uten strom i mer enn en uke")
        if report[FLAGS] & NEW_METER:
            notes.append("ny maler")
        if not report[10]:
            notes.append("dongelen hadde strom hele tiden")
        times = [_at(report[i]) for i in (1, 2, 3, 5, 8)]
        yield "{};{};{};{};{};{};{};{};{};{}\r\n".format(
            _KINDS[report[0]],
            times[0],
            times[1],
            times[2],
            kwh(report[4]),
            times[3],
            kwh(report[7]),
            times[4],
            kwh(away_wh(report)),
            ", ".join(notes),
        )


def _at(utc):
    return "" if utc is None else moment(utc)
