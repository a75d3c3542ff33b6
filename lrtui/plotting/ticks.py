"""Round ticks in short form: where they stand and what is written there. Pure arithmetic.

A tick is a whole number of units of a power of ten, so that its label is exact: no label is ever
rounded to something that its position is not.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Whole = tuple[int, int]
"""m, k: the number m * 10**k, exactly."""


class Tick(NamedTuple):
    """A value on an axis and what is written there."""

    value: float
    label: str


class Ticks(NamedTuple):
    """The ticks of an axis. A `base` other than "" is to be added to every label."""

    ticks: tuple[Tick, ...]
    base: str = ""


Fits = Callable[[Sequence[Tick]], bool]
"""Whether there is room for these ticks, lowest first."""


def value_ticks(low: float, high: float, fits: Fits, scientific: bool = False) -> Ticks:
    """As many round ticks as fit into ``[low, high]`` in equal steps of 1, 2 or 5 * 10**k.

    Where neighbours differ too late in their digits for a short label, the labels hold what is
    above (or, with a minus, below) a common base.
    """
    candidates = list(_multiples(low, high))
    for labels in (_shorter,) if scientific else (_plain_or_scientific, _scientific_all):
        for units, exponent in candidates:
            ticks = _ticks(labels(units, exponent), units, exponent)
            if len(ticks) > 1 and fits(ticks):
                return Ticks(ticks)
    for units, exponent in candidates:
        base = _base(units, exponent, high - low)
        ticks = _ticks(_scientific_all([u - base for u in units], exponent), units, exponent)
        if base and len(ticks) > 1 and fits(ticks):
            return Ticks(ticks, number_label(base, exponent))
    for units, exponent in candidates:
        ticks = _ticks(_plain_or_scientific(units, exponent), units, exponent)
        if fits(ticks):
            return Ticks(ticks)
    return Ticks(())


def end_ticks(low: float, high: float, fits: Fits, scientific: bool = False) -> Ticks:
    """Two ticks as near to both ends of ``[low, high]`` as short labels allow; none if none fit."""
    write = _shorter if scientific else _plain_or_scientific
    for units, exponent in _multiples(low, high):
        ends = [units[0], units[-1]] if len(units) > 1 else []
        base = _base(units, exponent, high - low)
        plain = _ticks(write(ends, exponent), ends, exponent)
        if len(plain) > 1 and fits(plain):
            return Ticks(plain)
        told = _ticks(write([unit - base for unit in ends], exponent), ends, exponent)
        if base and len(told) > 1 and fits(told):
            return Ticks(told, number_label(base, exponent))
    return Ticks(())


def decade_ticks(low: float, high: float, fits: Fits) -> Ticks:
    """As many ticks as fit into ``[low, high]``, both > 0, on a log axis.

    1 to 9 of each decade, or 1, 2 and 5, or 1 and 3, or each decade, or each second, third ... one
    from the highest down.
    """
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high) + 1e-9)
    choices = [(range(1, 10), 1), ((1, 2, 5), 1), ((1, 3), 1)]
    choices += [((1,), every) for every in (1, 2, 3, 4, 5, 10, 20, 40)]
    for digits, every in choices:
        wholes = [
            (digit, exponent)
            for exponent in range(first, last + 1)
            if (last - exponent) % every == 0
            for digit in digits
            if low * (1 - 1e-6) <= _value(digit, exponent) <= high * (1 + 1e-6)
        ]
        ticks = tuple(Tick(_value(*whole), decade_label(*whole)) for whole in wholes)
        if ticks and fits(ticks):
            return Ticks(ticks)
    return Ticks(())


def unit_ticks(
    start: int, stop: int, cells: int, steps: int, units: int = 1, sign: str = ""
) -> tuple[tuple[float, str], ...]:
    """Round numbers of a unit, `units` of which are `steps` steps, from `start` to `stop`.

    Returns:
        The step of each, which need not be whole, and its label with the `sign`; none are closer
        than a step, and all have room on an axis of `cells` cells.
    """
    exponent = -len(str(steps // units))
    while True:
        for digit in (1, 2, 5):
            above, below = digit * steps * 10 ** max(exponent, 0), units * 10 ** max(-exponent, 0)
            apart = above / below * cells / (stop - start)
            if above < below or apart < max(6, cells / 12):
                continue
            counts = range(-(-start * below // above), stop * below // above + 1)
            labels = [f"{one}{sign}" for one in _labels(counts, digit, exponent)]
            if not labels or apart >= 1.5 * max(map(len, labels)) + 1.5:
                places = [_divided(count * above, below) for count in counts]
                return tuple(zip(places, labels, strict=True))
        exponent += 1


def step_labels(steps: Sequence[int]) -> list[str]:
    """Whole numbers in short form: ``0``, ``500``, ``1k``, ``1.5k``, ``20M``, ``1G``.

    All with their thousands written out where that is shorter: ``123450``, ``123500``.
    """
    short, plain = [_suffixed(step) for step in steps], [str(step) for step in steps]
    return short if max(map(len, short), default=0) <= max(map(len, plain), default=0) else plain


def _labels(counts: range, digit: int, exponent: int) -> list[str]:
    if exponent < 0:
        return [_plain(digit * count, exponent) for count in counts]
    return step_labels([digit * count * 10**exponent for count in counts])


def _divided(number: int, by: int) -> float:
    """The quotient; whole where it is, also beyond what a float holds."""
    whole, rest = divmod(number, by)
    return number / by if rest else whole


def number_label(units: int, exponent: int) -> str:
    """Write units * 10**exponent: ``0.05`` from 0.01 up, ``5e-3`` below, ``2e5`` from 100 000."""
    value = abs(_value(units, exponent))
    return _plain(units, exponent) if 0.01 <= value < 1e5 else _scientific(units, exponent)


def decade_label(units: int, exponent: int) -> str:
    """Write units * 10**exponent as on a log axis: ``5e-2``; ``0.5``, ``1``, ``500``; ``1e4``."""
    value, plain, short = _value(units, exponent), _plain(units, exponent), None
    if not 1 <= abs(value) < 1e4:
        short = _scientific(units, exponent)
    return plain if short is None or len(plain) < len(short) else short


def rounded_label(value: float, width: int, label: Callable[[int, int], str] = number_label) -> str:
    """A number that need not be round, to the four significant digits or fewer that have room."""
    if value == 0:
        return "0"
    labels = []
    for digits in (4, 3, 2, 1):
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        labels.append(label(int(mantissa.replace(".", "")), int(exponent) - digits + 1))
    return next((label for label in labels if len(label) <= width), labels[-1])


def _multiples(low: float, high: float) -> Iterator[tuple[list[int], int]]:
    """Multiples of 1, 2, 5 * 10**k within ``[low, high]``, finest first: units and k."""
    exponent = math.floor(math.log10(high - low)) - 2
    for finer in range(5):
        for digit in (1, 2, 5):
            every = digit * 10.0 ** (exponent + finer)
            slack = 1e-3
            first, last = math.ceil(low / every - slack), math.floor(high / every + slack)
            if last - first < 100:
                yield [digit * unit for unit in range(first, last + 1)], exponent + finer


def _base(units: Sequence[int], exponent: int, span: float) -> int:
    """A rounder number within the range of the units, else just below it."""
    if not units:
        return 0
    coarse: int = 10 ** max(1, math.ceil(math.log10(span)) - exponent)
    return units[-1] // coarse * coarse


def _ticks(labels: Sequence[str], units: Sequence[int], exponent: int) -> tuple[Tick, ...]:
    return tuple(
        Tick(_value(unit, exponent), label) for unit, label in zip(units, labels, strict=True)
    )


def _plain_or_scientific(units: Sequence[int], exponent: int) -> list[str]:
    """One form for the whole axis, that of its largest number."""
    largest = max((abs(_value(unit, exponent)) for unit in units), default=0)
    write = _plain if 0.01 <= largest < 1e5 else _scientific
    return [write(unit, exponent) for unit in units]


def _shorter(units: Sequence[int], exponent: int) -> list[str]:
    """One form for the whole axis, the shorter; powers of ten where both are as long."""
    plain, powers = [_plain(unit, exponent) for unit in units], _scientific_all(units, exponent)
    return min(powers, plain, key=lambda labels: max(map(len, labels), default=0))


def _scientific_all(units: Sequence[int], exponent: int) -> list[str]:
    return [_scientific(unit, exponent) for unit in units]


def _plain(units: int, exponent: int) -> str:
    sign, digits = "-" if units < 0 else "", str(abs(units))
    if exponent >= 0:
        return sign + (digits + "0" * exponent if units else "0")
    digits = digits.rjust(1 - exponent, "0")
    return (sign + digits[:exponent] + "." + digits[exponent:]).rstrip("0").rstrip(".")


def _scientific(units: int, exponent: int) -> str:
    if units == 0:
        return "0"
    sign, digits = "-" if units < 0 else "", str(abs(units))
    power = exponent + len(digits) - 1
    fraction = digits[1:].rstrip("0")
    return f"{sign}{digits[0]}{'.' if fraction else ''}{fraction}e{power}"


def _suffixed(step: int) -> str:
    for power, suffix in ((12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if abs(step) >= 10**power:
            return _plain(step, -power) + suffix
    return str(step)


def _value(units: int, exponent: int) -> float:
    return float(f"{units}e{exponent}")
