"""What the tests of the door share: octets written by hand, and what comes back."""

import socket

from meter_lists import LIST_1, frame
from running_firmware import BEARER

HOST = b"Host: localhost\r\n" + BEARER


def answer(connection):
    """(status, body) until the end; (None, b"") when it was closed without a word."""
    octets = b""
    while True:
        try:
            data = connection.recv(4096)
        except ConnectionResetError:
            break
        if not data:
            break
        octets += data
    if not octets:
        return None, b""
    head, _, body = octets.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def send(connection, octets):
    """False when the other end has closed."""
    try:
        connection.sendall(octets)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def ask(firmware, octets):
    """(status, body) for these octets. Who says that no more will come is not waited for."""
    with firmware.connect() as connection:
        if send(connection, octets):
            connection.shutdown(socket.SHUT_WR)
        return answer(connection)


def assert_works(firmware):
    """A short request is answered, and a list is read."""
    seq = firmware.now()["seq"]
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", seq + 1)
