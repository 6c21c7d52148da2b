"""What is done once, at power-up: reads the settings and the page's list of files, opens the door
and puts the objects together. Its heap is given back afterwards."""

import errno
import os
import sys

from app import clock
from app.access import DONE, Access
from app.api import Api
from app.consent import Consent
from app.guard import Guard
from app.hours import Hours
from app.live import Live
from app.meter import Meter
from app.rare import forget
from app.router import Router
from app.settings import Settings
from app.wifi import Wifi

_WEB = "web"


def compose(board, app):
    """The objects of app.App, in the order in which it takes them. Ends the program when another
    one has the port (on Unix)."""
    folder = board.data_folder()
    _finish_reset(board, folder)
    try:
        os.mkdir(folder)
    except OSError:
        pass  # there already; or the flash is out of order, and the meter is read all the same
    settings = Settings(folder)
    for problem in settings.problems:
        print("settings:", problem)
    live = Live(clock.ms())
    consent = Consent(folder)
    hours = Hours(folder, settings, live, board.FLASH_KEEPS)
    meter = Meter(board, settings, live, consent, hours)
    access = Access(folder, hours.clock, settings["idle_days"])
    from app import security

    access.notices = security.unseen(access)
    forget("app.security app.log app.first_read")
    wifi = Wifi(board, settings, app)
    api = Api(app)
    guard = Guard(Router(app, api, _marks()), _door(board), app.admit)
    return settings, consent, live, hours, meter, access, wifi, guard, api


def first_start(app, board):
    """The set-up while it is not through, else None."""
    if app.access.stage == DONE:
        return None
    from app.setup import Setup

    return Setup(app, board)


def _finish_reset(board, folder):
    try:
        os.stat(folder + ".reset")
    except OSError:
        return
    from app import reset

    reset.finish(board, folder)
    forget("app.reset")


def _door(board):
    port = board.http_port()
    try:
        return board.listen(port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print("port {} is taken: HTTP=8081 chooses another".format(port))
        sys.exit(1)


def _marks():
    """For each index page, (place, number of the marker) in the order of places."""
    from app.page import MARKERS

    forget("app.page")
    marks = {}
    try:
        names = os.listdir(_WEB)
    except OSError:
        names = []
    if "index.html" not in names:
        print("no page in", _WEB)  # the API works all the same
    for name in names:
        if name.startswith("index.") and name.endswith(".html"):
            marks[name] = sorted(_places(_WEB + "/" + name, MARKERS))
    return marks


def _places(path, markers):
    """[(place, number of the marker)], read in pieces: the page is the largest file in one piece."""
    found = []
    at = 0
    text = b""
    with open(path, "rb") as file:
        while True:
            piece = file.read(512)
            if not piece:
                return found
            text = text[-8:]  # a marker may lie across
            start = at - len(text)
            at += len(piece)
            text += piece
            for i, marker in enumerate(markers):
                place = text.find(marker)
                if place >= 0 and (start + place, i) not in found:
                    found.append((start + place, i))
