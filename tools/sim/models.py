"""The meters that can be simulated: maker, net and which quantities the type measures."""

from types import ModuleType
from typing import NamedTuple

from sim import aidon, kaifa, kamstrup
from sim.values import INSTANT, REGISTERS


class MeterType(NamedTuple):
    """One type of meter. `net` is "1p", "it" or "tn"."""

    maker: ModuleType
    net: str
    model: str
    number: str  # of the meter, all but the last four digits; invented
    names: frozenset[str]  # what it sends, in base units
    padded: bool = True  # Kamstrup: nulls for what is not measured, instead of shorter lists


_ALL = frozenset(INSTANT + REGISTERS)
_ONE_PHASE = _ALL - {"l2_ma", "l3_ma", "l2_mv", "l3_mv"}
_NO_L2_CURRENT = _ALL - {"l2_ma"}
_ONE_QUADRANT = frozenset(("import_w", "l1_ma", "l1_mv", "import_wh"))

_KAMSTRUP, _AIDON, _KAIFA = "570656000000", "735999000000", "697063000000"

METERS = {
    "kamstrup-tn": MeterType(kamstrup, "tn", "6841131BN243101040", _KAMSTRUP, _ALL),
    "kamstrup-it": MeterType(kamstrup, "it", "6841121BN243101040", _KAMSTRUP, _NO_L2_CURRENT),
    "kamstrup-1p": MeterType(kamstrup, "1p", "6861111BN242101040", _KAMSTRUP, _ONE_PHASE),
    # As the interface description has them: what is not measured is not pushed.
    "kamstrup-it-short": MeterType(
        kamstrup, "it", "6841121BN243101040", _KAMSTRUP, _NO_L2_CURRENT, False
    ),
    "kamstrup-1p-short": MeterType(
        kamstrup, "1p", "6861111BN242101040", _KAMSTRUP, _ONE_QUADRANT, False
    ),
    "aidon-tn": MeterType(aidon, "tn", "6534", _AIDON, _ALL),
    "aidon-it": MeterType(aidon, "it", "6525", _AIDON, _NO_L2_CURRENT),
    "aidon-1p": MeterType(aidon, "1p", "6515", _AIDON, _ONE_PHASE),
    "kaifa-tn": MeterType(kaifa, "tn", "MA304H4", _KAIFA, _ALL),
    "kaifa-it": MeterType(kaifa, "it", "MA304H3E", _KAIFA, _ALL),
    "kaifa-1p": MeterType(kaifa, "1p", "MA105H2E", _KAIFA, _ONE_PHASE),
}
