"""The way to the broker: its address without waiting for a name server with the whole loop, the
connection, and TLS. Loaded for a connection.

With TLS the broker is who it says when /data/mqtt.ca (one certificate, DER) vouches for it, once the
meter has told the time; without that file the connection is encrypted all the same, to whoever answers.
"""

import asyncio
import errno
import os
import socket

from app import clock
from app.conn import ready
from app.mqtt_url import parts

_MDNS = "224.0.0.251", 5353
_TRIES = 5
_WAIT_MS = 50


async def connect(app):
    """(socket, user) of a connection. OSError."""
    found = parts(app.settings["mqtt"])
    if found is None:
        raise OSError("mqtt is no address")
    host, port, user, tls = found
    address = await _find(app.wifi.wlan, host)
    sock = socket.socket()
    try:
        sock.setblocking(False)
        try:
            sock.connect(socket.getaddrinfo(address, port)[0][-1])
        except OSError as error:
            if error.errno != errno.EINPROGRESS:
                raise
        await ready(sock, True)
        if tls:
            sock = _wrap(app, sock, host)
    except BaseException:  # a cancel too
        sock.close()
        raise
    return sock, user


def _wrap(app, sock, host):
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_NONE
    try:
        with open(app.access.folder + "/mqtt.ca", "rb") as file:
            context.load_verify_locations(cadata=file.read())
        context.verify_mode = ssl.CERT_REQUIRED
        utc = app.hours.clock.utc(clock.ms())
        if utc is not None:  # until the meter has told, each certificate is from the future
            app.board.set_clock(utc)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
    sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    sock.setblocking(False)
    return sock


async def _find(wlan, host):
    """The numeric address of a name: by the network's own name server, or by multicast (RFC 6762)
    for .local. getaddrinfo() would hold up everything for seconds."""
    octets = host.split(".")
    if len(octets) == 4 and "".join(octets).isdigit() and max([int(one) for one in octets]) < 256:
        return host
    if wlan is None:
        return host  # a computer: it has the name at once or not at all
    if host.endswith(".local"):
        return await ask(_MDNS, host, True)
    return await ask((wlan.ifconfig()[3], 53), host)


async def ask(server, host: str, multicast=False) -> str:
    """A name server's answer, RFC 1035. OSError when there is none within five seconds."""
    query = (b"\0\0" if multicast else os.urandom(2)) + b"\1\0\0\1\0\0\0\0\0\0"
    for label in host.split("."):
        if not 0 < len(label.encode()) < 64:
            raise OSError(errno.EINVAL)
        query += bytes([len(label.encode())]) + label.encode()
    query += b"\0\0\1"
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        address = socket.getaddrinfo(server[0], server[1])[0][-1]
        if not multicast:
            sock.connect(address)  # nobody else's answers
        for _ in range(_TRIES):
            # Of a multicast query the answer is to come to this port alone
            sock.sendto(query + (b"\x80\1" if multicast else b"\0\1"), address)
            for _ in range(20):
                await asyncio.sleep_ms(_WAIT_MS)
                try:
                    found = address_in(sock.recv(512), query)
                except OSError as error:
                    if error.errno != errno.EAGAIN:
                        raise
                    continue
                if found:
                    return found
    finally:
        sock.close()
    raise OSError(errno.EHOSTUNREACH)


def address_in(reply: bytes, query: bytes):
    """The first A record of an answer as text, None when there is none or it answers something
    else. `query` up to its class."""
    try:
        if reply[:2] != query[:2] or not reply[2] & 0x80 or reply[3] & 15:
            return None
        # The name that was asked for comes first: as the question, or of the first record where
        # there is none (RFC 6762). What follows may go by other names (CNAME)
        if reply[12 : len(query)].lower() != query[12:].lower():
            return None
        at = 12
        for _ in range(reply[4] << 8 | reply[5]):
            at = _after_name(reply, at) + 4
        for _ in range(reply[6] << 8 | reply[7]):
            at = _after_name(reply, at)
            length = reply[at + 8] << 8 | reply[at + 9]
            if reply[at] == 0 and reply[at + 1] == 1 and length == 4:
                return "{}.{}.{}.{}".format(*reply[at + 10 : at + 14])
            at += 10 + length
    except IndexError:
        pass  # cut, or no answer at all
    return None


def _after_name(reply, at):
    while reply[at]:
        if reply[at] > 63:
            return at + 2
        at += 1 + reply[at]
    return at + 1
