"""GHASH and the counter blocks of GCM (NIST SP 800-38D 6.4, 6.5) with Python's integers.

For CPython, and for a MicroPython that cannot load ghash_viper: same names, same results.
"""


def new(h: memoryview) -> list:
    """State for the hash key `h`, 16 octets: 16 multiples of H, 16 reductions, Y."""
    state = [0] * 33
    state[8] = int.from_bytes(h, "big")
    state[24] = 0xE1 << 120
    for k in (4, 2, 1):
        # halving the index is a multiplication by x: one bit to the right
        double = state[2 * k]
        state[k] = double >> 1 ^ (0xE1 << 120 if double & 1 else 0)
        state[16 + k] = state[16 + 2 * k] >> 1
    for k in (2, 4, 8):
        for j in range(1, k):
            state[k + j] = state[k] ^ state[j]
            state[16 + k + j] = state[16 + k] ^ state[16 + j]
    return state


def reset(state: list) -> None:
    """Y = 0: a new message under the same key."""
    state[32] = 0


def update(state: list, buf: bytearray, at: int, size: int) -> None:
    """Hash buf[at:at+size], the last block padded with zeros."""
    y = state[32]
    end = at + size
    while at < end:
        stop = min(at + 16, end)
        y ^= int.from_bytes(buf[at:stop], "big") << 8 * (at + 16 - stop)
        at += 16
        z = 0
        for _ in range(32):
            z = z >> 4 ^ state[16 + (z & 15)] ^ state[y & 15]
            y >>= 4
        y = z
    state[32] = y


def digest(state: list, out: bytearray) -> None:
    """Y into out[0:16]."""
    out[:16] = state[32].to_bytes(16, "big")


def counters(stream: bytearray, nonce: bytearray, first: int, count: int) -> None:
    """J0, then `count` counter blocks from `first` on, into `stream`; the nonce has 12 octets."""
    for at in range(0, 16 * count + 16, 16):
        stream[at : at + 12] = nonce
        value = first + (at >> 4) - 1 if at else 1
        stream[at + 12 : at + 16] = value.to_bytes(4, "big")


def xor(buf: bytearray, at: int, stream: bytearray, size: int) -> None:
    """buf[at:at+size] ^= stream[16:16+size]."""
    end = at + size
    plain = int.from_bytes(buf[at:end], "big") ^ int.from_bytes(stream[16 : 16 + size], "big")
    buf[at:end] = plain.to_bytes(size, "big")
