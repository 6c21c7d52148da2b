"""GET /api/v1/now: all that is known. The only place that knows its names.

Loaded for a request and let go. Numbers are exact decimal text made from integers, since the
ESP32's floats are too short. A name is there when its value is known.
"""

from app import clock
from app.access import OWNER
from app.live import GAP
from app.reply import Reply
from app.words import NETS, VALIDITY, date, month, pairs
from hanport.reading import FIELDS, TEXTS, decimal_text
from household.oslo import civil
from household.presence import causes

_IMPORT_WH = 16  # in FIELDS


def get(app, request, rest):
    """The object of now()."""
    return Reply(now(app, request.conn.role))


def now(app, role: int) -> str:
    """The JSON object, for an owner or a viewer of keys.ROLES."""
    ms = clock.ms()
    hours = app.hours
    parts = [_meter(app.live, app.settings, ms)]
    parts.append(_state(app, hours, ms, role))
    utc = hours.clock.utc(ms)
    if utc is not None:
        parts.append(_hour(hours, utc, ms))
    if hours.last is not None:
        parts.append(_last_hour(hours.last))
    if hours.today is not None:
        parts.append(_today(hours.today))
        if hours.month is not None:
            parts.append(_month(hours))
    if hours.sheet is not None:
        parts.append(_step(hours))
    parts.append(_quality(app, hours, utc))
    points = ["null" if watts == GAP else str(watts) for watts in app.live.points(ms)]
    parts.append('"power":[' + ",".join(points) + "]}")
    return ",".join([part for part in parts if part])


