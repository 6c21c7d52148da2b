"""A QR code of up to 53 octets for the console: version 3, level L, mask chosen as ISO/IEC 18004
says. One size is enough for a Wi-Fi key and small enough for a dongle.

    for line in qr.lines(qr.matrix(b"WIFI:T:WPA;S:HAN-12ab;P:ABCD-EFGH-JKLM;;")):
        print(line)
"""

_SIZE = 29
_DATA = 55  # codewords
_CHECK = 15
# x**15 + ..., as exponents of its coefficients (ISO/IEC 18004, table A.1)
_GENERATOR = (8, 183, 61, 91, 202, 37, 51, 58, 58, 237, 140, 124, 5, 99, 105)
_FORMAT = 0x5412
_MOST = 53


def matrix(data: bytes):
    """The modules, rows of 0 and 1. ValueError for more than 53 octets."""
    if len(data) > _MOST:
        raise ValueError("too long for a QR code of this size")
    words = _codewords(data)
    best = None
    for mask in range(8):
        rows = _place(words, mask)
        score = _penalty(rows)
        if best is None or score < best[0]:
            best = score, rows
    return best[1]


def lines(rows):
    """Two rows a line in half blocks, for light text on a dark ground, with the quiet zone. One line
    after the other: all of it in one string would be 2 KB."""
    side = len(rows) + 8
    for y in range(-4, side - 4, 2):
        line = ""
        for x in range(-4, side - 4):
            line += " ▄▀█"[_light(rows, x, y) * 2 + _light(rows, x, y + 1)]
        yield line


def _light(rows, x, y):
    inside = 0 <= x < len(rows) and 0 <= y < len(rows)
    return 0 if inside and rows[y][x] else 1


def _codewords(data):
    value = 0x400 | len(data)  # byte mode, then the count in eight bits
    for octet in data:
        value = value << 8 | octet
    words = bytearray((value << 4).to_bytes(len(data) + 2, "big"))  # and the end, four zeros
    pad = 0xEC
    while len(words) < _DATA:
        words.append(pad)
        pad ^= 0xFD
    return words + _check_words(words)


def _check_words(words):
    """Reed-Solomon over GF(256), x**8 + x**4 + x**3 + x**2 + 1."""
    power = bytearray(255)
    log = bytearray(256)
    x = 1
    for i in range(255):
        power[i] = x
        log[x] = i
        x = x << 1 ^ (0x11D if x & 0x80 else 0)
    rest = bytearray(_CHECK)
    for word in words:
        factor = word ^ rest[0]
        rest = rest[1:] + b"\0"
        if factor:
            for i in range(_CHECK):
                rest[i] ^= power[(log[factor] + _GENERATOR[i]) % 255]
    return rest


def _place(words, mask):
    """All modules, a bytearray for each row: a list of lists takes four times as much. 2 marks in
    the making what no pattern has taken."""
    rows = [bytearray(b"\2" * _SIZE) for _ in range(_SIZE)]
    for y, x in ((3, 3), (3, _SIZE - 4), (_SIZE - 4, 3)):
        _finder(rows, y, x)
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            rows[22 + dy][22 + dx] = int(max(abs(dy), abs(dx)) != 1)
    for i in range(8, _SIZE - 8):
        rows[6][i] = rows[i][6] = 1 - i % 2
    _format(rows, mask)
    bit = 0
    x = _SIZE - 1
    up = True
    while x > 0:
        if x == 6:
            x = 5  # the column of the timing pattern
        for step in range(_SIZE):
            y = _SIZE - 1 - step if up else step
            for column in (x, x - 1):
                if rows[y][column] == 2:
                    dark = bit < len(words) * 8 and words[bit >> 3] >> (7 - bit & 7) & 1
                    rows[y][column] = int(dark) ^ _masked(mask, y, column)
                    bit += 1
        up = not up
        x -= 2
    return rows


def _finder(rows, y, x):
    for dy in range(-4, 5):
        for dx in range(-4, 5):
            if 0 <= y + dy < _SIZE and 0 <= x + dx < _SIZE:
                rows[y + dy][x + dx] = int(max(abs(dy), abs(dx)) not in (2, 4))


def _format(rows, mask):
    """Level L and the mask, twice, with their BCH(15, 5)."""
    value = 1 << 3 | mask
    rest = value << 10
    for i in range(4, -1, -1):
        if rest >> (i + 10) & 1:
            rest ^= 0x537 << i
    bits = (value << 10 | rest) ^ _FORMAT
    end = _SIZE - 1
    for i in range(15):
        bit = bits >> i & 1
        # Counted from the top down beside the left finder, and from the right on row 8
        rows[i if i < 6 else i + 1 if i < 8 else end - 14 + i][8] = bit
        rows[8][end - i if i < 8 else 7 if i == 8 else 14 - i] = bit
    rows[end - 7][8] = 1


def _masked(mask, y, x):
    product = y * x
    return int(
        (
            (y + x) % 2,
            y % 2,
            x % 3,
            (y + x) % 3,
            (y // 2 + x // 3) % 2,
            product % 2 + product % 3,
            (product % 2 + product % 3) % 2,
            ((y + x) % 2 + product % 3) % 2,
        )[mask]
        == 0
    )


def _penalty(rows):
    score = dark = 0
    column = bytearray(_SIZE)
    for i in range(_SIZE):
        for j in range(_SIZE):
            column[j] = rows[j][i]
        score += _lines(rows[i]) + _lines(column)
        dark += sum(rows[i])
    for y in range(_SIZE - 1):
        for x in range(_SIZE - 1):
            if rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1]:
                score += 3
    return score + 10 * (abs(dark * 20 - _SIZE * _SIZE * 10) // (_SIZE * _SIZE))


def _lines(line):
    score = 0
    run = 1
    for i in range(1, _SIZE + 1):
        if i < _SIZE and line[i] == line[i - 1]:
            run += 1
            continue
        if run >= 5:
            score += run - 2
        run = 1
    text = bytes(line)
    for pattern in (b"\1\0\1\1\1\0\1\0\0\0\0", b"\0\0\0\0\1\0\1\1\1\0\1"):
        at = text.find(pattern)
        while at >= 0:
            score += 40
            at = text.find(pattern, at + 1)
    return score
