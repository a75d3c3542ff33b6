"""A picture of a range test: the loss over the rate, which rises from step to step."""

from collections.abc import Sequence

import numpy as np

from lrtui.plotting.columns import series_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Curve, Mark, Picture
from lrtui.plotting.x_axis import Rates
from lrtui.schedules.arrays import ArrayLike, Float32s

SHOOTING_UP = 5
"""The last steps of a sweep that diverged: they need not be in the picture whole."""
MOST_RISE = 1.5
"""The rise after the least loss is in the picture up to so many times the fall before it."""


def range_picture(
    width: int,
    height: int,
    sweep: Rates,
    losses: ArrayLike,
    smoothed: ArrayLike,
    *,
    marks: Sequence[tuple[float, str]] = (),
    diverged: bool = False,
    marker: MarkerName = "braille",
) -> Picture:
    """Draw each batch's loss, and the smoothed one over it, over a logarithmic axis of rates.

    Args:
        width: in cells.
        height: in cells.
        sweep: the rates of the steps. It may have more of them than there are losses, which then
            end before the right edge of the sweep; the picture ends with them.
        losses: of each step's batch; what is not finite is left out.
        smoothed: of the same shape.
        marks: rates, each with a letter for the axis.
        diverged: whether the sweep diverged: then the last losses may leave the picture at its top,
            where they would press all others flat.
        marker: what the curves are made of.

    Raises:
        ValueError: there is no cell.
    """
    raw, smooth = np.asarray(losses, np.float32), np.asarray(smoothed, np.float32)
    stop, columns = max(2, len(raw)), columns_of(width)
    curves = [
        Curve(series_columns(raw, 0, stop, columns), 2, dashed=1, name="batch", behind=True),
        Curve(series_columns(smooth, 0, stop, columns), 1, name="smoothed"),
    ]
    return plot(
        width,
        height,
        curves,
        start=0,
        stop=stop,
        title="loss",
        marks=[Mark(round(sweep.step(rate)), letter) for rate, letter in marks],
        marker=marker,
        x_axis=sweep,
        limits=_limits(raw, smooth) if diverged else None,
    )


def _limits(raw: Float32s, smooth: Float32s) -> tuple[float, float] | None:
    """From the least loss to the greatest before it shot up; None: there is no such stretch."""
    before = np.stack([raw, smooth])[:, :-SHOOTING_UP].astype(np.float64)
    finite = np.isfinite(before)
    if not finite.any():
        return None
    low, high = float(before[finite].min()), float(before[finite].max())
    least = int(np.where(finite[1], before[1], np.inf).argmin())
    falling = before[:, : least + 1]
    start = float(falling[np.isfinite(falling)].max(initial=low))
    if start > low:
        high = min(high, start + MOST_RISE * (start - low))
    room = 0.05 * (high - low)
    return (low - room, high + room) if room > 1e-6 * max(abs(low), abs(high)) else None
