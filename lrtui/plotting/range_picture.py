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
BATCHES, SMOOTHED = 4, 1
"""The styles of both curves: those of batches and of the form in the plots of a training."""
NEIGHBOURS = 4
"""Steps on either side of one whose losses its smooth loss is the middle of."""
MOST_RISE = 1.5
"""The rise after the least loss is in the picture up to so many times the fall before it."""


def range_picture(
    width: int,
    height: int,
    sweep: Rates,
    losses: ArrayLike,
    *,
    marks: Sequence[tuple[float, str]] = (),
    diverged: bool = False,
    marker: MarkerName = "braille",
) -> Picture:
    """Draw each batch's loss, and a smooth one over it, over a logarithmic axis of rates.

    Smooth is the median of a few steps before and after each. The mean of those before, by which a
    range test is read, lies above a loss that falls: drawn, it seems to be of other data.

    Args:
        width: in cells.
        height: in cells.
        sweep: the rates of the steps. It may have more of them than there are losses, which then
            end before the right edge of the sweep; the picture ends with them.
        losses: of each step's batch; what is not finite is left out.
        marks: rates, each with a letter for the axis.
        diverged: whether the sweep diverged: then the last losses may leave the picture at its top,
            where they would press all others flat.
        marker: what the curves are made of.

    Raises:
        ValueError: there is no cell.
    """
    raw = np.asarray(losses, np.float32)
    smooth = middle_of_neighbours(raw)
    stop, columns = max(2, len(raw)), columns_of(width)
    curves = [
        Curve(series_columns(raw, 0, stop, columns), BATCHES, dashed=1, name="batch", behind=True),
        Curve(series_columns(smooth, 0, stop, columns), SMOOTHED, name="smoothed"),
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


def middle_of_neighbours(losses: Float32s, reach: int = NEIGHBOURS) -> Float32s:
    """The median of each loss and `reach` on either side; what is not finite is above all others.

    Returns:
        Of the same shape; NaN where the median is not finite. At the ends fewer count.
    """
    if not losses.size:
        return losses
    known = np.where(np.isfinite(losses), losses, np.float32(np.inf))
    reaches = np.minimum(np.minimum(np.arange(len(known)), np.arange(len(known))[::-1]), reach)
    parts = (known[at - wide : at + wide + 1] for at, wide in enumerate(reaches))
    middles = np.array([np.sort(part)[len(part) // 2] for part in parts], np.float32)
    return np.where(np.isfinite(middles), middles, np.float32(np.nan))


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
