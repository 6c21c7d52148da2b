"""JSON escapes that MicroPython's json takes one by one: "\\ud83d\\ude00" is one character in two
halves (RFC 8259, 7), and comes out as two that no UTF-8 has. Python's json.dumps sends them so."""


def joined(body: bytes) -> bytes:
    """The JSON text with such pairs as the UTF-8 of their character. A half alone becomes "?"."""
    done = b""
    at = 0
    while True:
        start = body.find(b"\\u", at)
        if start < 0:
            return done + body[at:]
        if _is_escaped(body, start):
            done += body[at : start + 2]
            at = start + 2
            continue
        code = _code(body, start)
        done += body[at:start]
        at = start + 6
        if code & 0xF800 != 0xD800:
            done += body[start:at]
            continue
        low = _code(body, at) if body[at : at + 2] == b"\\u" else 0
        if code < 0xDC00 and low & 0xFC00 == 0xDC00:
            done += chr(0x10000 + ((code & 0x3FF) << 10 | low & 0x3FF)).encode()
            at += 6
        else:
            done += b"?"


def _is_escaped(body, start):
    """Whether the backslash belongs to another one before it."""
    count = 0
    while start - count > 0 and body[start - count - 1] == 0x5C:
        count += 1
    return count % 2 == 1


def _code(body, start):
    """The number of an escape. ValueError when it has not four hex digits."""
    digits = body[start + 2 : start + 6].decode()
    if len(digits) != 4:
        raise ValueError
    return int(digits, 16)
