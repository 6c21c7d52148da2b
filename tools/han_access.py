"""Who comes in: logins, the password, keys, a guest's link, the security log; for hanctl.py."""

import argparse
import getpass
import json
import os
import time
from pathlib import Path

from han_client import API, Client, ClientError


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


def login(client: Client, _: argparse.Namespace) -> None:
    client.log_in(ask_password())
    remember(client)
    print(f"logged in at {client.host}")


def logout(client: Client, _: argparse.Namespace) -> None:
    client.json("DELETE", API + "session")
    client.session = ""
    remember(client)


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


def security_log(client: Client, _: argparse.Namespace) -> None:
    for one in client.json("GET", API + "security")["entries"]:
        when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(one["time"])) if one["time"] else "-"
        print(
            f"{when:17} {one['event']:9} {one['figure']:3} {one['address'] or '-':15} {one['name']}"
        )
