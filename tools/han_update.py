"""Sends a bundle (tools/bundle.py) to a dongle through its API, for hanctl.py and the tests.

In small pieces, each a request of its own: what is lost on the way is sent again from where the
dongle says that it is, and a dongle that has restarted in between gets it from the start.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from han_client import API, Client, ClientError

UPDATE = API + "update"
PIECE = 2048  # octets: in a heap that is nearly full, 4 KB in one piece are often not there
_LEAST = 512  # nor 2 KB, and the same size would be refused again and again
_TRIES = 20  # in a row without getting any further
_WORDS = Path(__file__).resolve().parent.parent / "firmware" / "web" / "strings-update.json"


def words(code: str) -> str:
    """The page's English words for a reason of the dongle's."""
    texts = json.loads(_WORDS.read_text(encoding="utf-8"))["texts"]
    return texts[code][1] if code in texts else code


def refusal(error: ClientError) -> ClientError:
    """The error in words."""
    code = error.answer.get("error", "")
    return ClientError(words(code), error.status, error.answer) if code else error


def upload(
    client: Client,
    data: bytes,
    older: bool = False,
    progress: Callable[[int], None] = lambda at: None,
    wait_s: float = 1.0,
) -> str:
    """Send it all; returns the version that the dongle now restarts with. ClientError in words
    when it is refused, or when nobody answers any more."""
    at = 0
    tries = 0
    piece = PIECE
    while at < len(data) or at == 0:
        query = f"?offset={at}" + ("&older=1" if older and at == 0 else "")
        try:
            answer = client.json("POST", UPDATE + query, data[at : at + piece])
        except ClientError as error:
            code = error.answer.get("error")
            busy = error.status in (0, 408, 503) and code != "update_flash"
            if not busy and code not in ("update_offset", "update_busy"):
                raise refusal(error) from None
            tries += 1
            if tries > _TRIES:
                raise
            if code != "update_offset":
                piece = max(_LEAST, piece // 2)
                time.sleep(wait_s)
            at = reached(client, error, at)
            continue
        tries = 0
        at = answer["received"]
        progress(at)
        if not data:
            break
    while True:
        try:
            return client.json("POST", UPDATE + "/end", {})["version"]
        except ClientError as error:
            tries += 1
            # Without an answer it may have been taken
            busy = error.status == 503 and error.answer.get("error") != "update_flash"
            if not busy or tries >= _TRIES:
                raise refusal(error) from None
            time.sleep(wait_s)


def reached(client: Client, error: ClientError, at: int) -> int:
    """How far the dongle is, after a piece that it did not take."""
    if "received" in error.answer:
        return error.answer["received"]
    try:
        return client.json("GET", UPDATE)["received"] or 0
    except ClientError:
        return at


def follow(client: Client, version: str, limit_s: float = 700.0, every_s: float = 3.0) -> dict:
    """Wait until the dongle runs `version` for good or has gone back: what GET says then.
    ClientError when it does not answer in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        time.sleep(every_s)
        try:
            state = client.json("GET", UPDATE)
        except ClientError as error:
            if error.status:
                raise
            continue  # it is starting
        given_up = state["given_up"]
        if given_up and given_up["version"] == version:
            raise ClientError(words("update_why_" + given_up["why"]).format(version=version))
        if state["version"] == version and not state["on_trial"]:
            return state
    raise ClientError(f"no answer from version {version} in {limit_s:.0f} s: look at the dongle")


def run(client: Client, arguments: argparse.Namespace) -> None:
    """hanctl.py update [FILE]."""
    if not arguments.file:
        print(json.dumps(client.json("GET", UPDATE), indent=1))
        return
    data = arguments.file.read_bytes()

    def progress(at: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{100 * at // max(len(data), 1):3} % ", end="", flush=True)

    version = upload(client, data, arguments.older, progress)
    print(f"\rversion {version} is in, the dongle restarts with it")
    if not arguments.no_wait:
        print("on trial for up to ten minutes; Ctrl-C does not stop that")
        follow(client, version)
        print(f"version {version} runs and stays")
