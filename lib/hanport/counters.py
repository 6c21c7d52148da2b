"""What the line did, in numbers: every fault on the wire moves exactly one of these."""

NAMES = (
    "octets",
    "noise_octets",
    "frames",
    "hcs_errors",
    "fcs_errors",
    "too_long",
    "truncated",
    "not_data",
    "apdu_errors",
    "list_errors",
    "unknown_list",
    "no_key",
    "wrong_key",
    "wrong_auth_key",
    "unknown_security",
    "damaged",
    "replay",
    "downgrade",
    "unverified",
    "readings",
)


class Counters:
    """Integer attributes, one per name in NAMES; they only rise. M-Bus and block transfer count their
    blocks_lost and blocks_repeated here too, which as_dict() leaves out.

    octets, noise_octets: received, and passed over outside any frame
    frames: good frames (HCS and FCS, or the framing's own checksum)
    hcs_errors, fcs_errors, too_long, truncated: damaged or unfinished frames
    not_data: good frames that carry no push message (wrong control field or LLC header)
    apdu_errors, list_errors, unknown_list: message, list structure, or no list we know
    no_key, wrong_key, wrong_auth_key, unknown_security, damaged, replay, downgrade: ciphered
        messages that were not opened, and unverified: opened without a tag to trust (cipher.py)
    readings: lists decoded
    """

    octets: int
    noise_octets: int
    frames: int
    hcs_errors: int
    fcs_errors: int
    too_long: int
    truncated: int
    not_data: int
    apdu_errors: int
    list_errors: int
    unknown_list: int
    no_key: int
    wrong_key: int
    wrong_auth_key: int
    unknown_security: int
    damaged: int
    replay: int
    downgrade: int
    unverified: int
    readings: int

    def __init__(self):
        for name in NAMES:
            setattr(self, name, 0)

    def add(self, name: str) -> None:
        """Count one more `name`; the rare paths use it, the hot path adds to the attribute."""
        setattr(self, name, getattr(self, name, 0) + 1)

    def as_dict(self) -> dict:
        """A copy, name to count."""
        return {name: getattr(self, name) for name in NAMES}
