#!/usr/bin/env python3
"""The dongle from the command line, for its owner and for scripts; by the documented API alone.

    hanctl.py --url http://han-12ab.local login      asks for the password, remembers the session
    hanctl.py now | watch | status | log | keys
    hanctl.py hours [--from 2026-11-01] [--to 2026-12-01] [--csv]
    hanctl.py settings get [NAME] | settings set NAME=VALUE ...
    hanctl.py token NAME [--role owner]              for a script: HAN_TOKEN or --token
    hanctl.py link [--hours 24]                      a guest's link
    hanctl.py revoke ID | password | logout
    hanctl.py consent [give|withdraw]
    hanctl.py update [FILE] [--older]                a signed bundle (make bundle); what runs
    hanctl.py export [--out FILE]                    everything, as JSON
    hanctl.py erase history|all

The address and the session stay in ~/.config/hanctl.json, readable by you alone. HAN_URL,
HAN_TOKEN and HAN_PASSWORD do for a script. Exit 0 when it was done, 1 when not, with the reason
on stderr.
"""

import argparse
import http.client
import json
import os
import shutil
import sys
import time
from pathlib import Path

import han_access
import han_update
from han_access import ask_password
from han_client import API, Client, ClientError


def show(value: object) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False))


def now(client: Client, _: argparse.Namespace) -> None:
    show(client.json("GET", API + "now"))


def watch(client: Client, _: argparse.Namespace) -> None:
    """One JSON object a line for each list, until Ctrl-C; once it was there it reconnects by itself."""
    there = False
    while True:
        try:
            with client.open("GET", API + "events") as answer:
                if answer.status in (401, 403):
                    raise ClientError("log in first (hanctl.py login)", answer.status)
                there = True
                if answer.status == 200:
                    for line in answer:
                        if line.startswith(b"data: "):
                            print(line[6:].decode().strip(), flush=True)
        except ClientError as error:
            if error.status or not there:
                raise
        except (OSError, http.client.HTTPException):
            pass  # the line broke off in the middle
        time.sleep(3)


def status(client: Client, _: argparse.Namespace) -> None:
    value = client.json("GET", API + "now")
    consent = client.json("GET", API + "consent")
    session = client.json("GET", API + "session")
    rows = {
        "meter": value.get("meter_model"),
        "state": value["state"],
        "age": value.get("age_s"),
        "power": value.get("import_w"),
        "consent": consent["state"],
        "secured": consent["secured"],
        "role": session["role"],
        "notices": session["notices"],
    }
    for name, what in rows.items():
        print(f"{name:10}{'-' if what is None else what}")


def hours(client: Client, arguments: argparse.Namespace) -> None:
    path = API + ("hours.csv" if arguments.csv else "hours")
    query = [
        f"{name}={value}"
        for name, value in (("from", arguments.first), ("to", arguments.end))
        if value
    ]
    copy(client, path + ("?" + "&".join(query) if query else ""), arguments.out)


def export(client: Client, arguments: argparse.Namespace) -> None:
    copy(client, API + "export", arguments.out)


