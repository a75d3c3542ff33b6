"""Turning a value by notches: what the arrow keys do, as a pure function."""

import math
from bisect import bisect_left, bisect_right
from decimal import Decimal
from typing import Any

from lrtui.schedules.parameters import Parameter, Turn

_TENTHS_OF_A_DECADE = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)
"""The preferred numbers of series R10 (ISO 3): ten equal steps a decade, rounded."""
_ONE_TWO_FIVE = (1.0, 2.0, 5.0)
_SMALLEST_RATE = 1e-12
_STEP = {Turn.ONES: "1", Turn.TENTHS: "0.1", Turn.HUNDREDTHS: "0.01"}


def turn(parameter: Parameter, value: Any, notches: int, coarse: bool = False) -> Any:
    """The value some notches further up (positive) or down, within its bounds.

    A value at its bound, or one that is typed and not turned, comes back as it is. None (an
    optional value that is not set) turned up becomes 0.1 or 1; nothing turned becomes None.
    """
    quantity = parameter.quantity
    if quantity.turn is Turn.NONE or notches == 0:
        return value
    if quantity.turn is Turn.CHOICES:
        choices: tuple[Any, ...] = quantity.choices or (False, True)
        return choices[(choices.index(value) + notches) % len(choices)]
    if value is None:
        return parameter.kind(0.1 if parameter.kind is float else 1) if notches > 0 else None
    for _ in range(abs(notches)):
        value = _notch(quantity.turn, value, notches > 0, coarse)
    high = min(quantity.high, 1e30 if parameter.kind is float else quantity.high)
    return parameter.kind(min(max(value, quantity.low), high))


def _notch(kind: Turn, value: float, up: bool, coarse: bool) -> float:
    if kind in _STEP:
        step = Decimal(_STEP[kind]) * (10 if coarse else 1)
        return float(Decimal(repr(value)) + (step if up else -step))
    series = _ONE_TWO_FIVE if kind is Turn.ONE_TWO_FIVE else _TENTHS_OF_A_DECADE
    smallest = 1 if kind is Turn.ONE_TWO_FIVE else _SMALLEST_RATE
    if value < smallest or (value == smallest and not up):
        return smallest if up else 0
    if coarse:
        return float(Decimal(repr(value)).scaleb(1 if up else -1))
    return _next_in_series(series, value, up)


def _next_in_series(series: tuple[float, ...], value: float, up: bool) -> float:
    exponent = math.floor(math.log10(value))
    grid = [
        float(Decimal(repr(one)).scaleb(power))
        for power in (exponent - 1, exponent, exponent + 1)
        for one in series
    ]
    return grid[bisect_right(grid, value)] if up else grid[bisect_left(grid, value) - 1]
