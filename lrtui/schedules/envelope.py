"""The least and greatest rate of each stretch of steps, without evaluating every step.

A schedule is monotone between its corners, so its extremes over a stretch stand at the stretch's
ends or at a corner. That is exact for a billion steps and costs as much as for a thousand.
"""

from typing import NamedTuple

import numpy as np

from lrtui.schedules.arrays import Float32s, Int64s
from lrtui.schedules.base import Schedule


class Envelope(NamedTuple):
    """What a column of a plot has to show, one entry a stretch.

    A stretch without a whole step in it (more stretches than steps) holds the rate of the nearest.
    """

    low: Float32s
    high: Float32s


def envelope(schedule: Schedule, start: int, stop: int, stretches: int) -> Envelope:
    """The extremes of the rate over each of `stretches` equal parts of ``[start, stop)``.

    Args:
        schedule: any schedule.
        start: first step.
        stop: step after the last; greater than `start`.
        stretches: how many parts, at least 1.

    Returns:
        Two float32 arrays of shape (stretches,).
    """
    return envelope_between(schedule, stretch_edges(start, stop, stretches))


def envelope_between(schedule: Schedule, edges: Int64s) -> Envelope:
    """The extremes of the rate over each stretch ``[edges[i], edges[i+1])``; edges do not fall."""
    start, stop, stretches = int(edges[0]), int(edges[-1]), len(edges) - 1
    first = np.minimum(edges[:-1], stop - 1)
    last = np.maximum(edges[1:] - 1, first)
    corners = np.asarray(schedule.corners(start, stop), np.int64)
    # Beyond 2**24 float32 cannot tell a step from the next: the other side of a corner is further.
    apart = np.maximum(np.spacing(corners.astype(np.float32)), 1).astype(np.int64)
    around = (corners[:, None] + apart[:, None] * np.array([-2, -1, 0, 1, 2])).ravel()
    around = around[(around >= start) & (around < stop)]
    rates = schedule(np.concatenate([first, last, around]))
    at_first, at_last, at_corners = np.split(rates, [stretches, 2 * stretches])
    low, high = np.minimum(at_first, at_last), np.maximum(at_first, at_last)
    place = np.searchsorted(edges, around, side="right") - 1
    with np.errstate(invalid="ignore"):
        np.minimum.at(low, place, at_corners)
        np.maximum.at(high, place, at_corners)
    return Envelope(low, high)


def stretch_edges(start: int, stop: int, stretches: int) -> Int64s:
    """The first step of each stretch, then `stop`: stretch i is ``[edges[i], edges[i+1])``."""
    parts = np.arange(stretches + 1, dtype=np.int64)
    whole, rest = divmod(stop - start, stretches)
    return start + parts * whole + parts * rest // stretches