def copy(client: Client, path: str, out: str | None) -> None:
    with client.open("GET", path) as answer:
        if answer.status != 200:
            raise ClientError(f"{answer.read().decode(errors='replace')} ({answer.status})")
        if out:
            with open(out, "wb") as file:
                shutil.copyfileobj(answer, file)
        else:
            shutil.copyfileobj(answer, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def settings(client: Client, arguments: argparse.Namespace) -> None:
    if arguments.what == "get":
        values = client.json("GET", API + "settings")
        for name in arguments.names:
            if name not in values:
                raise ClientError(f"{name} is no setting")
        show({name: values[name] for name in arguments.names} if arguments.names else values)
        return
    changes = {}
    for one in arguments.names:
        name, equals, value = one.partition("=")
        if not equals:
            raise ClientError(f"{one}: NAME=VALUE")
        try:
            changes[name] = json.loads(value)
        except ValueError:
            changes[name] = value
        if secret(name):
            changes[name] = value  # digits alone are a key too
    if any(secret(name) for name in changes):
        sealed = json.dumps(changes).encode()
        client.proved(ask_password(), "POST", API + "settings", {}, sealed)
    else:
        client.json("POST", API + "settings", {"set": changes})


def secret(name: str) -> bool:
    return name.endswith(("_key", "_password"))


def consent(client: Client, arguments: argparse.Namespace) -> None:
    body = {"answer": arguments.answer}
    if arguments.answer == "give":
        body |= {"secured": arguments.secured, "version": 1}
    show(
        client.json("POST", API + "consent", body)
        if arguments.answer
        else client.json("GET", API + "consent")
    )


def erase(client: Client, arguments: argparse.Namespace) -> None:
    lost = {
        "history": "all hours and days that the dongle has kept",
        "all": "everything: Wi-Fi, password, phones, settings, hours. The dongle starts anew",
    }[arguments.what]
    word = {"history": "ERASE", "all": "RESET"}[arguments.what]
    if not arguments.yes:
        typed = input(f"This erases {lost}.\nhanctl.py export saves it first. Type {word}: ")
        if typed.strip() != word:
            raise ClientError("nothing was erased")
    body = {"what": arguments.what, "word": word}
    if arguments.what == "all":
        client.proved(ask_password(), "POST", API + "erase", body)
    else:
        client.json("POST", API + "erase", body)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--url", help="the dongle, http://han-12ab.local")
    top.add_argument("--token", help="instead of a login")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run) -> argparse.ArgumentParser:
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        return command

    plain = {"now": now, "watch": watch, "status": status}
    plain |= {"login": han_access.login, "logout": han_access.logout, "keys": han_access.keys}
    plain |= {"log": han_access.security_log, "password": han_access.password}
    for name, run in plain.items():
        add(name, run)
    command = add("hours", hours)
    command.add_argument("--from", dest="first", help="local date, 2026-11-01")
    command.add_argument("--to", dest="end", help="local date, not included")
    command.add_argument("--csv", action="store_true")
    command.add_argument("--out", help="a file instead of stdout")
    add("export", export).add_argument("--out", help="a file instead of stdout")
    command = add("settings", settings)
    command.add_argument("what", choices=("get", "set"))
    command.add_argument("names", nargs="*", metavar="NAME or NAME=VALUE")
    command = add("token", han_access.token)
    command.add_argument("name")
    command.add_argument("--role", choices=("viewer", "owner"), default="viewer")
    add("link", han_access.link).add_argument("--hours", type=int, default=24)
    add("revoke", han_access.revoke).add_argument("id", type=int)
    command = add("consent", consent)
    command.add_argument("answer", nargs="?", choices=("give", "withdraw", "same"))
    command.add_argument("--secured", choices=("owner", "encrypted"), default="owner")
    command = add("update", han_update.run)
    command.add_argument("file", nargs="?", type=Path, help="without: what the dongle runs")
    command.add_argument("--older", action="store_true", help="even if it is an older version")
    command.add_argument("--no-wait", action="store_true", help="do not wait for the trial's end")
    command = add("erase", erase)
    command.add_argument("what", choices=("history", "all"))
    command.add_argument("--yes", action="store_true", help="do not ask")
    return top


def main() -> int:
    arguments = parser().parse_args()
    known = han_access.remembered()
    url = arguments.url or os.environ.get("HAN_URL") or known.get("url", "")
    token = arguments.token or os.environ.get("HAN_TOKEN", "")
    try:
        if not url:
            raise ClientError("which dongle? --url http://han-12ab.local")
        client = Client(url, token)
        if "http://" + client.host == known.get("url") and not token:
            client.session = known.get("session", "")
        arguments.run(client, arguments)
    except ClientError as error:
        hint = (
            ""
            if error.status != 401 or error.answer.get("wait_s") is not None
            else ": hanctl.py login"
        )
        print(f"hanctl: {error}{hint}", file=sys.stderr)
        return 1
    except (OSError, EOFError) as error:
        print(f"hanctl: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
