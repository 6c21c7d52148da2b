"""/api/v1/update: a new version of what runs here, in pieces as small as any other request.

    GET                     {"version","build","board","micropython","folder","on_trial",
                             "received","size": of an upload under way, else null,
                             "given_up": {"version","why"} of the last one, or null}
    POST ?offset=N          octets of the bundle from N on, at most 8 KB: {"received","size"}.
                            0 begins anew; with &older=1 an older version may come.
                            409 update_offset says in "received" where to go on
    POST /end               that was all: {"version"}, then the dongle starts with it, on trial
    DELETE                  never mind

What is refused is so with a reason, {"error": "update_..."}, that strings-update.json has words
for. Nothing is lost by it: what runs goes on.
"""

import asyncio
import sys
from binascii import unhexlify

import slots
from micropython import const

from app import clock
from app.rare import forget
from app.reply import Reply
from app.routes import refuse

_RESTART_MS = const(1500)  # for the answer to get out
_IDLE_MS = const(180000)
_LOOK_MS = const(5000)
_KEYS = "/update.keys"
# What is not 409, that is, what is wrong with the file and not with the dongle
_STATUS = (
    " 400 update_not_a_bundle update_damaged update_altered update_truncated update_too_long"
    " 403 update_unsigned update_wrong_signer update_no_keys 413 update_too_big "
)


def get(app, request, rest):
    """What runs, and how far an upload is."""
    if rest:
        return refuse(404, "not_found")
    import switch

    from app.words import pairs

    info = switch.info(slots.use) or {}
    words = switch.read()
    switch.leave()
    one = app.update
    text = pairs(
        "version build board micropython folder on_trial",
        info.get("version", "?"),
        info.get("build", "?"),
        info.get("board", "?"),
        "{}.{}.{}".format(*sys.implementation.version[:3]),
        slots.use,
        slots.on_trial,
    )
    given_up = "null"
    if words and words[1] == "-" and words[5] != "-":
        given_up = "{" + pairs("version why", words[4], words[5]) + "}"
    return Reply(
        '{{{},"received":{},"size":{},"given_up":{}}}'.format(
            text, one.received if one else "null", (one and one.size) or "null", given_up
        )
    )


async def post(app, request, rest):
    """A piece, or the end."""
    if rest not in ("", "end"):
        return refuse(404, "not_found")
    from app import update

    one = app.update
    if one and one.busy:
        return refuse(409, "update_busy")
    offset = request.args.get("offset", "")
    try:
        if rest:
            if one is None:
                raise update.Refused("update_truncated")
            return _end(app, request, one)
        if not offset.isdigit():
            return refuse(400, "not_valid")
        if offset == "0":
            one = _begin(app, request.args.get("older") == "1")
        if one is None or int(offset) != one.received:
            return refuse(409, "update_offset", ',"received":' + _received(one))
        await _feed(one, request.body)
    except update.Refused as refusal:
        drop(app)
        reason = refusal.args[0]
        at = _STATUS.find(" " + reason + " ")
        while at > 0 and not _STATUS[at + 1 : at + 4].isdigit():
            at -= 1
        return refuse(int(_STATUS[at + 1 : at + 4]) if at >= 0 else 409, reason)
    except OSError as error:
        print("update:", error)
        drop(app)
        return refuse(503, "update_flash")
    return Reply('{{"received":{},"size":{}}}'.format(_received(one), one.size or "null"))


def delete(app, request, rest):
    """Forget the upload."""
    if rest:
        return refuse(404, "not_found")
    if app.update:
        if app.update.busy:
            return refuse(409, "update_busy")
        drop(app)
    return Reply("{}")


def drop(app, forgets: bool = True) -> None:
    """Close app.update. `forgets`: and let go of all that was loaded for it."""
    one = app.update
    app.update = None
    if one:
        one.close()
        if one.watcher:
            one.watcher.cancel()
    if forgets:
        forget("app.update_files")
        forget("app.update")


async def _watch(app, one):
    """Drops app.update when no piece has come for a while."""
    while one.busy or clock.ms() - one.heard_at < _IDLE_MS:
        await asyncio.sleep_ms(_LOOK_MS)
    one.watcher = None
    drop(app)


def _received(one):
    return str(one.received if one else 0)


def _begin(app, older):
    from app import update

    drop(app, False)
    app.update = one = update.Update(_keys(app.access.folder), older)
    one.heard_at = clock.ms()
    one.watcher = asyncio.create_task(_watch(app, one))
    return one


async def _feed(one, data):
    one.busy = True
    try:
        for _ in one.feed(data):
            await asyncio.sleep_ms(0)
    finally:
        one.busy = False
        one.heard_at = clock.ms()


def _end(app, request, one):
    wlan = app.wifi.wlan
    needs = []
    if app.live.state(clock.ms()) == "live":
        needs.append("meter")
    if wlan is not None and wlan.isconnected():
        needs.append("wifi")
    one.end(",".join(needs) or "-")
    from app import security
    from app.words import pairs

    security.add(app.access, security.UPDATE, 0, request.peer, one.version.encode())
    reply = Reply("{" + pairs("version", one.version) + "}")
    drop(app)
    asyncio.create_task(_restart(app.board))
    return reply


def _keys(folder):
    """The public keys in force: the owner's own list, or that of the tree that runs."""
    for path in (folder + _KEYS, _KEYS[1:]):
        try:
            with open(path) as file:
                words = [line.split(" ")[0].strip() for line in file.read().split("\n")]
        except OSError:
            continue
        return [unhexlify(word) for word in words if len(word) == 128]
    return []


async def _restart(board):
    await asyncio.sleep_ms(_RESTART_MS)
    board.restart()
