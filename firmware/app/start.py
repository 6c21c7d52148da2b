"""What is done once, at power-up: reads the settings and the page's list of files, opens the door
and puts the objects together. Its heap is given back afterwards."""

import errno
import json
import os
import sys

from app import clock
from app.api import Api
from app.guard import Guard
from app.live import Live
from app.meter import Meter
from app.router import Router
from app.settings import Settings
from app.web import MARKERS, Web
from app.wifi import Wifi

_WEB = "web"


def compose(board, knows_host):
    """The objects of app.App, in the order in which it takes them. Ends the program when another
    one has the port (on Unix)."""
    folder = board.data_folder()
    try:
        os.mkdir(folder)
    except OSError:
        pass  # there already; or the flash is out of order, and the meter is read all the same
    settings = Settings(folder)
    for problem in settings.problems:
        print("settings:", problem)
    live = Live(clock.ms())
    meter = Meter(board, settings, live)
    wifi = Wifi(board, settings, live)
    routes = Router()
    guard = Guard(routes, _door(board), knows_host)
    api = Api(routes, live, settings, guard, meter)
    Web(routes, _WEB, _types(), _marks(), api.values)
    return settings, live, meter, wifi, guard, api


def _door(board):
    port = board.http_port()
    try:
        return board.listen(port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print("port {} is taken: HTTP=8081 chooses another".format(port))
        sys.exit(1)


def _types():
    try:
        with open(_WEB + "/assets.json") as file:
            return {name: kind for name, kind in json.load(file).values()}
    except OSError:
        print("no page in", _WEB)  # the API works all the same
        return {}


def _marks():
    """(place in index.html, number of the marker) in the order of places."""
    try:
        with open(_WEB + "/index.html", "rb") as file:
            page = file.read()
    except OSError:
        return None
    return sorted((page.find(mark), i) for i, mark in enumerate(MARKERS) if page.find(mark) >= 0)
