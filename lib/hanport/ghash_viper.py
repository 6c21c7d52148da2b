# ruff: noqa: F821  (ptr8 and ptr32 are viper's own names)
"""GHASH and the counter blocks of GCM (NIST SP 800-38D 6.4, 6.5) in native code.

Same names and results as ghash.py, which stands in where this file cannot be loaded. Opening a
480-octet frame takes 24 us with this one and 490 us with that one, and leaves 0.3 KB of garbage
instead of 240 KB (Unix port, 64 bits).

The state is words of 32 bits: 16 multiples of H by four bits, 16 reductions, Y. A viper int has the
machine's width, so every right shift masks what came in from above, and bits above 31 are never
looked at: the same on 32- and 64-bit. No constant is above 30 bits, the small-int limit of the ESP32.
"""
# pyright: reportArgumentType=false

import sys

if sys.implementation.name != "micropython":
    raise ImportError("viper is MicroPython's")

import micropython


def new(h: memoryview) -> bytearray:
    """State for the hash key `h`, 16 octets; kept per key."""
    state = bytearray(336)
    _table(state, h)
    return state


@micropython.viper
def _table(t: ptr32, h: ptr8):
    i = 0
    while i < 4:
        j = i << 2
        t[32 + i] = h[j] << 24 | h[j + 1] << 16 | h[j + 2] << 8 | h[j + 3]
        i += 1
    # t[4k:4k+4] = k * H; halving the index is a multiplication by x: one bit to the right
    t[72] = 0xE1 << 8
    k = 8
    while k > 1:
        a = k << 2
        b = k << 1
        carry = t[a + 3] & 1
        t[b + 3] = ((t[a + 3] >> 1) & 0x3FFFFFFF) | ((t[a + 3] >> 31) & 1) << 30 | t[a + 2] << 31
        t[b + 2] = ((t[a + 2] >> 1) & 0x3FFFFFFF) | ((t[a + 2] >> 31) & 1) << 30 | t[a + 1] << 31
        t[b + 1] = ((t[a + 1] >> 1) & 0x3FFFFFFF) | ((t[a + 1] >> 31) & 1) << 30 | t[a] << 31
        t[b] = ((t[a] >> 1) & 0x3FFFFFFF) | ((t[a] >> 31) & 1) << 30
        if carry:
            carry = 0xE1
            t[b] = t[b] ^ carry << 24
        k >>= 1
        # what the four bits shifted out at the right come back as, still 16 bits wide
        t[64 + k] = t[64 + (k << 1)] >> 1
    k = 2
    while k < 16:
        j = 1
        while j < k:
            i = 0
            while i < 4:
                t[((k + j) << 2) + i] = t[(k << 2) + i] ^ t[(j << 2) + i]
                i += 1
            t[64 + k + j] = t[64 + k] ^ t[64 + j]
            j += 1
        k <<= 1
    k = 1
    while k < 16:
        t[64 + k] = t[64 + k] << 16
        k += 1


@micropython.viper
def reset(t: ptr32):
    """Y = 0: a new message under the same key."""
    t[80] = 0
    t[81] = 0
    t[82] = 0
    t[83] = 0


@micropython.viper
def update(t: ptr32, buf: ptr8, at: int, size: int):
    """Hash buf[at:at+size], the last block padded with zeros."""
    end = at + size
    while at < end:
        j = 80
        if end - at > 15:
            while j < 84:
                t[j] = t[j] ^ (buf[at] << 24 | buf[at + 1] << 16 | buf[at + 2] << 8 | buf[at + 3])
                at += 4
                j += 1
        else:
            shift = 24
            while at < end:
                t[j] = t[j] ^ buf[at] << shift
                at += 1
                shift -= 8
                if shift < 0:
                    shift = 24
                    j += 1
        z0 = 0
        z1 = 0
        z2 = 0
        z3 = 0
        j = 83
        while j > 79:
            w = t[j]
            k = 8
            while k:
                m = (w & 15) << 2
                r = 64 + (z3 & 15)
                z3 = (((z3 >> 4) & 0x0FFFFFFF) | z2 << 28) ^ t[m + 3]
                z2 = (((z2 >> 4) & 0x0FFFFFFF) | z1 << 28) ^ t[m + 2]
                z1 = (((z1 >> 4) & 0x0FFFFFFF) | z0 << 28) ^ t[m + 1]
                z0 = ((z0 >> 4) & 0x0FFFFFFF) ^ t[r] ^ t[m]
                w >>= 4
                k -= 1
            j -= 1
        t[80] = z0
        t[81] = z1
        t[82] = z2
        t[83] = z3


@micropython.viper
def digest(t: ptr32, out: ptr8):
    """Y into out[0:16]."""
    i = 0
    while i < 16:
        out[i] = t[80 + (i >> 2)] >> (24 - ((i & 3) << 3))
        i += 1


@micropython.viper
def counters(stream: ptr8, nonce: ptr8, first: int, count: int):
    """J0, then `count` counter blocks from `first` on, into `stream`; the nonce has 12 octets."""
    value = 1
    at = 0
    while count >= 0:
        i = 0
        while i < 12:
            stream[at + i] = nonce[i]
            i += 1
        stream[at + 12] = value >> 24
        stream[at + 13] = value >> 16
        stream[at + 14] = value >> 8
        stream[at + 15] = value
        value = first
        first += 1
        at += 16
        count -= 1


@micropython.viper
def xor(buf: ptr8, at: int, stream: ptr8, size: int):
    """buf[at:at+size] ^= stream[16:16+size]."""
    i = 0
    while i < size:
        buf[at + i] = buf[at + i] ^ stream[16 + i]
        i += 1
