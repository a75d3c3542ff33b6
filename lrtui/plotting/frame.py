"""The frame of a plot, its axes and ticks: the only place that knows plotext.

plotext's cost is the area of its canvas, blank or not, and a turned parameter changes the ticks of
one side only. So the left side is built as a narrow figure and the rest as a flat one, each
remembered by what stands on it; together they cost 2 to 4 ms where one large figure takes 12.
"""

from functools import lru_cache

import numpy as np
import plotext

from lrtui.plotting.layout import LABELS
from lrtui.schedules.arrays import Uint32s

Cells = Uint32s
"""Characters as code points, shape (height, width)."""
Labels = tuple[tuple[int, str], ...]
"""Ticks: the canvas row (from the top) or column, and what is written there."""

_ASCII = {ord(line): ord(plain) for line, plain in zip("─│┌┐└┘┤┬", "-|++++++", strict=True)}


def frame(width: int, height: int, y_ticks: Labels, x_ticks: Labels, x_labels: bool) -> Cells:
    """Frame, ticks and labels around a blank canvas.

    Args:
        width: of the whole, in cells.
        height: of the whole; at least 4, or 3 without `x_labels`.
        y_ticks: by canvas row; labels of at most :data:`LABELS` cells.
        x_ticks: by canvas column; the one after the last is the frame's corner.
        x_labels: whether the labels of the x axis are shown, on a row of their own.

    Returns:
        A new array.
    """
    around = 3 if x_labels else 2
    cells = np.full((height, width), ord(" "), np.uint32)
    cells[1 : height - around + 1, : LABELS + 1] = _side(height - around, y_ticks)
    cells[1 : height - around + 1, -1] = ord("│")
    top, axis, labels = _flat(width, x_ticks)
    cells[0], cells[height - around + 1] = top, axis
    if x_labels:
        cells[-1] = labels
    return cells


def to_ascii(cells: Cells) -> Cells:
    """The same with lines made of ``+``, ``-`` and ``|``."""
    for line, plain in _ASCII.items():
        cells[cells == line] = plain
    return cells


@lru_cache(maxsize=64)
def _side(rows: int, ticks: Labels) -> Cells:
    _begin(LABELS + 3, rows + 2)
    plotext.ylim(0, max(1, rows - 1))
    plotext.xticks([])
    shown = ticks or ((0, ""),)
    labels = [label.rjust(LABELS) for _, label in shown]
    plotext.yticks([rows - 1 - row for row, _ in shown], labels)
    side = _built()[1:-1, : LABELS + 1]
    if not ticks:
        side[0, -1] = ord("│")
    return side


@lru_cache(maxsize=64)
def _flat(width: int, ticks: Labels) -> tuple[Cells, Cells, Cells]:
    # One cell wider than is kept: plotext leaves the last one blank below a tick.
    _begin(width + 1, 4 if ticks else 3)
    canvas = width - LABELS
    plotext.yaxes(True, False)
    plotext.yticks([0], [" " * LABELS])
    plotext.ylim(0, 1)
    plotext.xlim(0, canvas - 1)
    plotext.xticks([column for column, _ in ticks], [label for _, label in ticks])
    top, _, axis, *below = _built()[:, :width]
    labels = below[0] if below else np.full(width, ord(" "), np.uint32)
    top[-1] = ord("┐")
    axis[-1] = ord("┤" if axis[-1] == ord("┬") else "┘")
    return top, axis, labels


def _begin(width: int, height: int) -> None:
    """A fresh figure: plotext keeps limits and ticks of the one before."""
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.canvas_color("default")
    plotext.axes_color("default")
    plotext.ticks_color("default")
    plotext.scatter([-1e9], [-1e9])


def _built() -> Cells:
    rows = plotext.uncolorize(plotext.build()).splitlines()
    return np.array([[ord(character) for character in row] for row in rows], np.uint32)
