"""Which passwords are refused: short ones, and those that are tried first (tools/common_passwords.py).

No rule about capitals or signs: they make passwords harder to remember, not to guess. Runs on
CPython too, for tools/provision.py.
"""

from hashlib import sha256

_LEAST = 10  # characters
_MOST = 256  # octets


def problem(password: str, common: str = "app/common.bin"):
    """Why a password is refused, as the key of a text, or None. `common` the path of the list."""
    if len(password) < _LEAST:
        return "password_short"
    if len(password.encode()) > _MOST:
        return "password_long"
    lower = password.lower()
    if len(set(lower)) < 4 or _is_common(lower, common) or _is_common(_word(lower), common):
        return "password_common"
    return None


def _word(text):
    """Without the digits and signs before and after: "sommer" of "sommer2026!"."""
    start, end = 0, len(text)
    while start < end and not _is_letter(text[start]):
        start += 1
    while end > start and not _is_letter(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_letter(char):
    return "a" <= char <= "z" or ord(char) > 127


def _is_common(text, path):
    """Whether it is one of the list: three octets of SHA-256 each, sorted, searched on flash."""
    wanted = sha256(text.encode()).digest()[:3]
    with open(path, "rb") as file:
        low, high = 0, file.seek(0, 2) // 3
        while low < high:
            middle = (low + high) // 2
            file.seek(middle * 3)
            found = file.read(3)
            if found == wanted:
                return True
            if found < wanted:
                low = middle + 1
            else:
                high = middle
    return False
