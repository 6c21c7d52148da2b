"""AES-128-GCM against the NIST and Wycheproof vectors, with either GHASH."""

import struct

from support import Random

from hanport import gcm, ghash
from hanport.gcm import Gcm

VECTORS = __file__.rsplit("/", 1)[0] + "/../../vectors/gcm_aes128.bin"


def hashers():
    """The integer GHASH, and the native one where it loads."""
    return (ghash,) if gcm.ghash is ghash else (ghash, gcm.ghash)


def vectors():
    """(valid, key, IV, additional data, ciphertext, tag, plaintext) of every vector."""
    with open(VECTORS, "rb") as file:
        while True:
            head = file.read(6)
            if not head:
                return
            valid, tag, additional, text = struct.unpack(">BBHH", head)
            sizes = (16, 12, additional, text, tag, text if valid else 0)
            yield (valid,) + tuple(file.read(size) for size in sizes)


def test_published_vectors():
    valid_ones = count = 0
    for valid, key, nonce, aad, ciphertext, tag, plaintext in vectors():
        for hasher in hashers():
            message = Gcm(key, hasher)
            buf = bytearray(ciphertext)
            message.start(bytearray(nonce), len(buf))
            message.hash(aad, 0, len(aad))
            message.hash(buf, 0, len(buf))
            message.finish(len(aad), len(buf))
            assert (bytes(message.tag[: len(tag)]) == tag) == bool(valid)
            if valid:
                message.crypt(buf, 0, len(buf))
                assert bytes(buf) == plaintext
        count += 1
        valid_ones += valid
    assert (count, valid_ones) == (1567, 1158)


def test_both_ghash_give_the_same():
    random = Random(31)
    for size in list(range(34)) + [500, 511, 512, 513, 1500]:
        data = bytearray(random.octets(size + 7))
        key = random.octets(16)
        tags = set()
        for hasher in hashers():
            state = hasher.new(key)
            hasher.reset(state)
            hasher.update(state, data, 3, size)
            out = bytearray(16)
            hasher.digest(state, out)
            tags.add(bytes(out))
        assert len(tags) == 1