def _meter(live, settings, ms):
    age = live.age_s(ms)
    parts = [
        '{{"state":"{}","age_s":{}'.format(live.state(ms), "null" if age is None else age),
        pairs("seq name", live.seq, settings["name"]),
    ]
    for i in range(3):
        name = live.texts[i]
        if name is not None:
            # four digits are enough to recognise one's own meter
            parts.append(pairs(TEXTS[i], name[-4:] if TEXTS[i] == "meter_id" else name))
    if live.timestamp:
        parts.append(pairs("timestamp", live.timestamp))
    for i in range(len(FIELDS)):
        value = live.known(i)
        if value is not None:
            parts.append('"{}":{}'.format(FIELDS[i][1], decimal_text(value, FIELDS[i][2])))
    if live.known(_IMPORT_WH) is not None:
        parts.append(pairs("registers_age_s", (ms - live.hourly_at) // 1000))
    return ",".join(parts)


def _state(app, hours, ms, role):
    verdict = app.meter.verdict(ms)
    code = hours.presence.state(ms, app.live.state(ms), verdict)
    presence = hours.presence
    time = hours.clock
    parts = [
        pairs(
            "presence verdict causes zero_since at rev profile notices consent",
            code,
            None if verdict == "ok" else verdict,
            list(causes()) if code == "no_signal" else None,
            presence.zero_utc,
            time.utc(ms),
            hours.rev,
            app.settings["profile"],
            (role == OWNER and app.access.notices) or None,
            # Only a missing one is news: ("none", "given", "withdrawn", "moved")
            ("none", None, "withdrawn", "moved")[app.consent.state],
        )
    ]
    if presence.cut_utc is not None:
        inner = pairs("since register_wh", presence.cut_utc, presence.cut_wh)
        parts.append('"cut_off":{' + inner + "}")
    parts.append('"clock":{' + clock_pairs(time) + "}")
    return ",".join(parts)


def clock_pairs(time) -> str:
    """What a MeterClock says of itself."""
    return pairs(
        "source ok doubtful difference_s zone",
        time.source,
        time.meter_ok,
        time.doubtful,
        time.difference_s,
        time.zone,
    )


def _hour(hours, utc, ms):
    budget = hours.budget
    import_wh, export_wh, coverage = hours.running.so_far(utc, ms)
    budget.forecast(import_wh, hours.running.mean_2min(), utc % 3600)
    inner = pairs(
        "start wh export_wh coverage expected_wh budget_wh alone_wh allow_w level top",
        utc // 3600 * 3600,
        import_wh,
        export_wh,
        coverage,
        budget.expected_wh,
        budget.budget_wh,
        budget.alone_wh,
        budget.allow_w,
        budget.level,
        budget.top_hour or None,
    )
    return '"hour":{' + inner + "}"


def _last_hour(last):
    hour, span, import_wh, export_wh, quality, doubtful = last
    return pairs(
        "last_hour_start last_hour_span last_hour_wh last_hour_export_wh last_hour_quality "
        "last_hour_clock",
        hour * 3600,
        span,
        import_wh,
        export_wh,
        quality,
        doubtful or None,
    )


def _today(today):
    day, import_wh, export_wh, missing, known, max_wh, max_hour = today
    inner = pairs(
        "day import_wh export_wh at_least hours max_wh max_start",
        date(day),
        import_wh,
        export_wh,
        missing > 0 or None,
        known,
        max_wh,
        None if max_hour is None else max_hour * 3600,
    )
    return '"today":{' + inner + "}"


def _month(hours):
    budget = hours.budget
    day = hours.today[0]
    year, number, _ = civil(day)
    inner = pairs(
        "month import_wh edge_wh missing_hours quota_wh",
        month(12 * year + number - 1),
        # nothing in it is not the same as nothing known of it
        None if budget.mean_w is None and not budget.import_wh else budget.import_wh,
        budget.edge_wh or None,
        budget.missing_hours,
        hours.quota_wh,
    )
    if budget.cost_ore is not None:
        least, most = budget.cost_ore
        inner += ',"cost_kr":[{},{}]'.format(decimal_text(least, 100), decimal_text(most, 100))
    return '"month":{' + inner + "}"


def _step(hours):
    budget = hours.budget
    sheet, name, group, valid_to = hours.sheet
    inner = pairs(
        "tariff name group validity valid_to mean_w from_w to_w to_next_w kr next_kr kwh_ore "
        "limit_w lost_w preliminary at_limit higher",
        sheet,
        name,
        group,
        None if budget.validity is None else VALIDITY[budget.validity],
        valid_to,
        budget.mean_w,
        budget.step_w,
        budget.step_end_w,
        budget.to_next_w,
        (budget.step_ore, 100),
        (budget.next_ore, 100),
        (budget.kwh_price, 100),
        budget.limit_w,
        budget.lost_w or None,
        budget.preliminary or None,
        budget.at_limit or None,
        budget.higher or None,
    )
    return '"step":{' + inner + "}"


def _quality(app, hours, utc):
    quality = hours.quality
    parts = [
        pairs(
            "net unmeasured warnings away away_expected",
            NETS[quality.net],
            [name for name, bit in (("l2_v", 2), ("l2_a", 16)) if quality.unmeasured & bit]
            or None,
            warnings(app, hours, utc) or None,
            hours.away_now,
            _expected(utc) if utc is not None and hours.away_now == "waiting" else None,
        )
    ]
    if quality.fuse_a:
        inner = pairs(
            "a pct phase",
            quality.fuse_a,
            quality.load_pct,
            None if quality.load_phase is None else quality.load_phase + 1,
        )
        parts.append('"fuse":{' + inner + "}")
    if hours.standby is not None:
        parts.append('"standby":{' + pairs("w hours", *hours.standby) + "}")
    return ",".join([part for part in parts if part])


def _expected(utc):
    from household.away import expected_utc  # there already while it waits

    return expected_utc(utc)


def warnings(app, hours, utc) -> list:
    """Codes of all that is amiss, gravest first."""
    found = hours.quality.alerts(utc)
    if hours.quality.unmeasured & 16 and hours.quality.fuse_level:
        found.append("l2_may_be_higher")
    if hours.frost is not None and hours.frost.alert:
        found.append("frost_" + hours.frost.alert)
    if hours.clock.doubtful:
        found.append("clock_wrong")
    elif hours.clock.meter_ok is False:
        found.append("meter_dark")
    if hours.error:
        found.append("journal_full")
    if hours.scale is not None and hours.scale[0] and hours.scale[2] > 1:
        found.append("scale_suspect")
    if hours.budget.lost_w:
        found.append("target_lost")
    return found
