"""What hours.Hours does at power-up, with an hourly list, every ten minutes and when something is
decided. Each function takes the Hours; the module is loaded for one of them and let go.

What is kept beside the journal's records, each in two files in turn (state.py):

    hour      the ledger, and how far the hour in progress has come    every list with registers,
                                                                       every ten minutes
    cipher    the last invocation counter, and of which key            every ten minutes
    house     [the month's goal, when and at which register the owner has cut off]
    away      reports of absences                                      when there is news
    quality, frost    voltages of two days, the week's heating         daily
"""

from binascii import crc32

from app import kept
from app.kept import load
from app.state import State
from household.ledger import FELL, METER_CHANGED, Ledger
from household.meter_time import JUMP, ZONE
from household.presence import Presence
from household.quality import Quality
from household.record import CLOCK, LETTERS, HourRecord
from household.running import RunningHour

_LEDGER_EVENTS = ("meter_changed", "register_fell", "late", "repeated", "gap", "clock_back")


def ledger_of(hours) -> Ledger:
    """The ledger, as it was put by."""
    ledger = Ledger(hours.settings["latched"], hours.running)
    if hours.ledger:
        ledger.resume(hours.ledger)
    return ledger


def _save(hours, name: str, state, daily: bool = True) -> None:
    """Onto flash, in the journal's folder. Trouble is left for the next time."""
    try:
        State(hours.path, name, daily).save(state)
    except ValueError as error:
        print("state:", name, error)


# at power-up


def start(hours) -> None:
    """Take up what was known when the power went."""
    try:
        journal = hours.open()
    except OSError as error:
        print("journal:", error)  # the meter is read all the same
        hours.error = error.errno
        return
    try:
        hours.unfinished = journal.unfinished
        _restore(hours, journal)
        house = load(hours.path, "house")
        if len(house) == 3:
            hours.budget.goal = house[0]
            hours.presence.cut_utc, hours.presence.cut_wh = house[1:]
    except OSError as error:
        print("journal:", error)
    finally:
        hours.close()
    hours.note("start")


def _restore(hours, journal) -> None:
    """The ledger, from its state and the newest record."""
    record = HourRecord()
    newest = journal.newest_into(record)
    if newest:
        hours.last = _told(record)
    ledger = ledger_of(hours)
    state = load(journal.nest, "hour")
    ledger.restore(state if len(state) == 11 else None, record if newest else None)
    hours.ledger = ledger.keep()
    hours.clock.floor = ledger.utc or 0


def start_away(hours) -> None:
    """At the first list: the power may have been away."""
    from household.away import last_alive

    if hours.ledger is None:  # the flash could not be read at power-up
        start(hours)
        if hours.ledger is None:
            return
    ledger = ledger_of(hours)
    away = kept.away(hours)
    if ledger.hour is not None or not away.idle():  # else a new dongle
        away.boot(0, *last_alive(ledger))
        hours.away_now = away.now()
        hours.away = away
    hours.away_known = True


def settings(hours) -> None:
    """What the owner has chosen, and what the meter's type tells, into force."""
    from household.quality_report import net_of, restore

    chosen = hours.settings["net"]
    net = ("1p", "it", "tn").index(chosen) + 1 if chosen else net_of(hours.live.texts[2])
    quality = hours.quality
    if quality.net and net and net != quality.net:
        quality = hours.quality = Quality()
    quality.net = net or quality.net
    quality.fuse_a = hours.settings["fuse_a"]
    if not quality.day:  # nothing yet since power-up
        restore(quality, State(hours.path, "quality", daily=True).load())
    if not hours.settings["frost"]:
        hours.frost = None
    elif hours.frost is None:
        from household.frost import Frost

        hours.frost = Frost()
        hours.frost.restore(State(hours.path, "frost", daily=True).load())


# an hourly list


def _told(record):
    return (
        record.hour,
        record.span,
        record.import_wh,
        record.export_wh,
        LETTERS[record.quality],
        record.flags & CLOCK != 0,
    )


def book(hours) -> bool:
    """The list that waits, to the ledger; its records onto flash, then the ledger's state. It goes
    on waiting when there is no journal. True when the registers are not those of before."""
    try:
        journal = hours.open()
    except OSError as error:
        hours.error = error.errno
        return False
    try:
        return _book(hours, journal, *hours.waiting)
    finally:
        hours.close()


