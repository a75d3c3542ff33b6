"""The kind of a factor that applies again and again, so that 0.99 and 0.999 are far apart."""

from decimal import ROUND_CEILING, Decimal
from typing import ClassVar

from lrtui.schedules.quantities.numbers import Number, by_ratio, rounded

_FINEST, _HUNDREDTHS, _TENTHS = -5, -2, -1
"""Powers of ten in which what is missing to 1 is turned."""
_ROUND = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99),
    *(0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999, 1.0),
    *(1.00001, 1.00002, 1.00005, 1.0001, 1.0002, 1.0005, 1.001, 1.002, 1.005, 1.01),
    *(1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
)
"""1, 2, 5 of what they are short of 1, or beyond it."""


class NearOne(Number, frozen=True):
    """A factor that applies again and again: a notch is counted in what is missing to 1."""

    turned_by: ClassVar[str] = (
        "a hundredth, near 1 finer: 0.99, 0.991, 0.992; coarse: 0.9, 0.99, 0.999"
    )
    notches_at_once: ClassVar[int] = 2

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """Nearer to 1 or farther from it, on either side."""
        exact = Decimal(repr(value))
        away = exact == 1 or up == (exact > 1)
        missing = (_more if away else _less)(abs(1 - exact), coarse)
        above = up if exact == 1 else exact > 1
        return float(1 + missing if above else 1 - missing)

    def around(self, value: float) -> list[float]:
        """Round ones, to either side of 1."""
        return [0.99, 0.999, 1.001, 1.01] if value == 1 else list(_ROUND)

    def differ(self, one: float, other: float) -> bool:
        """By their ratio, or by that of what is missing to 1."""
        return super().differ(one, other) or super().differ(abs(1 - one), abs(1 - other))

    def between(self, low: float, high: float, count: int) -> list[float]:
        """Below 1 by the ratio of what is missing to 1."""
        if high >= 1:
            return super().between(low, high, count)
        missing = (rounded(one) for one in by_ratio(1 - low, 1 - high, count))
        return [min(max(float(f"{1 - one:.12g}"), low), high) for one in missing]


def _more(missing: Decimal, coarse: bool) -> Decimal:
    power = missing.adjusted() if missing else _FINEST - 1
    if coarse and power < _TENTHS:
        return Decimal(1).scaleb(max(power + 1, _FINEST))
    grid = _grid(power, coarse)
    return (missing // grid + 1) * grid


def _less(missing: Decimal, coarse: bool) -> Decimal:
    power = missing.adjusted()
    if missing == Decimal(1).scaleb(power):
        power -= 1
    if coarse and power < _TENTHS:
        return Decimal(1).scaleb(power) if power >= _FINEST else Decimal(0)
    grid = _grid(power, coarse)
    return ((missing / grid).to_integral_value(ROUND_CEILING) - 1) * grid


def _grid(power: int, coarse: bool) -> Decimal:
    return Decimal(1).scaleb(_TENTHS if coarse else min(max(power, _FINEST), _HUNDREDTHS))
