"""Turning a value by notches: what the arrow keys do, as a pure function."""

import math
from bisect import bisect_left, bisect_right
from decimal import ROUND_CEILING, Decimal
from typing import Any

from lrtui.schedules.parameters import Parameter, Turn

_TENTHS_OF_A_DECADE = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)
"""The preferred numbers of series R10 (ISO 3): ten equal steps a decade, rounded."""
_ONE_TWO_FIVE = (1.0, 2.0, 5.0)
_SMALLEST_RATE = 1e-12
_STEP = {Turn.ONES: "1", Turn.TENTHS: "0.1", Turn.HUNDREDTHS: "0.01"}
_FINEST, _HUNDREDTHS, _TENTHS = -5, -2, -1
"""Powers of ten in which a factor near 1 is turned."""
_MOST_AT_ONCE = {
    Turn.CHOICES: 1,
    Turn.DECADES: 2,
    Turn.ONE_TWO_FIVE: 1,
    Turn.TENTHS: 5,
    Turn.HUNDREDTHS: 5,
    Turn.NEAR_ONE: 2,
}


def turn(parameter: Parameter, value: Any, notches: int, coarse: bool = False) -> Any:
    """The value some notches further up (positive) or down, within its bounds.

    A value at its bound, or one that is typed and not turned, comes back as it is. None (an
    optional value that is not set) turned up becomes 0.1 or 1; nothing turned becomes None. From a
    text that is none of the choices one turns to the first of them, or down to the last.
    """
    quantity = parameter.quantity
    if quantity.turn is Turn.NONE or notches == 0:
        return value
    if quantity.turn is Turn.CHOICES:
        choices: tuple[Any, ...] = quantity.choices or (False, True)
        outside = -1 if notches > 0 else 0
        place = choices.index(value) if value in choices else outside
        return choices[(place + notches) % len(choices)]
    if value is None:
        return parameter.kind(0.1 if parameter.kind is float else 1) if notches > 0 else None
    for _ in range(abs(notches)):
        value = _notch(quantity.turn, value, notches > 0, coarse)
    high = min(quantity.high, 1e30 if parameter.kind is float else quantity.high)
    return parameter.kind(min(max(value, quantity.low), high))


def most_at_once(parameter: Parameter) -> int:
    """So many notches a held key may turn at once, so that one can still let go in time.

    A second of 30 keys then turns a rate by five decades, a seed by 80.
    """
    return _MOST_AT_ONCE.get(parameter.quantity.turn, 10)


def _notch(kind: Turn, value: float, up: bool, coarse: bool) -> float:
    if kind is Turn.NEAR_ONE:
        return _near_one(Decimal(repr(value)), up, coarse)
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


def _near_one(value: Decimal, up: bool, coarse: bool) -> float:
    """A notch counted in what is missing to 1 (or beyond it), which is what such a factor does."""
    missing = abs(1 - value)
    away = value == 1 or up == (value > 1)
    missing = _more(missing, coarse) if away else _less(missing, coarse)
    above = up if value == 1 else value > 1
    return float(1 + missing if above else 1 - missing)


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