def _book(hours, journal, import_wh, export_wh, utc, meter_id, doubtful):
    if hours.ledger is None:  # the flash could not be read at power-up
        _restore(hours, journal)
    ledger = ledger_of(hours)
    mark = "%08x" % crc32(meter_id.encode()) if meter_id else None
    newest = hours.last

    def told(records):
        for record in records:
            hours.last = _told(record)
            yield record

    failed = journal.error or hours.error
    journal.append(told(ledger.on_registers(import_wh, export_wh, utc, mark, doubtful)))
    hours.ledger = ledger.keep()
    hours.waiting = None
    if ledger.changed:
        State(journal.nest, "hour").save(ledger.state())
    if hours.last is not newest:
        hours.due = True
        _check_scale(hours, ledger.error_wh)
    for i, event in enumerate(_LEDGER_EVENTS):
        if ledger.event >> i & 1:
            hours.note(event)
    if ledger.event & METER_CHANGED:
        hours.quality = Quality(hours.quality.net, hours.quality.fuse_a)
    if bool(failed) != bool(journal.error):
        hours.note("journal_error" if journal.error else "journal_ok", journal.error)
    return ledger.event & (METER_CHANGED | FELL) != 0


def _check_scale(hours, error_wh):
    from household.scale_check import suspect

    total = hours.last[2]
    if error_wh is None or hours.last[4] != "M" or total is None:
        return
    power = suspect(total, total + error_wh, 100)
    scale = hours.scale
    if power is None:
        hours.scale = None
        return
    times = scale[2] + 1 if scale and scale[0] == power else 1
    hours.scale = power, error_wh, times
    if times == 2 and power:  # else it is something else, a load that pulses with the lists
        hours.note("scale_suspect", error_wh)


def clock_event(hours) -> None:
    """The MeterClock has been told the time, and something has come of it."""
    time = hours.clock
    event = hours.events
    for i, code in enumerate(("clock_jump", "clock_zone", "clock_wrong", "clock_right")):
        if event >> i & 1:
            hours.note(code, (time.difference_s if i else time.jump_s) or 0)
    if event & JUMP:  # the hours around it have no whole length
        ledger = ledger_of(hours)
        ledger.clock_jumped()
        hours.ledger = ledger.keep()
        hours.month = None
        save(hours)
    hours.events = 0  # not before: without heap it is tried again
    if event & ZONE:
        try:
            hours.settings.change({"zone": time.zone})
        except OSError as error:
            print("settings:", error)  # learnt again after the next start


# now and then


def save(hours) -> None:
    """Every ten minutes."""
    try:
        journal = hours.open()
    except OSError:
        return
    try:
        journal.settle()
        if hours.ledger:
            State(journal.nest, "hour").save(ledger_of(hours).state())
        if hours.cipher is not None:
            kept = [hours.cipher_mark]
            kept.extend(hours.cipher.state())
            State(journal.nest, "cipher").save(kept)
    finally:
        hours.close()


def start_cipher(hours) -> None:
    """Other keys: go on with their invocation counter, if it is theirs."""
    try:
        journal = hours.open()
    except OSError:
        return
    try:
        kept = load(journal.nest, "cipher")
        if len(kept) == 4 and kept[0] == hours.cipher_mark:
            hours.cipher.restore(*kept[1:])
    finally:
        hours.close()


def save_house(hours) -> None:
    """The goal or the cut-off has changed."""
    presence = hours.presence
    _save(hours, "house", [hours.budget.goal, presence.cut_utc, presence.cut_wh], False)


def save_away(hours) -> None:
    """There is news of an absence; when nothing is waited for it is let go."""
    away = hours.away
    _save(hours, "away", away.state())
    hours.away_now = away.now()
    hours.rev += 1


def save_day(hours) -> None:
    """A day has ended, or the voltage is out of its limits."""
    from household.quality_report import state

    _save(hours, "quality", state(hours.quality))
    if hours.frost is not None:
        _save(hours, "frost", hours.frost.state())


# the owner's word


def stop(hours) -> None:
    """The owner's no: what is under way ends here, the time until a yes is no one's, and the
    registers after it begin anew."""
    hours.running = RunningHour()
    hours.presence = Presence()
    hours.quality.load_pct = hours.quality.load_phase = None
    hours.waiting = None
    hours.seen = ()
    ledger = Ledger(True, hours.running)
    if hours.ledger:
        ledger.end = hours.ledger[5]  # what is recorded stays
    hours.ledger = ledger.keep()
    save(hours)
