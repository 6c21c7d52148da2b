"""What goes wrong while the sources are made small."""


class ShrinkError(Exception):
    """A source has what a step cannot do, or a step lacks what it needs; the message says what."""
