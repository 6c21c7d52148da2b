"""AES on CPython, in the shape of MicroPython's cryptolib.aes; needs the package `cryptography`."""

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ImportError as missing:
    raise ImportError(
        "reading an encrypted meter needs the Python package 'cryptography'"
    ) from missing


class aes:
    """`aes(key, 1)`: ECB under a key of 16 octets, to encrypt with."""

    def __init__(self, key: bytes, mode: int):
        if mode != 1:
            raise ValueError("mode")
        self._ecb = Cipher(algorithms.AES(bytes(key)), modes.ECB()).encryptor()

    def encrypt(self, blocks: memoryview, out: memoryview) -> None:
        """Encrypt whole blocks of 16 octets into `out`, which may be `blocks` itself."""
        out[:] = self._ecb.update(blocks)
