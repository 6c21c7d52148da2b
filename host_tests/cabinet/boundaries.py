"""Every call that leaves Python fails in its turn (boundary.py): at the start, around the full hour, in
requests, and in between. What became of it as a line of JSON.

    micropython boundaries.py LISTS FOLDER MODE PHASE ERROR FIRST STEP TOKEN

MODE as in lives.py; PHASE
    boot      the calls from the objects' making on to half a minute later: one start for each
    hour      those of the two minutes from the hourly list on, one in each hour
    requests  those of a phone's requests, one in each of them, each request once a call

ERROR: of injected.ERRORS, or starve (no heap from there to the end of the task's step). The FIRSTth call is
the first to fail, then STEP further.
"""

import json
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

import asyncio

import boundary
import injected
import lives
import world
from lives import Told, access

MODE, PHASE, ERROR, FIRST, STEP, TOKEN = sys.argv[3:9]
ERROR_OF = injected.ERRORS.get(ERROR)
HOUR_MS = 3600 * 1000
BOOTS = 60 * 1000
LEAD_MS = 2000  # before the hourly list
WINDOW_MS = 120 * 1000
LAST_MS = 100 * 1000  # of an hour's, without a fault
REQUESTS = (
    ("GET", "/", ""),
    ("GET", "/login", ""),
    ("GET", "/api/v1/now", ""),
    ("GET", "/api/v1/days", ""),
    ("GET", "/api/v1/hours.csv", ""),
    ("GET", "/api/v1/peaks", ""),
    ("GET", "/api/v1/months", ""),
    ("GET", "/api/v1/line", ""),
    ("GET", "/api/v1/line/raw", ""),
    ("GET", "/api/v1/quality", ""),
    ("GET", "/api/v1/tariff", ""),
    ("GET", "/api/v1/diagnosis", ""),
    ("GET", "/api/v1/diagnosis/log", ""),
    ("GET", "/api/v1/security", ""),
    ("GET", "/api/v1/keys", ""),
    ("GET", "/api/v1/export", ""),
    ("GET", "/metrics", ""),
    ("POST", "/api/v1/settings", '{"set":{"name":"Hytta"}}'),
    ("POST", "/api/v1/settings", '{"set":{"fuse_a":25}}'),
    ("POST", "/api/v1/away", '{"from":1767400000,"to":1767500000}'),
    ("POST", "/api/v1/keys", '{"kind":"token","name":"x","role":"viewer"}'),
    ("POST", "/api/v1/login", '{"user":"owner"}'),
    ("POST", "/api/v1/update?offset=0", "han-bundle 1\nversion 1.0.0\n"),
    ("DELETE", "/api/v1/update", ""),
)
CALLS = 200  # of a start; what comes then comes for ever
found = {"calls": [], "hits": {}, "answers": {}}
for name in ("unanswered", "crashed", "silent", "opened", "unset"):
    found[name] = []


def hit():
    """The call that has failed, if it was reached."""
    name = boundary.hit
    boundary.calm()
    if name:
        found["hits"][name] = found["hits"].get(name, 0) + 1
    return name


async def h_boot(app):
    """The objects are made already; this start's fault was armed before, see boots()."""
    await asyncio.sleep_ms(BOOTS)
    found["calls"].append(boundary.count)
    was = Told.armed, hit()
    if not app.live.seq:
        found["silent"].append(was)
    if app.access.stage != access.DONE and app.setup is not None:
        found["opened"].append(was)
    if app.settings["wifi_ssid"] != "hjem":
        found["unset"].append(was)
    raise lives.Reset("next")


async def h_hour(app):
    """The k-th call around the k-th hour."""
    boundary.skipped = "uart", "indicate", "sock.read", "sock.write"  # they come all the time
    call = int(FIRST)
    hour = 1
    while True:
        at = hour * HOUR_MS + 5000 - LEAD_MS
        if at > world.passed():
            await asyncio.sleep_ms(at - world.passed())
            boundary.arm(call, ERROR_OF)
            await asyncio.sleep_ms(WINDOW_MS)
            found["calls"].append(boundary.count)
            hit()
            call += int(STEP)
        hour += 1


async def h_ask(method, path, body):
    """The status of a request, 0 when the connection just ended, None when nothing came."""
    text = "{} {} HTTP/1.1\r\nHost: localhost\r\nX-HAN: 1\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{}"
    client = lives.knock(text.format(method, path, TOKEN, len(body), body).encode())
    answer = b""
    whole = 0
    for _ in range(400):
        await asyncio.sleep_ms(100)
        try:
            octets = client.read(4096)
        except OSError:
            octets = b""
        if octets == b"":
            client.close()
            return int(answer[9:12]) if answer else 0
        whole += len(octets or b"")
        answer = (answer + (octets or b""))[:12]
    client.close()
    return None


async def h_requests(app):
    """Each request until all its calls have failed once."""
    await asyncio.sleep_ms(HOUR_MS + 300000)  # with an hour in the journal
    for method, path, body in REQUESTS:
        call = int(FIRST)
        name = method + " " + path
        statuses = {}
        while True:
            boundary.arm(call, ERROR_OF)
            status = await h_ask(method, path, body)
            reached = hit()
            statuses[status] = statuses.get(status, 0) + 1
            if status is None:
                found["unanswered"].append((name, call, reached))
            if not reached or call > 400:
                break
            call += int(STEP)
            await asyncio.sleep_ms(500)
        status = await h_ask(method, path, body)
        found["answers"][name] = call, statuses, status
    raise KeyboardInterrupt


def boots(end_ms):
    """A life for each call; one without a fault after those that ended early."""
    lists = world.lists_of(lives.LISTS)
    call = int(FIRST)
    calm = False
    while call < CALLS and world.passed() < end_ms:
        Told.armed = 0 if calm else call
        boundary.arm(Told.armed, ERROR_OF)
        try:
            lives.life(lists, lives.app_module.App, h_boot, world.passed() + 2 * BOOTS)
        except lives.Reset as reset:
            if calm and str(reset) != "next":
                raise  # without a fault
            calm = str(reset) != "next"
            if calm:
                found["crashed"].append((call, hit()))
            lives.after_reset()
        call += 0 if calm else int(STEP)


if PHASE == "boot":
    lives.prepare(MODE)
    boots(world.lists_of(lives.LISTS)[-1][0] - LAST_MS)
else:
    end = world.lists_of(lives.LISTS)[-1][0] - LAST_MS
    lives.play(MODE, h_hour if PHASE == "hour" else h_requests, end)
told = lives.told()
told.update(found)
print("\n" + json.dumps(told))
