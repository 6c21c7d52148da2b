"""A household's data on a littlefs in RAM, then the factory reset, then a look at every octet of the
flash. Under MicroPython; prints what was found where.

    micropython mp_reset_dump.py
"""

import json
import os

import vfs
from fakes.flash import Flash

BLOCKS = 96
FOLDER = "/flash/data"


class Board:
    """What reset.py wants of a board."""

    FLASH_KEEPS = True
    forgotten = 0

    def memory(self, data):
        Board.forgotten += data == b""

    def feed(self):
        """The watchdog: none here."""


class Careless(Board):
    """A board that believed in removing."""

    FLASH_KEEPS = False


class Clock:
    def utc(self, ms):
        return 1790000000


def household():
    """Everything that the firmware ever writes of a household; returns what must not be found."""
    from app import access, api_consent, consent, keys, log, password, security, settings_file
    from app.journal import Journal
    from app.state import State
    from household.record import MEASURED, HourRecord

    os.mkdir(FOLDER)
    values = settings_file.load(FOLDER + "/settings.json", [])
    changes = {"wifi_ssid": "Hjemmenettet", "wifi_key": "hemmelig nokkel", "name": "Hytta vaar"}
    for i in range(3):
        values = settings_file.store(FOLDER + "/settings.json", values, changes)
        changes["fuse_a"] = 25 + i
    owner = password.create(FOLDER)
    owner[22:54] = b"S" * 32
    password.write(FOLDER, owner)
    door = access.Access(FOLDER, Clock(), 90)
    for i in range(5):
        name = b"Karis iPhone %d" % i
        keys.add(door, access.PHONE, access.OWNER, name)
        security.add(door, security.LOGIN, 2, ("192.168.1.23", 1), name)
    agreed = consent.Consent(FOLDER)
    api_consent.store(agreed, 1, None, {"version": 1}, 1790000000)
    agreed.meter = agreed.mark("7359992890941742")
    api_consent.store(agreed, 1, agreed.meter)
    journal = Journal(FOLDER + "/hours")
    record = HourRecord()
    record.span = 1
    record.quality = MEASURED
    records = []
    for i in range(200):
        record.hour = 497222 + i
        record.import_wh = 4711 + i
        record.import_reg_wh = 12345678 + i
        journal.append([record])
        data = bytearray(record.SIZE)
        record.pack(data)
        records.append(bytes(data))
    state = State(journal.nest, "presence")
    state.save({"away": "Hytta vaar er tom"})
    log.add(journal.path, "away_left", 1790000000, 5)
    secret = [b"Hjemmenettet", b"hemmelig nokkel", b"Hytta vaar", b"S" * 32, b"Karis iPhone"]
    secret += [bytes(owner[86:100]), agreed.meter.encode()]
    return secret + records


def found(flash, secrets):
    return sum([bytes(secret) in flash.content for secret in secrets])


def mounted(flash, format=False):
    if format:
        vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")


def run(board):
    from app import reset

    flash = Flash(BLOCKS)
    mounted(flash, True)
    secrets = household()
    before = found(flash, secrets)
    with open(FOLDER + ".reset", "wb"):
        pass
    reset.finish(board, FOLDER)
    left = os.listdir("/flash")
    vfs.umount("/flash")
    return before, len(secrets), found(flash, secrets), left


def run_cut(every):
    """The power goes at one write of the reset after the other, then it is begun again."""
    from app import reset

    flash = Flash(BLOCKS)
    mounted(flash, True)
    secrets = household()
    with open(FOLDER + ".reset", "wb"):
        pass
    vfs.umount("/flash")
    content = bytearray(flash.content)
    cuts = 0
    at = 1
    while True:
        flash = Flash(BLOCKS, bytearray(content))
        flash.cut_at(at, cuts % 9)
        mounted(flash)
        try:
            reset.finish(Board(), FOLDER)
        except OSError:
            pass
        vfs.umount("/flash")
        if not flash.dead:
            return cuts
        flash = flash.revive()
        mounted(flash)
        names = os.listdir("/flash")
        if "data.reset" in names:
            reset.finish(Board(), FOLDER)
        vfs.umount("/flash")
        if found(flash, secrets):
            raise AssertionError(f"left after a cut at {at}: {names}")
        cuts += 1
        at += every


careful, careless = run(Board()), run(Careless())
print(json.dumps({"careful": careful, "careless": careless, "cuts": run_cut(131)}))
print("forgotten", Board.forgotten)
