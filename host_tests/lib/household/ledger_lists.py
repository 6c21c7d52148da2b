"""Lists given to a ledger by hand, at hours counted from H."""

import json

from household.ledger import Ledger
from household.record import NEW_METER

H = 505000  # an hour to start from, unix // 3600


def at(hour, second=25):
    return (H + hour) * 3600 + second


def put(ledger, hour, import_wh, export_wh=0, second=25, meter="42", doubtful=False):
    """One list; the records as (hour - H, span, quality, import, export, register, flags)."""
    return [
        (r.hour - H, r.span, r.quality, r.import_wh, r.export_wh, r.import_reg_wh, r.flags)
        for r in ledger.on_registers(import_wh, export_wh, at(hour, second), meter, doubtful)
    ]


def based(register=1000000, hour=0, **rest):
    """A ledger with its base at H + hour and the first record's flag spent."""
    ledger = Ledger()
    assert put(ledger, hour - 1, register, **rest) == []
    assert put(ledger, hour, register, **rest)[0][6] == NEW_METER
    return ledger


def power(ledger, first, end, watt, export=0, every=10):
    """Lists with a power from second `first` to `end` (from H on), ms counting with them."""
    for second in range(first, end, every):
        ledger.on_power(watt, export, H * 3600 + second, second * 1000)


def reborn(ledger, last=None):
    """The ledger after a restart, its state through JSON as on flash."""
    text = json.dumps(ledger.state())
    assert len(text) < 120
    after = Ledger()
    after.restore(json.loads(text), last)
    return after
