"""A meter's key as the grid company writes it. Apart from cipher.py: who checks what an owner has typed
needs no cipher."""


def parse_key(text: str) -> bytes:
    """The 16 octets of a key written as 32 hex digits; white space is allowed between them.

    Raises ValueError with a message that says what is wrong and never repeats the key.
    """
    digits = "".join(text.split()).replace("\u00a0", "")
    for i in range(len(digits)):
        if digits[i] not in "0123456789abcdefABCDEF":
            raise ValueError("character {} of the key is not a hex digit".format(i + 1))
    if len(digits) != 32:
        raise ValueError("a key has 32 hex digits, this one has {}".format(len(digits)))
    return bytes(int(digits[i : i + 2], 16) for i in range(0, 32, 2))
