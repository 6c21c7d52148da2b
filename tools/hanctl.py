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
import contextlib
import getpass
import json
import os
import shutil
import sys
import time
from pathlib import Path

import han_update
from han_client import Client, ClientError

API = "/api/v1/"


def config_path() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "hanctl.json"


def remembered() -> dict:
    try:
        stored = json.loads(config_path().read_text())
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def remember(client: Client) -> None:
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"url": "http://" + client.host, "session": client.session}, file)
    part.replace(path)


def ask_password(prompt: str = "Password: ") -> str:
    return os.environ.get("HAN_PASSWORD") or getpass.getpass(prompt)


def show(value: object) -> None:
    print(json.dumps(value, indent=1, ensure_ascii=False))


def login(client: Client, _: argparse.Namespace) -> None:
    client.log_in(ask_password())
    remember(client)
    print(f"logged in at {client.host}")


def logout(client: Client, _: argparse.Namespace) -> None:
    client.json("DELETE", API + "session")
    client.session = ""
    remember(client)


def now(client: Client, _: argparse.Namespace) -> None:
    show(client.json("GET", API + "now"))


def watch(client: Client, _: argparse.Namespace) -> None:
    """One JSON object a line for each list, until Ctrl-C; reconnects by itself."""
    while True:
        with contextlib.suppress(OSError), client.open("GET", API + "events") as answer:
            if answer.status != 200:
                answer.read()
                if answer.status in (401, 403):
                    raise ClientError("log in first (hanctl.py login)", answer.status)
            for line in answer:
                if line.startswith(b"data: "):
                    print(line[6:].decode().strip(), flush=True)
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


def keys(client: Client, _: argparse.Namespace) -> None:
    for one in client.json("GET", API + "keys")["keys"]:
        mine = "  (this one)" if one["this"] else ""
        used = time.strftime("%Y-%m-%d", time.gmtime(one["used"])) if one["used"] else "-"
        print(f"{one['id']:3}  {one['kind']:6} {one['role']:7} {used:11} {one['name']}{mine}")


def token(client: Client, arguments: argparse.Namespace) -> None:
    body = {"kind": "token", "role": arguments.role, "name": arguments.name}
    print(client.json("POST", API + "keys", body)["token"])


def link(client: Client, arguments: argparse.Namespace) -> None:
    body = {"kind": "link", "hours": arguments.hours, "name": "guest"}
    made = client.json("POST", API + "keys", body)["token"]
    print(f"http://{client.host}/login#guest={made}")


def revoke(client: Client, arguments: argparse.Namespace) -> None:
    client.json("DELETE", f"{API}keys/{arguments.id}")


def password(client: Client, _: argparse.Namespace) -> None:
    old = ask_password("Old password: ")
    new = os.environ.get("HAN_NEW_PASSWORD") or getpass.getpass("New password: ")
    try:
        client.change_password(old, new)
    except ClientError as error:
        why = {"password_short": "ten characters at least", "password_common": "too common"}
        raise ClientError(why.get(error.answer.get("error", ""), str(error))) from None
    client.log_in(new)
    remember(client)


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


def security_log(client: Client, _: argparse.Namespace) -> None:
    for one in client.json("GET", API + "security")["entries"]:
        when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(one["time"])) if one["time"] else "-"
        print(
            f"{when:17} {one['event']:9} {one['figure']:3} {one['address'] or '-':15} {one['name']}"
        )


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

    plain = {"login": login, "logout": logout, "now": now, "watch": watch, "status": status}
    plain |= {"keys": keys, "log": security_log, "password": password}
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
    command = add("token", token)
    command.add_argument("name")
    command.add_argument("--role", choices=("viewer", "owner"), default="viewer")
    add("link", link).add_argument("--hours", type=int, default=24)
    add("revoke", revoke).add_argument("id", type=int)
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
    known = remembered()
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
