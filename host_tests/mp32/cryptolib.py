"""cryptolib for the WebAssembly build of MicroPython, which has none: AES-128 in ECB mode, encrypting
only (FIPS 197). For `make test-words`; slow."""


def _times_two(octet):
    octet <<= 1
    return octet ^ 0x11B if octet & 0x100 else octet


def _make_box():
    # FIPS 197, 5.1.1: the inverse in GF(2^8), by way of powers of 3 and of its inverse, then an
    # affine map
    box = bytearray(256)
    power = inverse = 1
    while True:
        power ^= _times_two(power)
        inverse ^= inverse << 1
        inverse ^= inverse << 2
        inverse ^= inverse << 4
        inverse &= 255
        if inverse & 128:
            inverse ^= 9
        twice = inverse << 8 | inverse
        mapped = inverse ^ (twice >> 7) ^ (twice >> 6) ^ (twice >> 5) ^ (twice >> 4)
        box[power] = (mapped ^ 0x63) & 255
        if power == 1:
            break
    box[0] = 0x63
    return box


_BOX = _make_box()


class aes:
    """aes(key, 1).encrypt(data[, out])."""

    def __init__(self, key, mode):
        if mode != 1 or len(key) != 16:
            raise ValueError("mode")
        words = [list(key[i : i + 4]) for i in range(0, 16, 4)]
        constant = 1
        for i in range(4, 44):
            word = words[-1]
            if i % 4 == 0:
                word = [_BOX[octet] for octet in word[1:] + word[:1]]
                word[0] ^= constant
                constant = _times_two(constant)
            words.append([a ^ b for a, b in zip(words[i - 4], word)])
        self._keys = [
            [octet for word in words[i : i + 4] for octet in word] for i in range(0, 44, 4)
        ]

    def encrypt(self, data, out=None):
        """ECB of whole blocks, into `out` when it is given."""
        if len(data) % 16:
            raise ValueError("blksize % 16")
        done = bytearray(len(data)) if out is None else out
        for at in range(0, len(data), 16):
            done[at : at + 16] = self._block(data[at : at + 16])
        return bytes(done) if out is None else out

    def _block(self, block):
        state = [a ^ b for a, b in zip(block, self._keys[0])]
        for number in range(1, 11):
            # SubBytes and ShiftRows: row r of column c comes from column c + r
            state = [_BOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if number < 10:
                state = [octet for i in range(0, 16, 4) for octet in _mix(state[i : i + 4])]
            state = [a ^ b for a, b in zip(state, self._keys[number])]
        return bytes(state)


def _mix(column):
    every = column[0] ^ column[1] ^ column[2] ^ column[3]
    return [column[i] ^ every ^ _times_two(column[i] ^ column[(i + 1) % 4]) for i in range(4)]
