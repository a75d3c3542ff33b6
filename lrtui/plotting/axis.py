"""The vertical axis: its limits, linear or logarithmic, its ticks, and which dot row a value is on.

A log axis is a linear one over log10; plotext never learns of it. Knows nothing of characters.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from msgspec import Struct

from lrtui.plotting.columns import Columns
from lrtui.plotting.layout import LABELS
from lrtui.plotting.ticks import (
    Fits,
    Tick,
    Ticks,
    decade_label,
    decade_ticks,
    end_ticks,
    rounded_label,
    value_ticks,
)
from lrtui.schedules.arrays import Float64s, Int64s

DECADES = 12
"""A log axis reaches at most so far below its top."""
LEAST_ROWS = 4
"""From so many rows on there are two ticks at least, and both extremes can be read off."""
FEW_ROWS = 8
"""A plot with fewer is low."""
FEW_ULPS = 8
"""A curve that varies by less than so many float32 steps is constant, and no dot is finer: so far
may rounding lie beside the curve that a formula means."""


class Axis(Struct, frozen=True):
    """From `low` at the centre of the lowest dot row to `high` at that of the uppermost."""

    low: float
    high: float
    log: bool = False
    window: bool = False
    """Whether values beyond the limits are off the canvas (else they are on its edge)."""
    ticks: tuple[Tick, ...] = ()
    base: str = ""
    """To be added to every tick's label, if not empty."""

    def rows(self, values: Float64s, rows: int) -> Int64s:
        """The dot row of each value, 0 uppermost; -2 or ``rows + 1`` if it is off the canvas.

        NaN gives an arbitrary row. On a log axis what has no logarithm is on the lowest row.
        """
        low, high = self._scaled(np.array([self.low, self.high]))
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = self._scaled(values)
            if self.log:
                scaled = np.where(values <= 0, low, scaled)
            row = np.rint((high - scaled) / (high - low) * (rows - 1))
        edges = (-2, rows + 1) if self.window else (0, rows - 1)
        # fmin and fmax take the edge for NaN, which has no integer.
        return np.asarray(np.fmin(np.fmax(row, edges[0]), edges[1]), np.int64)

    def labels(self, rows: int, dots: int) -> tuple[tuple[int, str], ...]:
        """The row of cells (`dots` dot rows each, 0 uppermost) of each tick, and its label."""
        places = _rows(self, self.ticks, rows, dots)
        return tuple((place, tick.label) for place, tick in zip(places, self.ticks, strict=True))

    def _scaled(self, values: Float64s) -> Float64s:
        return np.log10(values) if self.log else values


def fit_axis(
    curves: Sequence[Columns],
    rows: int,
    dots: int,
    log: bool,
    limits: tuple[float, float] | None = None,
) -> Axis:
    """The axis that suits these curves.

    Args:
        curves: what is to be seen.
        rows: cells of the canvas.
        dots: dot rows in each.
        log: a logarithmic axis.
        limits: the limits, instead of such as leave all curves on the canvas.

    Raises:
        ValueError: `limits` are not finite or not in order.
    """
    if limits is not None:
        return _given(*limits, rows, dots, log)
    values = np.concatenate([np.empty(0), *(one for curve in curves for one in curve)])
    values = values[np.isfinite(values)]
    positive = values[values > 0]
    if values.size == 0 or (log and positive.size == 0):
        zero = (Tick(0, "0"),) if values.size else ()
        return Axis(0.1 if log else 0.0, 1.0, log, ticks=zero)
    if not log:
        return _linear(float(values.min()), float(values.max()), rows, dots)
    return _log(float(positive.min()), float(positive.max()), rows, dots, values.min() <= 0)


def _given(low: float, high: float, rows: int, dots: int, log: bool) -> Axis:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"limits must be finite and in order. Received: {low}, {high}")
    if log and high <= 0:
        raise ValueError(f"limits of a log axis must be above 0. Received: {low}, {high}")
    low = max(low, high * 10.0**-DECADES) if log else low
    if low == high:
        return _constant(low, rows, dots, log)
    axis = Axis(low, high, log, window=True)
    return _with_ticks(axis, _ticks(axis, rows, dots))


def _linear(low: float, high: float, rows: int, dots: int) -> Axis:
    ulp = float(np.spacing(np.float32(min(max(abs(low), abs(high)), 3e38))))
    if high - low < FEW_ULPS * ulp:
        return _constant(high, rows, dots, log=False)
    if (missing := FEW_ULPS * ulp * rows * dots - (high - low)) > 0:
        # A finer dot would draw the rounding of float32 as if it were a curve.
        low, high = low - missing / 2, high + missing / 2
    unit = _nice((high - low) / 20)
    bottom = math.floor(low / unit + 1e-3) * unit
    top = math.ceil(high / unit - 1e-3) * unit
    if 0 < bottom < 0.2 * top:
        bottom = 0.0
    axis = Axis(bottom, top)
    return _rounder(_with_ticks(axis, _ticks(axis, rows, dots)), rows, dots)


