"""AES-128-GCM (NIST SP 800-38D) in place, for messages with a nonce of 96 bits.

MicroPython has AES in ECB mode only. The counter blocks of a whole frame, J0 first, go through it
in one call; GHASH is native code, or plain integers where native code cannot be loaded.
Nothing is allocated per frame but a few views.
"""
# pyright: reportArgumentType=false, reportMissingParameterType=false

try:
    from cryptolib import aes
except ImportError:
    from hanport.aes_host import aes

try:
    from hanport import ghash_viper as ghash
except (ImportError, ValueError, SyntaxError, MemoryError):
    # no such file, an .mpy made for another chip, no native code in this MicroPython, or no room
    # where the chip keeps it
    from hanport import ghash

_BLOCKS = 32  # 512 octets in one call: the longest list seen ciphered has 480


class Gcm:
    """One key. start() a message, then tag() and crypt() in any order.

    `hasher` is which of the two modules hashes; a test hands in the other one.
    """

    def __init__(self, key: bytes, hasher=ghash):
        """`key`: 16 octets."""
        self._ghash = hasher
        self._aes = aes(key, 1)
        self._stream = bytearray(16 * _BLOCKS + 16)
        self._view = memoryview(self._stream)
        block = self._view[:16]
        self._aes.encrypt(block, block)
        self._state = hasher.new(block)
        self._j0 = bytearray(16)
        self._lengths = bytearray(16)
        self._nonce = bytearray(12)
        self.tag = bytearray(16)

    def start(self, nonce: bytearray, size: int) -> None:
        """A message of `size` octets under a nonce of 12 (kept, not copied)."""
        self._nonce = nonce
        self._keystream(2, size)
        self._j0[:] = self._view[:16]
        self._ghash.reset(self._state)

    def hash(self, buf: bytearray, at: int, size: int) -> None:
        """Feed buf[at:at+size]: the additional data, then the ciphertext, each padded."""
        self._ghash.update(self._state, buf, at, size)

    def finish(self, additional: int, size: int) -> None:
        """The tag into `self.tag`, given how many octets of additional data and ciphertext it covers."""
        lengths = self._lengths
        for i in range(5):  # bit lengths of 64 bits; 40 are more than any frame has
            lengths[7 - i] = additional << 3 >> (i << 3) & 0xFF
            lengths[15 - i] = size << 3 >> (i << 3) & 0xFF
        tag = self.tag
        self._ghash.update(self._state, lengths, 0, 16)
        self._ghash.digest(self._state, tag)
        for i in range(16):
            tag[i] ^= self._j0[i]

    def crypt(self, buf: bytearray, at: int, size: int) -> None:
        """Encrypt or decrypt the `size` octets of start() at buf[at:], in place."""
        first = 2
        while size > 0:
            if first > 2:
                self._keystream(first, size)
            part = min(size, 16 * _BLOCKS)
            self._ghash.xor(buf, at, self._stream, part)
            at += part
            size -= part
            first += _BLOCKS

    def peek(self, octet: int) -> int:
        """What the first octet of the message decrypts to; valid until crypt()."""
        return octet ^ self._stream[16]

    def _keystream(self, first: int, size: int) -> None:
        blocks = min((size + 15) >> 4, _BLOCKS)
        self._ghash.counters(self._stream, self._nonce, first, blocks)
        view = self._view[: 16 * blocks + 16]
        self._aes.encrypt(view, view)
