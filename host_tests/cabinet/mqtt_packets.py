"""As much of MQTT 3.1.1 as a broker says to the firmware, for broker.py under MicroPython and
soak_broker.py under CPython."""

CONNECT, PUBLISH, SUBSCRIBE, PINGREQ = 1, 3, 8, 12  # kind >> 4


def packet(data):
    """(octets, kind, body) of the first packet, None while it is not whole."""
    length = shift = 0
    at = 1
    while at < len(data):
        octet = data[at]
        length |= (octet & 127) << shift
        shift += 7
        at += 1
        if octet < 128:
            break
    else:
        return None
    if len(data) < at + length:
        return None
    return at + length, data[0], data[at : at + length]


def answer(kind, body):
    """What a broker that agrees to everything says to a packet; b"" for nothing."""
    if kind >> 4 == CONNECT:
        return b"\x20\2\0\0"
    if kind >> 4 == SUBSCRIBE:
        return b"\x90\3" + body[:2] + b"\0"
    if kind >> 4 == PUBLISH and kind & 6:
        topic = int.from_bytes(body[:2], "big")
        return b"\x40\2" + body[2 + topic : 4 + topic]
    if kind >> 4 == PINGREQ:
        return b"\xd0\0"
    return b""
