"""The package's exceptions. None of them leaves MeterDecoder: there they become counters."""


class HANError(ValueError):
    """Base of everything the package raises about octets from the wire."""


class ApduError(HANError):
    """The LLC header or the APDU around the list is not one a meter pushes."""


class CipherError(HANError):
    """A ciphered APDU that cannot be opened; `counter` names what went wrong."""

    def __init__(self, counter: str):
        super().__init__(counter)
        self.counter = counter


class ListError(HANError):
    """The A-XDR structure or a value in the list is malformed."""
