"""The frame of a plot, its axes and ticks: the only place that knows plotext.

plotext's cost is the area of its canvas, blank or not, and a turned parameter changes the ticks of
one side only. So the left side is built as a narrow figure and the rest as a flat one, each
remembered by what stands on it; together they cost 2 to 4 ms where one large figure takes 12.
"""

import sys
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from typing import Any

import numpy as np

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
    plot = _blank_plot(LABELS + 3, rows + 2)
    plot.set_ylim(0, max(1, rows - 1))
    plot.set_xticks([])
    shown = ticks or ((0, ""),)
    labels = [label.rjust(LABELS) for _, label in shown]
    plot.set_yticks([rows - 1 - row for row, _ in shown], labels)
    side = _built(plot)[1:-1, : LABELS + 1]
    if not ticks:
        side[0, -1] = ord("│")
    return side


@lru_cache(maxsize=64)
def _flat(width: int, ticks: Labels) -> tuple[Cells, Cells, Cells]:
    # One cell wider than is kept: plotext leaves the last one blank below a tick.
    plot = _blank_plot(width + 1, 4 if ticks else 3)
    canvas = width - LABELS
    plot.set_yaxes(True, False)
    plot.set_yticks([0], [" " * LABELS])
    plot.set_ylim(0, 1)
    plot.set_xlim(0, canvas - 1)
    plot.set_xticks([column for column, _ in ticks], [label for _, label in ticks])
    top, _, axis, *below = _built(plot)[:, :width]
    labels = below[0] if below else np.full(width, ord(" "), np.uint32)
    top[-1] = ord("┐")
    axis[-1] = ord("┤" if axis[-1] == ord("┬") else "┘")
    return top, axis, labels


def _blank_plot(width: int, height: int) -> Any:
    """A plot of nothing that is to be seen, without ticks yet."""
    plot = _plot_class()()
    plot.set_size((width, height))
    plot.draw([-1e9], [-1e9], lines=False)
    return plot


def _built(plot: Any) -> Cells:
    plot.build_plot()
    rows = reversed(plot.matrix.marker)  # plotext counts them from the bottom
    return np.array([[ord(cell) for cell in row] for row in rows], np.uint32)


@cache
def _plot_class() -> Any:
    """What plotext calls a monitor: one plot, to which its functions pass everything on.

    The package around it makes a manual of all its functions whenever it is imported, which is a
    twentieth of the time to the first frame; so only what draws is read.
    """
    whole = sys.modules.get("plotext")
    if whole is None:
        spec = find_spec("plotext")
        assert spec is not None, "lrtui is installed with it"
        sys.modules["plotext"] = module_from_spec(spec)
    from plotext._monitor import monitor_class

    if whole is None:
        del sys.modules["plotext"]  # whoever imports it gets the whole
    return monitor_class
