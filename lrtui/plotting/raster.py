"""Columns to dots. NumPy only; knows neither axes nor frames nor characters."""

from typing import Any, NamedTuple

import numpy as np

from lrtui.schedules.arrays import Bools, Int64s

Dots = Bools
Ints = Int64s

PATTERNS = (
    "#",
    "#.",
    "####..",
    "#....",
    "######..#..",
    "########....",
    "##..",
    "#.#....",
    "######..#..#..",
)
"""How a line is dashed, in dots; the first is solid. However two of them are shifted against each
other, they differ in a third of their dots."""


class Band(NamedTuple):
    """The dots that a curve lights: rows `top` to `bottom` of each column, row 0 uppermost.

    A row may lie outside of the canvas. `there` is False where a column shows nothing.
    """

    top: Ints
    bottom: Ints
    there: Dots


def _rolled(values: Any, by: int = 1) -> Any:
    """What np.roll gives, in a tenth of the time."""
    return np.concatenate((values[-by:], values[:-by]))


def join_columns(band: Band) -> Band:
    """The same curve without gaps: each column reaches to a dot diagonal to the one before."""
    top, bottom, there = band
    reached = np.zeros_like(there)
    reached[1:] = there[1:] & there[:-1]
    above, below = _rolled(bottom) + 1, _rolled(top) - 1
    return Band(
        np.where(reached, np.minimum(top, above), top),
        np.where(reached, np.maximum(bottom, below), bottom),
        there,
    )


def rasterize(band: Band, rows: int, dashes: int = 0) -> Dots:
    """The dots of a curve, shape (rows, columns).

    A dashed line misses dots along its way, up and down as well as across, but never the ends of a
    column that spans several rows, nor a column that stands alone: a spike is never lost.
    """
    top, bottom, there = band
    # int16 is four times as fast here; a row that lies beyond stays beyond.
    first, last = (np.clip(edge, -2, rows + 1).astype(np.int16) for edge in (top, bottom))
    row = np.arange(rows, dtype=np.int16)[:, None]
    solid = (row >= first) & (row <= np.where(there, last, np.int16(-3)))
    pattern = np.array([dot == "#" for dot in PATTERNS[dashes % len(PATTERNS)]])
    if pattern.all():
        return solid
    heights = np.where(there, bottom - top + 1, 1)
    gone = np.cumsum(heights) - heights
    falls = top + bottom >= _rolled(top + bottom)
    spans = bottom - top > 2
    alone = ~_rolled(there) & ~_rolled(there, -1)
    y, x = np.nonzero(solid)
    way = gone[x] + np.where(falls[x], y - top[x], bottom[x] - y)
    ends = spans[x] & ((y == np.maximum(top[x], 0)) | (y == np.minimum(bottom[x], rows - 1)))
    solid[y, x] = pattern[way % pattern.size] | ends | alone[x]
    return solid
