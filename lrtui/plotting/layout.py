"""Where things stand in a plot of a given size. Only arithmetic."""

from typing import NamedTuple

LABELS = 7
"""Cells left of the axis for the labels of its ticks; constant, so that stacked plots line up."""
LEAST_WIDTH = 16
"""Narrower than this a plot is the bare curve, from edge to edge."""


class Layout(NamedTuple):
    """The canvas within a picture, in cells; `framed` if there is room around it for a frame."""

    left: int
    top: int
    width: int
    height: int
    framed: bool


def columns_of(width: int) -> int:
    """The dot columns, two a cell, of the canvas of a plot that is `width` cells wide."""
    return 2 * _canvas_width(width)


def column_at(x: int, width: int) -> int:
    """The dot column at the left of cell `x` of a plot; beside the canvas, the nearest one."""
    canvas = _canvas_width(width)
    left = LABELS + 1 if canvas < width else 0
    return 2 * min(max(x - left, 0), canvas - 1)


def layout(width: int, height: int, x_labels: bool) -> Layout:
    """The canvas of a plot of this size, with or without a row of labels below it."""
    canvas = _canvas_width(width)
    around = 3 if x_labels else 2
    if canvas < width and height > around:
        return Layout(LABELS + 1, 1, canvas, height - around, framed=True)
    return Layout(LABELS + 1 if canvas < width else 0, 0, canvas, height, framed=False)


def _canvas_width(width: int) -> int:
    return max(1, width) if width < LEAST_WIDTH else width - LABELS - 2