def _log(low: float, high: float, rows: int, dots: int, zeros: bool) -> Axis:
    low = max(low, high * 10.0**-DECADES)
    if high < low * (1 + FEW_ULPS * 2.0**-23) and not zeros:
        return _constant(high, rows, dots, log=True)
    if high < 3 * low and not zeros:
        linear = _linear(low, high, rows, dots)
        axis = Axis(max(linear.low, low / 2), linear.high, log=True)
        return _with_ticks(axis, _ticks(axis, rows, dots))
    low, high = _one_digit(low, math.floor), _one_digit(high, math.ceil)
    low = low if low < high else high / 10
    if zeros and rows > 1:
        # The lowest row of cells is for what has no logarithm.
        share = rows / (rows - 1)
        axis = Axis(high * (low / high) ** share, high, log=True)
        ticks = _ticks(axis, rows, dots).ticks
        places = _rows(axis, ticks, rows, dots)
        kept = tuple(tick for place, tick in zip(places, ticks, strict=True) if place < rows - 2)
        top = () if kept else (Tick(high, rounded_label(high, LABELS, decade_label)),)
        return _with_ticks(axis, Ticks((Tick(0, "0"), *kept, *top)))
    axis = Axis(low, high, log=True)
    return _with_ticks(axis, _ticks(axis, rows, dots))


def _constant(value: float, rows: int, dots: int, log: bool) -> Axis:
    """A range around the one value there is, with a tick on it."""
    if log:
        values = [value / 10, value, value * 10]
    elif value == 0:
        values = [0.0, 1.0]
    else:
        values = sorted([0.0, value, 2 * value])
    ticks = [Tick(one, rounded_label(one, LABELS)) for one in values]
    axis = Axis(values[0], values[-1], log)
    if not _fits(axis, rows, dots)(ticks):
        ticks = [Tick(value, rounded_label(value, LABELS))]
    return _with_ticks(axis, Ticks(tuple(ticks)))


@lru_cache(maxsize=64)  # turning mostly leaves the range alone, and ticks are a third of a picture
def _ticks(axis: Axis, rows: int, dots: int) -> Ticks:
    fits = _fits(axis, rows, dots)
    if axis.log and axis.high > 3 * axis.low:
        found, ends = decade_ticks(axis.low, axis.high, fits), _decade_ends(axis, fits)
    else:
        found = value_ticks(axis.low, axis.high, fits, scientific=axis.log)
        ends = end_ticks(axis.low, axis.high, fits, scientific=axis.log)
    return found if rows < LEAST_ROWS else _with_ends(axis, found, ends, rows, dots)


def _decade_ends(axis: Axis, fits: Fits) -> Ticks:
    """The highest and the lowest number of one digit on the axis."""
    values = _one_digit(axis.low, math.ceil), _one_digit(axis.high, math.floor)
    ticks = tuple(Tick(value, rounded_label(value, LABELS, decade_label)) for value in values)
    return Ticks(ticks if fits(ticks) else ())


def _with_ends(axis: Axis, found: Ticks, ends: Ticks, rows: int, dots: int) -> Ticks:
    """The ticks with those of the extremes, where they stand too far from them to be read off.

    In a low plot an extreme takes the place of a tick in its own row or the next: no value stands
    in the row of another one's label.
    """
    if len(found.ticks) < 2:
        return ends if ends.ticks else found
    if ends.base or found.base:
        return found
    near = 0 if rows < FEW_ROWS else 2
    kept = list(zip(_rows(axis, found.ticks, rows, dots), found.ticks, strict=True))
    for place, tick in zip(_rows(axis, ends.ticks, rows, dots), ends.ticks, strict=True):
        if min(abs(place - other) for other, _ in kept) >= near:
            kept = [one for one in kept if abs(one[0] - place) > 1]
            kept.append((place, tick))
    return Ticks(tuple(tick for _, tick in sorted(kept, reverse=True)), found.base)


def _fits(axis: Axis, rows: int, dots: int) -> Fits:
    """Ticks fit when their labels do, no two are on neighbouring rows, and they are not many."""
    most = min((rows + 1) // 2, 5 + rows // 6)

    def fits(ticks: Sequence[Tick]) -> bool:
        if len(ticks) > most or any(len(tick.label) > LABELS for tick in ticks):
            return False
        places = sorted(_rows(axis, ticks, rows, dots))
        return all(after - before >= 2 for before, after in pairwise(places))

    return fits


def _rows(axis: Axis, ticks: Sequence[Tick], rows: int, dots: int) -> list[int]:
    """The row of cells of each tick; all at once, because NumPy takes as long for one."""
    values = np.array([tick.value for tick in ticks], np.float64)
    return [int(row) // dots for row in axis.rows(values, rows * dots)]


def _with_ticks(axis: Axis, ticks: Ticks) -> Axis:
    return Axis(axis.low, axis.high, axis.log, axis.window, ticks.ticks, ticks.base)


def _rounder(axis: Axis, rows: int, dots: int) -> Axis:
    """The axis, out to the next tick at either end where that costs little of its height."""
    values = [tick.value for tick in axis.ticks]
    if len(values) < 2:
        return axis
    step = values[1] - values[0]
    low = values[0] - step if axis.low < values[0] - 1e-3 * step else axis.low
    high = values[-1] + step if axis.high > values[-1] + 1e-3 * step else axis.high
    if high - low > 1.25 * (axis.high - axis.low):
        return axis
    wider = Axis(low, high)
    wider = _with_ticks(wider, _ticks(wider, rows, dots))
    return wider if len(wider.ticks) > len(values) else axis


def _nice(value: float) -> float:
    """The next 1, 2 or 5 * 10**k from `value` up."""
    power = 10.0 ** math.floor(math.log10(value))
    return power * next(digit for digit in (1, 2, 5, 10) if digit * power >= value * (1 - 1e-6))


def _one_digit(value: float, to_whole: Callable[[float], int]) -> float:
    """The value, up or down to one significant digit."""
    exponent = math.floor(math.log10(value))
    digits = value / 10.0**exponent
    whole = round(digits) if math.isclose(digits, round(digits), rel_tol=1e-6) else to_whole(digits)
    return float(f"{whole}e{exponent}")
