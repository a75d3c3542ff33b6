"""Values around a parameter's present one, for showing what the parameter does. Pure."""

import math
from typing import Any

from lrtui.schedules.base import FLOAT32_TINY
from lrtui.schedules.parameters import Parameter, Turn

_SERIES: dict[Turn, tuple[float, ...]] = {
    Turn.DECADES: (1, 2, 5),
    Turn.ONE_TWO_FIVE: (1, 2, 5),
    Turn.TENTHS: (1, 1.5, 2, 3, 5),
}
"""The values of a decade, of what is compared by ratio."""
_ABOUT_ONE = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99),
    *(0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999, 1.0),
    *(1.00001, 1.00002, 1.00005, 1.0001, 1.0002, 1.0005, 1.001, 1.002, 1.005, 1.01),
    *(1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
)
"""Of a factor that applies again and again, what it is short of 1 counts: 1, 2, 5 there as well."""
_RATIO, _DISTANCE = 1.3, 0.05
"""Nearer values show curves that hardly differ."""


def spread(
    parameter: Parameter, value: Any, count: int = 5, scale: float | None = None
) -> tuple[Any, ...]:
    """Values of a parameter to compare, the present one among them.

    Each is allowed by itself; with the other parameters one may not be, so whoever makes values of
    them leaves out what is refused.

    Args:
        parameter: what is spread.
        value: its present value.
        count: how many. There are fewer where no more exist, and of what is chosen all choices
            (and before them the present value, where it was typed).
        scale: how large such values are here (the highest rate, the steps in all), for a present
            value that does not say it: 0 (as float32) or none. Without it, the default tells.

    Returns:
        Distinct values, ascending, none before them. Only `value` where it is a list or a text.
    """
    quantity = parameter.quantity
    if quantity.turn is Turn.CHOICES:
        choices: tuple[Any, ...] = quantity.choices or (False, True)
        return choices if value in choices else (value, *choices)
    if quantity.turn is Turn.NONE:
        return (value,)
    by_ratio = quantity.turn in _SERIES and quantity.low >= 0
    if by_ratio and (value or 0) < FLOAT32_TINY:
        largest = scale or parameter.default or (0.1 if parameter.kind is float else 1000)
        rungs = [one for one in _rungs(parameter, largest) if one <= largest]
        return (value, *rungs[max(0, len(rungs) - count + 1) :])
    if value is None:
        return (None, *_rungs(parameter, quantity.low)[: count - 1])
    rungs = [one for one in _rungs(parameter, value) if _apart(parameter, one, value)]
    below = [one for one in rungs if one < value]
    above = [one for one in rungs if one > value]
    fewest = max((count - 1) // 2, count - 1 - len(above))
    below = below[max(0, len(below) - fewest) :]
    return (*below, value, *above[: count - 1 - len(below)])


def _rungs(parameter: Parameter, at: float) -> list[Any]:
    """Round values around `at` that are allowed, ascending."""
    quantity, kind = parameter.quantity, parameter.kind
    if quantity.turn is Turn.ONES or quantity.low < 0:
        found = [at + by for by in range(-9, 10)]
    elif quantity.turn is Turn.HUNDREDTHS:
        found = [round(math.floor(at * 10 + by) / 10, 1) for by in range(-9, 10)]
    elif quantity.turn is Turn.NEAR_ONE:
        found = [0.99, 0.999, 1.001, 1.01] if at == 1 else list(_ABOUT_ONE)
    else:
        exponent = math.floor(math.log10(at))
        series = _SERIES[quantity.turn]
        found = [
            float(f"{one}e{power}") for power in range(exponent - 4, exponent + 5) for one in series
        ]
    allowed = (one for one in found if quantity.low <= one <= quantity.high)
    return [kind(one) for one in allowed if kind is float or one % 1 == 0]


def _apart(parameter: Parameter, one: float, other: float) -> bool:
    """Whether two values are far enough from each other to be told apart in a picture."""
    turn = parameter.quantity.turn
    if turn is Turn.ONES or parameter.quantity.low < 0:
        return one != other
    if turn is Turn.HUNDREDTHS:
        return abs(one - other) >= _DISTANCE
    ratios = [_ratio(one, other)]
    if turn is Turn.NEAR_ONE:
        ratios.append(_ratio(abs(1 - one), abs(1 - other)))
    return max(ratios) >= _RATIO


def _ratio(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return high / low if low > 0 else math.inf if high > 0 else 1.0
