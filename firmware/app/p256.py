"""ECDSA over P-256 with SHA-256: is this signature by that key?  [FIPS 186-5, 6.4.2; SEC 1, 4.1.4]

Verification only, of public things, so nothing here runs in constant time. Loaded while an update
is checked and forgotten afterwards.

Points are Jacobian (x, y, z) standing for (x/z^2, y/z^3), None is the point at infinity. One pass
over the 257 digits of u1 and u2 (non-adjacent forms) doubles once a digit and adds a small odd
multiple of G and of Q at about every sixth. A multiplication and its `%` take 4 us on the Unix port; the
reduction by shifts that FIPS 186 gives for this prime takes 35 us and 8 KB of garbage there, since
each of its twenty steps makes a new integer.
"""

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)
_STEP = 4  # digits from one yield to the next: 1 ms on the Unix port


def on_curve(key: bytes) -> bool:
    """Whether 64 octets, X and Y, are a point of the curve, as a public key must be."""
    x = int.from_bytes(key[:32], "big")
    y = int.from_bytes(key[32:], "big")
    return len(key) == 64 and x < _P and y < _P and (y * y - (x * x - 3) * x - _B) % _P == 0


def verify(key: bytes, digest: bytes, signature: bytes):
    """A generator that yields None while it works, every few milliseconds, and at last whether
    `signature` (64 octets, r and s) of the SHA-256 `digest` was made with `key` (64, X and Y)."""
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < _N and 0 < s < _N) or not on_curve(key):
        yield False
        return
    w = _inverse(s)
    yield None
    digits_g = _digits(int.from_bytes(digest, "big") * w % _N)
    digits_q = _digits(r * w % _N)
    yield None
    odd_g = _odd_multiples(_G)
    odd_q = _odd_multiples((int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big"), 1))
    yield None
    point = None
    for i in range(256, -1, -1):
        point = _double(point)
        for digits, odd in ((digits_g, odd_g), (digits_q, odd_q)):
            digit = digits[i]
            if digit:
                x, y, z = odd[abs(digit - 128) >> 1]
                point = _add(point, (x, y if digit > 128 else _P - y, z))
        if i % _STEP == 0:
            yield None
    if point is None:
        yield False
        return
    z2 = point[2] * point[2] % _P
    # x is below P and r below N < P: x mod N is r when x is r or r + N
    yield r * z2 % _P == point[0] or (r + _N < _P and (r + _N) * z2 % _P == point[0])


def _inverse(s):
    """1/s modulo N, by Euclid."""
    low, high = s, _N
    a, b = 1, 0
    while low > 1:
        times = high // low
        high, low = low, high - times * low
        b, a = a, b - times * a
    return a % _N


def _digits(number):
    """The number's non-adjacent form: 257 octets, the least first, 0 or 128 + an odd digit from
    -15 to 15, of any five in a row at most one is not 0."""
    digits = bytearray(257)
    i = 0
    while number:
        if number & 1:
            digit = number & 31
            if digit > 15:
                digit -= 32
            digits[i] = 128 + digit
            number -= digit
        number >>= 1
        i += 1
    return digits


def _odd_multiples(point):
    """[1, 3, 5 ... 15] times the point."""
    twice = _double(point)
    odd = [point]
    for _ in range(7):
        odd.append(_add(odd[-1], twice))
    return odd


def _double(point):
    if point is None:
        return None
    x, y, z = point
    z2 = z * z % _P
    y2 = y * y % _P
    s = 4 * x * y2 % _P
    m = 3 * (x - z2) * (x + z2) % _P
    x = (m * m - 2 * s) % _P
    # No point has order two, so y is not 0
    return x, (m * (s - x) - 8 * y2 * y2) % _P, 2 * y * z % _P


def _add(a, b):
    if a is None:
        return b
    x1, y1, z1 = a
    x2, y2, z2 = b
    square = z1 * z1 % _P
    x2 = x2 * square % _P
    y2 = y2 * square * z1 % _P
    if z2 != 1:
        square = z2 * z2 % _P
        x1 = x1 * square % _P
        y1 = y1 * square * z2 % _P
        z1 = z1 * z2 % _P
    h = (x2 - x1) % _P
    r = (y2 - y1) % _P
    if h == 0:
        return None if r else _double(a)
    h2 = h * h % _P
    h3 = h2 * h % _P
    v = x1 * h2 % _P
    x = (r * r - h3 - 2 * v) % _P
    return x, (r * (v - x) - y1 * h3) % _P, z1 * h % _P
