"""Reading: one list of the meter as integers in base units, and which of them it sent.

Integers because the ESP32's floats have 24 bits: 1006543.21 kWh would become 1006543.2.
"""

# attribute, name in JSON and on the command line, divisor from the one to the other
FIELDS = (
    ("import_w", "import_w", 1),
    ("export_w", "export_w", 1),
    ("import_var", "import_var", 1),
    ("export_var", "export_var", 1),
    ("l1_ma", "l1_a", 1000),
    ("l2_ma", "l2_a", 1000),
    ("l3_ma", "l3_a", 1000),
    ("l1_mv", "l1_v", 1000),
    ("l2_mv", "l2_v", 1000),
    ("l3_mv", "l3_v", 1000),
    ("l1_import_w", "l1_import_w", 1),
    ("l1_export_w", "l1_export_w", 1),
    ("l2_import_w", "l2_import_w", 1),
    ("l2_export_w", "l2_export_w", 1),
    ("l3_import_w", "l3_import_w", 1),
    ("l3_export_w", "l3_export_w", 1),
    ("import_wh", "import_wh", 1),
    ("export_wh", "export_wh", 1),
    ("import_varh", "import_varh", 1),
    ("export_varh", "export_varh", 1),
    ("power_factor_permille", "power_factor", 1000),
)
NAMES = tuple(field[0] for field in FIELDS)
TEXTS = ("list_id", "meter_id", "meter_model")


class Reading:
    """One list. Every name of FIELDS is an int in W, var, mA, mV, Wh, varh or 1/1000, or None when
    the meter did not send it. `list_id`, `meter_id`, `meter_model` are str or None. The clock is as
    sent: `year` None means none (or no valid one), `deviation_min` None means not given,
    `clock_status` the octet as sent. `maker` is "kamstrup", "aidon", ... or None.

    The decoder overwrites one Reading for ever: copy what must outlive the next list.
    """

    year: int | None
    month: int | None
    day: int | None
    hour: int | None
    minute: int | None
    second: int | None
    deviation_min: int | None
    clock_status: int | None
    maker: str | None
    list_id: str | None
    meter_id: str | None
    meter_model: str | None
    import_w: int | None
    export_w: int | None
    import_var: int | None
    export_var: int | None
    l1_ma: int | None
    l2_ma: int | None
    l3_ma: int | None
    l1_mv: int | None
    l2_mv: int | None
    l3_mv: int | None
    l1_import_w: int | None
    l1_export_w: int | None
    l2_import_w: int | None
    l2_export_w: int | None
    l3_import_w: int | None
    l3_export_w: int | None
    import_wh: int | None
    export_wh: int | None
    import_varh: int | None
    export_varh: int | None
    power_factor_permille: int | None

    def __init__(self):
        self.maker = None
        self.year = self.month = self.day = self.hour = self.minute = self.second = None
        self.deviation_min = self.clock_status = None
        for name in TEXTS:
            setattr(self, name, None)
        for name in NAMES:
            setattr(self, name, None)

    def timestamp_text(self):
        """ISO 8601 local time as sent, "2024-06-13T14:00:05", or None."""
        if self.year is None:
            return None
        return "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )

    def has_registers(self) -> bool:
        """True for an hourly list: one that carries an energy register."""
        return self.import_wh is not None or self.export_wh is not None


def decimal_text(value: int, divisor: int) -> str:
    """value / divisor as exact decimal text, without trailing zeros: (231400, 1000) -> "231.4"."""
    if divisor == 1:
        return str(value)
    sign = "-" if value < 0 else ""
    value = abs(value)
    text = sign + str(value // divisor)
    rest = value % divisor
    if rest:
        text += "." + str(divisor + rest)[1:].rstrip("0")
    return text


def text_of(octets: bytes):
    """Printable text without trailing NULs and spaces, other octets as hex; None when empty."""
    octets = octets.rstrip(b"\x00 ")
    for octet in octets:
        if not 0x20 <= octet < 0x7F:
            return octets.hex()
    return octets.decode() or None
