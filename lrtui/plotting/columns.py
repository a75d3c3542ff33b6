"""Curves reduced to columns: what each dot column of a plot has to show, over all of its steps.

Nothing is sampled: a column holds the least and the greatest value of every step that it stands
for, so no spike or restart is ever lost. This module knows steps and values, not rows or text.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lrtui.schedules import Schedule
from lrtui.schedules.arrays import ArrayLike, Float32s, Float64s, Int64s
from lrtui.schedules.envelope import envelope_between, stretch_edges

_VISITED = 2_000_000


class Columns(NamedTuple):
    """One curve, one entry a dot column. NaN: there is nothing in that column."""

    low: Float64s
    high: Float64s


def schedule_columns(
    schedule: Schedule, start: int, stop: int, columns: int, origin: int = 0
) -> Columns:
    """The exact extremes of a schedule over steps ``[start, stop)``, also for a billion of them.

    Args:
        schedule: any schedule.
        start: first step of the plot.
        stop: step after the last of the plot.
        columns: how many columns.
        origin: the step of the plot at which the schedule is at its own step 0, as after a reset.

    Returns:
        Arrays of shape (columns,); NaN before `origin` and where no rate is finite. Of more than
        2 000 000 steps, also where only some are not.

    Raises:
        ValueError: there is no step or no column.
    """
    check_range(start, stop, columns)
    low, high = np.full((2, columns), np.nan)
    if stop <= origin:
        return Columns(low, high)
    edges = stretch_edges(start, stop, columns) - origin
    begins, ends = np.searchsorted(edges, 0), np.searchsorted(edges, 0, side="right") - 1
    seen = slice(max(0, int(min(begins, ends))), None)
    found = envelope_between(schedule, np.maximum(edges[seen], 0))
    finite = np.isfinite(found.low) & np.isfinite(found.high)
    low[seen], high[seen] = (np.where(finite, rates, np.nan) for rates in found)
    if not finite.all() and stop - start <= _VISITED:
        # Where rates cease to be finite is no corner: there each step is looked at.
        first = max(start, origin)
        visited = series_columns(
            schedule(np.arange(first, stop) - origin), start, stop, columns, first
        )
        gaps = np.isnan(low)
        low[gaps], high[gaps] = visited.low[gaps], visited.high[gaps]
    return Columns(low, high)


def series_columns(
    values: Float32s, start: int, stop: int, columns: int, first: int = 0
) -> Columns:
    """The exact extremes of a recorded series, a value a step, over steps ``[start, stop)``.

    Args:
        values: ``values[i]`` belongs to step ``first + i``. Non-finite ones are left out.
        start: first step of the plot.
        stop: step after the last of the plot; the series may end before it.
        columns: how many columns.
        first: the step of the first value.

    Returns:
        Arrays of shape (columns,); NaN where nothing is recorded.

    Raises:
        ValueError: there is no step or no column.
    """
    check_range(start, stop, columns)
    low, high = np.full((2, columns), np.nan)
    edges = stretch_edges(start, stop, columns)
    recorded = first + len(values)
    nearest = np.minimum(edges[:-1], stop - 1)
    shown = np.flatnonzero((np.maximum(edges[1:], nearest + 1) > first) & (nearest < recorded))
    if shown.size == 0 or len(values) == 0:
        return Columns(low, high)
    begins = np.maximum(nearest[shown], first) - first
    part = values[: min(stop, recorded) - first]
    least, greatest = np.minimum.reduceat(part, begins), np.maximum.reduceat(part, begins)
    if not (np.isfinite(least).all() and np.isfinite(greatest).all()):
        part = np.where(np.isfinite(part), part, np.float32(np.nan))
        least, greatest = np.fmin.reduceat(part, begins), np.fmax.reduceat(part, begins)
    low[shown], high[shown] = least, greatest
    return Columns(low, high)


def points_columns(
    steps: Sequence[int] | Int64s, values: ArrayLike, start: int, stop: int, columns: int
) -> Columns:
    """Sparse points joined by straight lines, such as a validation loss once an epoch.

    Args:
        steps: rising.
        values: one a step; a non-finite one leaves a gap.
        start: first step of the plot.
        stop: step after the last of the plot.
        columns: how many columns.

    Returns:
        Arrays of shape (columns,); NaN before the first point, after the last and in gaps.

    Raises:
        ValueError: there is no step or no column, or steps and values differ in number.
    """
    check_range(start, stop, columns)
    at, points = np.asarray(steps, np.int64), np.array(values, np.float64)
    if at.shape != points.shape:
        raise ValueError(f"steps and values must match. Received: {at.size} and {points.size}")
    if at.size == 0:
        return Columns(*np.full((2, columns), np.nan))
    points[~np.isfinite(points)] = np.nan
    edges = stretch_edges(start, stop, columns)
    begins = np.minimum(edges[:-1], stop - 1)
    ends = np.maximum(edges[1:] - 1, begins)
    at_begin, at_end = np.interp(np.stack([begins, ends]), at, points, left=np.nan, right=np.nan)
    low, high = np.fmin(at_begin, at_end), np.fmax(at_begin, at_end)
    inside = (at >= start) & (at < stop)
    place = np.searchsorted(edges, at[inside], side="right") - 1
    np.fmin.at(low, place, points[inside])
    np.fmax.at(high, place, points[inside])
    return Columns(low, high)


def column_of(step: int, start: int, stop: int, columns: int) -> int:
    """The first column that shows `step`; for `stop` itself, `columns`."""
    steps = stop - start
    column = -((start - step) * columns // steps)
    return column if column * steps // columns == step - start else column - 1


def step_of(column: int, start: int, stop: int, columns: int) -> int:
    """The first step that `column` shows."""
    return min(start + column * (stop - start) // columns, stop - 1)


def check_range(start: int, stop: int, columns: int = 1) -> None:
    """Refuse a plot of no steps or no columns."""
    if start >= stop:
        raise ValueError(f"stop must be above start. Received: start={start}, stop={stop}")
    if columns < 1:
        raise ValueError(f"columns must be at least 1. Received: {columns}")
