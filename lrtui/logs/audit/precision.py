"""How exactly a column was printed: what a difference must exceed to be one."""

import numpy as np

from lrtui.schedules.arrays import Float64s

_LOOKED_AT = 4000
"""So many distinct numbers say how a column was printed."""
_MOSTLY = 0.6
"""Of numbers that were rounded to so many places, nine in ten use all of them."""
_FEWEST, _MANY = 3, 8
"""So many distinct numbers are needed to tell, of long ones and of short ones."""
_SHORT = 2
_USUAL_DIGITS = 4
"""Fewer digits than these are taken for a short number, 0.1 say, unless most have as many."""


def printed_tolerance(values: Float64s) -> Float64s:
    """Half a unit of the last printed place of each number.

    Args:
        values: as they were read, without NaN; of float32 where they came as float32.

    Returns:
        The most that rounding for print can have moved each, in the shape of `values`.
    """
    shown = np.unique(values[np.isfinite(values) & (values != 0)])
    if not len(shown):
        return np.full(values.shape, 0.5 * 10.0**-_USUAL_DIGITS)
    picked = shown[:: max(1, len(shown) // _LOOKED_AT)]
    single = bool((picked.astype(np.float32) == picked).all())
    texts = [_text(value, single) for value in picked.tolist()]
    digits = np.array([_digits(text) for text in texts])
    decimals = np.array([_decimals(text) for text in texts])
    most_digits = int(digits.max())
    rounded = most_digits > _SHORT  # what 0.1, 0.05, 0.01 are, was not rounded
    enough = len(texts) >= (_FEWEST if rounded else _MANY)
    if not enough or (digits == most_digits).mean() < _MOSTLY:
        most_digits = max(most_digits, _USUAL_DIGITS)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.where(values != 0, np.floor(np.log10(np.abs(values))), -np.inf)
    tolerance = 0.5 * 10.0 ** (exponents - (most_digits - 1))
    most_decimals = int(decimals.max())
    if rounded or (enough and (decimals == most_decimals).mean() >= _MOSTLY):
        tolerance = np.maximum(tolerance, 0.5 * 10.0**-most_decimals)
    nought = 0.5 * 10.0 ** -max(most_decimals, _USUAL_DIGITS)
    tolerance = np.where(values == 0, np.maximum(tolerance, nought), tolerance)
    return np.asarray(tolerance * (1 + 1e-6))


def _text(value: float, single: bool) -> str:
    return f"{np.float32(value)!s}" if single else repr(value)


def _digits(text: str) -> int:
    mantissa = text.lower().partition("e")[0].replace(".", "").lstrip("-0")
    return max(1, len(mantissa.rstrip("0")))


def _decimals(text: str) -> int:
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(".")[2].rstrip("0"))
    return places - int(exponent or 0)
