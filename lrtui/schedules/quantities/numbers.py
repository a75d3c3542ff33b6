"""Kinds that are numbers: how far a notch goes, and which numbers differ enough to be compared."""

import builtins
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from lrtui.schedules.number_text import format_bound, format_number, read_number
from lrtui.schedules.quantities.base import Quantity

FLOAT32_MAX = 3.4028234663852886e38
FLOAT32_TINY = 2.0**-126
"""What is smaller is 0 in a training."""

_TENTHS_OF_A_DECADE = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)
"""The preferred numbers of series R10 (ISO 3): ten equal steps a decade, rounded."""
_ONE_TWO_FIVE = (1.0, 2.0, 5.0)
_HIGHEST_TURNED = 1e30
_RATIO = 1.3
"""Values that differ by less show curves that hardly differ."""


class Number(Quantity, frozen=True):
    """A number that is typed and not turned, or several. Bounds are inclusive."""

    low: float = 0.0
    high: float = math.inf

    by_ratio: ClassVar[bool] = False
    """Whether values are compared by their ratio, so that 0 and none do not say how large."""

    def allowed(self, type: type, many: bool) -> str:
        """The type and the bounds."""
        low, high = format_bound(self.low), format_bound(self.high)
        if low == high:
            return f"must be {low}"
        if many:
            noun = "integers" if type is int else "finite numbers"
        else:
            noun = "an integer" if type is int else "a finite number"
        bounds = f"from {low} to {high}" if self.high < FLOAT32_MAX else f">= {low}"
        return f"must be {noun} {bounds}" + (f", as in {self.example}" if many else "")

    def accepts(self, value: Any, type: type) -> bool:
        """A number within the bounds, whole where the type is int."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        within = self.low <= value <= min(self.high, FLOAT32_MAX)
        return within and (type is float or value == int(value))

    def accepts_all(self, values: Sequence[Any], type: type) -> bool:
        """Whether all values are of the type itself, and allowed: as fast as a sum of them."""
        given = {*map(builtins.type, values)}
        if given != {type} or (type is float and not all(map(math.isfinite, values))):
            return False
        return bool(self.low <= min(values) and max(values) <= min(self.high, FLOAT32_MAX))

    def read(self, text: str, type: type) -> Any:
        """``1e-3``, ``10k``."""
        return read_number(text)

    def write(self, value: Any) -> str:
        """As short as it can be."""
        return format_number(value)

    def turn(self, value: Any, notches: int, coarse: bool, type: type) -> Any:
        """Notch by notch; a value that is not set turned up becomes 0.1 or 1."""
        if not self.turns:
            return value
        if value is None:
            return type(0.1 if type is float else 1) if notches > 0 else None
        for _ in range(abs(notches)):
            value = self.next(value, notches > 0, coarse)
        high = min(self.high, _HIGHEST_TURNED if type is float else self.high)
        return type(min(max(value, self.low), high))

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """The value a notch further up or down; it need not be within the bounds."""
        raise NotImplementedError

    def around(self, value: float) -> list[float]:
        """Round values below and above this one, ascending; they need not be within the bounds."""
        raise NotImplementedError

    def differ(self, one: float, other: float) -> bool:
        """Whether two values are far enough from each other to be told apart in a picture."""
        return _ratio(one, other) >= _RATIO

    def between(self, low: float, high: float, count: int) -> list[float]:
        """So many values from `low` to `high`, both among them, as far from each other as curves
        are; rounded to three digits, so that a person can write them.

        Raises:
            ValueError: they go by ratios, and the lower is 0.
        """
        if self.by_ratio:
            if low <= 0:
                raise ValueError("a range that goes by ratios begins above 0")
            values = by_ratio(low, high, count)
        else:
            values = [low + (high - low) * place / (count - 1) for place in range(count)]
        return [min(max(rounded(one), low), high) for one in values]

    def compared(
        self, value: Any, count: int, scale: float | None, default: Any, type: type
    ) -> tuple[Any, ...]:
        """As many below the present value as above it, where there are."""
        if not self.turns:
            return (value,)
        if self.by_ratio and (value or 0) < FLOAT32_TINY:
            largest = scale or default or (0.1 if type is float else 1000)
            values = [one for one in self._allowed_around(largest, type) if one <= largest]
            return (value, *values[max(0, len(values) - count + 1) :])
        if value is None:
            return (None, *self._allowed_around(self.low, type)[: count - 1])
        values = [one for one in self._allowed_around(value, type) if self.differ(one, value)]
        below = [one for one in values if one < value]
        above = [one for one in values if one > value]
        fewest = max((count - 1) // 2, count - 1 - len(above))
        below = below[max(0, len(below) - fewest) :]
        return (*below, value, *above[: count - 1 - len(below)])

    def _allowed_around(self, value: float, type: type) -> list[Any]:
        allowed = (one for one in self.around(value) if self.low <= one <= self.high)
        return [type(one) for one in allowed if type is float or one % 1 == 0]


class NumberPairs(Number, frozen=True):
    """Numbers in pairs, written as a dict: step and factor."""

    def from_literal(self, value: Any, many: bool) -> Any:
        """The pairs of a dict in a row: ``{300: 0.1}`` as 300, 0.1."""
        if isinstance(value, dict):
            return [number for pair in value.items() for number in pair]
        return value


class Rate(Number, frozen=True):
    """A learning rate."""

    turned_by: ClassVar[str] = "a tenth of a decade; coarse: a decade"
    notches_at_once: ClassVar[int] = 2
    by_ratio: ClassVar[bool] = True

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """The next preferred number; below 1e-12 there is only 0."""
        return next_in_series(_TENTHS_OF_A_DECADE, 1e-12, value, up, coarse)

    def around(self, value: float) -> list[float]:
        """1, 2, 5 of the decades around."""
        return decades_around(_ONE_TWO_FIVE, value)


class OneTwoFive(Number, frozen=True):
    """An amount of something, such as steps or units, whose ratio counts."""

    turned_by: ClassVar[str] = "1, 2, 5, 10; coarse: a decade"
    notches_at_once: ClassVar[int] = 1
    by_ratio: ClassVar[bool] = True

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """The next of 1, 2, 5; below 1 there is only 0."""
        return next_in_series(_ONE_TWO_FIVE, 1, value, up, coarse)

    def around(self, value: float) -> list[float]:
        """1, 2, 5 of the decades around."""
        return decades_around(_ONE_TWO_FIVE, value)


class Integer(Number, frozen=True):
    """A small count, or a number that only tells things apart, such as a seed."""

    turned_by: ClassVar[str] = "one; coarse: ten"

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """The next whole number."""
        return add("1", value, up, coarse)

    def around(self, value: float) -> list[float]:
        """The whole numbers around."""
        return [value + by for by in range(-9, 10)]

    def differ(self, one: float, other: float) -> bool:
        """Each from each."""
        return one != other


class Tenths(Number, frozen=True):
    """A number around 1, such as a power or a multiplier."""

    turned_by: ClassVar[str] = "a tenth; coarse: one"
    notches_at_once: ClassVar[int] = 5
    by_ratio: ClassVar[bool] = True

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """The next tenth."""
        return add("0.1", value, up, coarse)

    def around(self, value: float) -> list[float]:
        """Some of each decade around."""
        return decades_around((1, 1.5, 2, 3, 5), value)


class Signed(Tenths, frozen=True):
    """A number that may be negative: its difference counts, not its ratio."""

    by_ratio: ClassVar[bool] = False

    def around(self, value: float) -> list[float]:
        """One apart."""
        return [value + by for by in range(-9, 10)]

    def differ(self, one: float, other: float) -> bool:
        """Each from each."""
        return one != other


class Hundredths(Number, frozen=True):
    """A part of a whole."""

    turned_by: ClassVar[str] = "a hundredth; coarse: a tenth"
    notches_at_once: ClassVar[int] = 5

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """The next hundredth."""
        return add("0.01", value, up, coarse)

    def around(self, value: float) -> list[float]:
        """The tenths around."""
        return [round(math.floor(value * 10 + by) / 10, 1) for by in range(-9, 10)]

    def differ(self, one: float, other: float) -> bool:
        """Half a tenth."""
        return abs(one - other) >= 0.05


def by_ratio(low: float, high: float, count: int) -> list[float]:
    """So many numbers from `low` to `high`, each the same multiple of the one before."""
    share = [place / (count - 1) for place in range(count)]
    return [math.exp(math.log(low) + math.log(high / low) * one) for one in share]


def rounded(value: float) -> float:
    """To as many digits as a person would write."""
    return float(f"{value:.3g}")


def add(step: str, value: float, up: bool, coarse: bool) -> float:
    """The value a step up or down, ten if `coarse`; in decimals, so that 0.1 + 0.2 is 0.3."""
    by = Decimal(step) * (10 if coarse else 1)
    return float(Decimal(repr(value)) + (by if up else -by))


def next_in_series(
    series: tuple[float, ...], smallest: float, value: float, up: bool, coarse: bool
) -> float:
    """The next number of a series that every decade has; below `smallest` there is only 0."""
    if value < smallest or (value == smallest and not up):
        return smallest if up else 0
    if coarse:
        return float(Decimal(repr(value)).scaleb(1 if up else -1))
    exponent = math.floor(math.log10(value))
    grid = [
        float(Decimal(repr(one)).scaleb(power))
        for power in (exponent - 1, exponent, exponent + 1)
        for one in series
    ]
    return grid[bisect_right(grid, value)] if up else grid[bisect_left(grid, value) - 1]


def decades_around(series: tuple[float, ...], value: float) -> list[float]:
    """The numbers of a series in the decades around a value, ascending."""
    exponent = math.floor(math.log10(value))
    return [
        float(f"{one}e{power}") for power in range(exponent - 4, exponent + 5) for one in series
    ]


def _ratio(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return high / low if low > 0 else math.inf if high > 0 else 1.0
