"""What outlives a restart but not the power: how many starts there were and why, the last words of
what died, and with them the choice between the dongle and its safe mode. Imported for that.

    octet 0      what the next start finds: RUNNING, PLANNED or CRASHED
          1      layout version
          2..13  starts: by power, as planned, after a crash told of, by the watchdog, of unknown
                 cause, in safe mode
         14..33  time.time() of the latest five starts that were not meant, newest first
         34..35  tasks that died or hung, over all these starts
         36..195 the last words, UTF-8, filled up with 0
        196..199 CRC-32 over octets 1..195

On the ESP32 these are the RTC's 2 KB, which a reset, a panic and the watchdog leave alone, and
its clock goes on as well. The cut of the power ends both: then it starts anew.
"""

import io
import sys
import time
from struct import pack_into, unpack_from

from micropython import const

from app.rare import forget
from household.seal import intact, seal

RUNNING = const(0)
PLANNED = const(1)
CRASHED = const(2)
CAUSES = "power planned crash watchdog unknown safe_mode"

_SIZE = const(200)
_VERSION = const(1)
_TIMES = const(14)
_DEATHS = const(34)
_WORDS = const(36)
_END = const(196)
_SAFE = const(5)  # place in CAUSES
_MANY = const(5)
_SOON_S = const(600)
_PROMPT = const(3600000)
_RESTART = const(3000)  # time for a Ctrl-C


def read(board) -> bytearray:
    """The record; an empty one when there is none or it is damaged."""
    data = bytearray(board.memory() or b"")
    if len(data) != _SIZE or data[1] != _VERSION or not intact(data, 1, _SIZE - 1):
        data = bytearray(_SIZE)
        data[1] = _VERSION
    return data


def write(board, data) -> None:
    """Keep it."""
    seal(data, 1, _SIZE - 1)
    board.memory(data)


def counts(data):
    """Starts, in the order of CAUSES."""
    return unpack_from("<6H", data, 2)


def deaths(data) -> int:
    """Tasks that died or hung."""
    return data[_DEATHS] | data[_DEATHS + 1] << 8


def last_words(data) -> str:
    """Of the latest death, "" when there was none."""
    text = bytes(data[_WORDS:_END]).rstrip(b"\0")
    while text:  # cut within a character
        try:
            return text.decode()
        except UnicodeError:
            text = text[1:]
    return ""


def _add(data, at):
    count = data[at] | data[at + 1] << 8
    if count < 65535:
        pack_into("<H", data, at, count + 1)


def count_start(board) -> bool:
    """Write this start down. True when it should end in safe mode: the button is held, or it is
    the fifth in ten minutes that was not meant."""
    data = read(board)
    cause = board.reset_cause()
    if cause == "power" or not any(counts(data)):
        place = 0
    elif data[0] in (PLANNED, CRASHED):  # outside the CRC: what resets the chip writes it alone
        place = data[0]
    else:
        place = 3 if cause == "watchdog" else 4
    _add(data, 2 + 2 * place)
    times = list(unpack_from("<5I", data, _TIMES))
    safe = board.button()
    if place > PLANNED:
        now = max(1, int(time.time()))
        times = [now] + times[: _MANY - 1]
        if times[-1] and 0 <= now - times[-1] <= _SOON_S:
            safe = True
            times = [0] * _MANY  # the start after this one gets its chance
        pack_into("<5I", data, _TIMES, *times)
    if safe:
        _add(data, 2 + 2 * _SAFE)
    data[0] = RUNNING
    write(board, data)
    return safe


def ended(board, error) -> None:
    """app.run() is over: by Ctrl-C, and then there is an hour at the prompt, for a copy takes minutes,
    and whatever start comes next was meant. Otherwise it restarts; at the prompt it would stay for
    ever."""
    board.feed(_PROMPT)
    if isinstance(error, KeyboardInterrupt):
        data = bytearray(board.memory() or b"")
        if data:
            data[0] = PLANNED
            board.memory(data)
        print("stopped")
        return
    sys.print_exception(error)
    tell(board, "dongle", error)
    time.sleep_ms(_RESTART)
    board.restart(CRASHED)


def tell(board, who: str, error) -> None:
    """The last words of a task, or of all. Never raises."""
    try:
        out = io.StringIO()
        sys.print_exception(error, out)  # pyright: ignore[reportArgumentType]
        words = out.getvalue().encode()  # pyright: ignore[reportAttributeAccessIssue]
        name = who.encode() + b": "
        # The end of a traceback says most
        words = name + words[max(0, len(words) - (_END - _WORDS - len(name))) :].strip()
        data = read(board)
        _add(data, _DEATHS)
        data[_WORDS:_END] = words + bytes(_END - _WORDS - len(words))
        write(board, data)
    except Exception as failure:  # noqa: BLE001  what is told of goes on all the same
        print("boots:", failure)


def main_for(board):
    """The main() of this start."""
    try:
        safe = count_start(board)
    except (OSError, MemoryError) as error:
        print("boots:", error)
        safe = board.button()
    if safe:
        from app.safe import main
    else:
        from app.app import main
    # From here on a hang ends in a reset. Not earlier: a Ctrl-C meanwhile leads to the prompt, and the
    # watchdog would bite whoever copies files there; main() gives them an hour
    board.feed()
    forget("app.boots")
    return main
