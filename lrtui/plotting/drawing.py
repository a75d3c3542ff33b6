"""A plot as text: curves over a frame, with title, legend, marks and a cursor.

Pure: the same arguments give the same picture. It knows no colours: `paint` says which curve each
cell belongs to, and whoever shows the picture paints it.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lrtui.plotting.axis import Axis, fit_axis
from lrtui.plotting.canvas import draw, fill_below
from lrtui.plotting.cell_text import fit_cells, title_text
from lrtui.plotting.columns import check_range, column_of
from lrtui.plotting.frame import Cells, frame, to_ascii
from lrtui.plotting.layout import LABELS, Layout, layout
from lrtui.plotting.legend import LegendText, names
from lrtui.plotting.markers import Marker, MarkerName, dot_rows, marker_of
from lrtui.plotting.picture import CURSOR, FILL, MARK, Curve, Label, Mark, Paint, Picture
from lrtui.plotting.x_axis import Steps, XAxis

_LINES = {CURSOR: "│", MARK: "╷"}
_ASCII_LINES = {CURSOR: "|", MARK: ":"}
_STEPS = Steps()
HEAD_PARTS = 16
"""The text beside a head moves by such a part of the width at a time: each move is sent whole."""
MARK_CELLS = 3
"""Of what a mark is called, at most."""


def plot(
    width: int,
    height: int,
    curves: Sequence[Curve],
    *,
    start: int,
    stop: int,
    log: bool = False,
    title: str = "",
    marks: Sequence[Mark] = (),
    cursor: int | None = None,
    ascii: bool = False,
    marker: MarkerName = "braille",
    x_ticks: bool = True,
    x_axis: XAxis = _STEPS,
    limits: tuple[float, float] | None = None,
    legend: bool = True,
    labels: Sequence[Label] = (),
    fill: int = 0,
    grows: bool = False,
) -> Picture:
    """Draw curves over steps ``[start, stop)``.

    Where two curves share a cell, the dots of both are lit and it has the paint of the later one.
    Cells with a curve in them hide marks and cursor. Below 16 cells of width, or where no row is
    left for a curve, there is no frame.

    Args:
        width: of the picture, in cells.
        height: of the picture, in cells.
        curves: each of :func:`columns_of` ``(width)`` columns, from the same `start` to `stop`.
        start: first step.
        stop: step after the last.
        log: logarithmic rates; what is not above 0 is drawn at the bottom, labelled 0.
        title: stands in the upper line of the frame, with the legend on its right.
        marks: the last one wins where several share a column.
        cursor: a step to draw a vertical line at.
        ascii: use nothing but ASCII; the same as the marker ``"ascii"``.
        marker: what curves are made of: ``"braille"`` (2 by 4 dots a cell), ``"hd"`` (quadrant
            blocks, 2 by 2) or ``"ascii"`` (a character for each style; frame and text in ASCII).
        x_ticks: label the steps, on a row of its own.
        x_axis: what is labelled there instead of steps: :class:`Epochs`, ...
        limits: of the vertical axis, instead of such as show everything.
        labels: written beside their points where there is room, the first first.
        fill: the style of a curve whose cells below it have :data:`FILL` added to their paint.
        grows: whether that curve goes on in a later picture: then the fill follows it in steps.
        legend: name the curves in the upper line; see :func:`legend_rows` for rows of its own.

    Raises:
        ValueError: there is no step or no cell; a curve has another number of columns; `limits`
            are not finite or not in order; there is no such marker.
    """
    check_range(start, stop)
    if width < 1 or height < 1:
        raise ValueError(f"width and height must be at least 1. Received: {width}, {height}")
    where = layout(width, height, x_ticks)
    _check(curves, 2 * where.width)
    how = marker_of("ascii" if ascii else marker)
    dots, plain = dot_rows(how), how is None
    axis = fit_axis([curve.columns for curve in curves], where.height, dots, log, limits)
    cells = np.full((height, width), ord(" "), np.uint32)
    paint = np.zeros((height, width), np.uint8)
    if where.framed:
        headline = title_text(title, axis.base, where.width - 1, plain)
        y_ticks = () if headline is None else axis.labels(where.height, dots)
        cells = frame(width, height, y_ticks, _x_ticks(x_axis, start, stop, where.width), x_ticks)
        if plain:
            to_ascii(cells)
        _write(cells[0], paint[0], where, headline or "", curves if legend else (), how)
        if x_ticks:
            _name_unit(cells[-1], x_axis.unit)
    lines = [(mark.step, mark.letter, MARK) for mark in marks]
    lines += [] if cursor is None else [(cursor, "^" if plain else "▲", CURSOR)]
    for step, letter, code in lines:
        if start <= step < stop:
            column = _cell_of(step, start, stop, where.width)
            _line(cells, paint, where, column, letter, code, plain)
    rows = slice(where.top, where.top + where.height)
    columns = slice(where.left, where.left + where.width)
    draw(cells[rows, columns], paint[rows, columns], axis, curves, how)
    _label(cells[rows, columns], paint[rows, columns], axis, labels, start, stop, dots, plain)
    if fill and not plain:
        filled = [one for one in curves if one.style == fill]
        fill_below(paint[rows, columns], axis, filled, grows=grows)
    return Picture.of(cells.view(f"U{width}").ravel().tolist(), paint)


def bare_plot(width: int, height: int, curve: Curve, marker: MarkerName = "braille") -> Picture:
    """Draw a curve without frame, axes and words, from edge to edge.

    Args:
        width: in cells.
        height: in cells.
        curve: of twice as many columns as `width`.
        marker: what it is made of.
    """
    how = marker_of(marker)
    axis = fit_axis([curve.columns], height, dot_rows(how), log=False)
    cells = np.full((height, width), ord(" "), np.uint32)
    paint = np.zeros((height, width), np.uint8)
    draw(cells, paint, axis, [curve], how)
    return Picture.of(cells.view(f"U{width}").ravel().tolist(), paint)


def _label(
    cells: Cells,
    paint: Paint,
    axis: Axis,
    labels: Sequence[Label],
    start: int,
    stop: int,
    dots: int,
    ascii: bool,
) -> None:
    """Texts beside points of the canvas, each at its first point that has room for it."""
    height, width = cells.shape
    for label in labels:
        for step, value in ((label.step, label.value), *label.elsewhere):
            if not (start <= step < stop and math.isfinite(value)):
                continue
            row = int(axis.rows(np.array([value]), height * dots)[0]) // dots
            column = _cell_of(step, start, stop, width)
            if 0 <= row < height and _put_label(cells, paint, label, row, column, ascii):
                break


def _put_label(
    cells: Cells, paint: Paint, label: Label, row: int, column: int, ascii: bool
) -> bool:
    """A text beside a cell, where all its cells are blank; whether there is such a place."""
    height, width = cells.shape
    style, head = label.style, label.head
    own = np.flatnonzero(paint[:, column] == style)
    if head and own.size:  # its cell of the curve, which may be in the next row
        row = int(own[np.abs(own - row).argmin()])
    if head:
        cells[row, column], paint[row, column] = ord("O" if ascii else "●"), style
    text = fit_cells(label.text, ascii)
    right = column + 2 + -column % max(1, width // HEAD_PARTS) if head else column + 1
    left = right if right + len(text) <= width else max(0, column + 1 - len(text) - 2 * head)
    for y in (row, row - 1, row + 1):
        room = slice(max(0, left - 1), left + len(text) + (not head))
        if 0 <= y < height and left + len(text) <= width and _blank(cells[y, room]):
            there = slice(left, left + len(text))
            cells[y, there] = [ord(character) for character in text]
            paint[y, there] = style
            return True
    return False


def _blank(cells: Cells) -> bool:
    return bool((cells == ord(" ")).all())


def _check(curves: Sequence[Curve], columns: int) -> None:
    for curve in curves:
        if curve.columns.low.shape != (columns,) or curve.columns.high.shape != (columns,):
            raise ValueError(
                f"a curve must have columns_of(width), that is {columns}, columns. "
                f"Received: {curve.columns.low.size} and {curve.columns.high.size}"
            )
        if not 1 <= curve.style < FILL - 2:
            raise ValueError(f"style must be from 1 to {FILL - 3}. Received: {curve.style}")


@lru_cache(maxsize=64)
def _x_ticks(x_axis: XAxis, start: int, stop: int, width: int) -> tuple[tuple[int, str], ...]:
    return tuple(
        (min(max(_cell_of(step, start, stop, width), 0), width), label)
        for step, label in x_axis.ticks(start, stop, width)
    )


def _cell_of(step: float, start: int, stop: int, width: int) -> int:
    """The canvas cell of a step; of one that is not whole, where it is on the way to the next."""
    if step == int(step):
        return column_of(int(step), start, stop, 2 * width) // 2
    return math.floor((step - start) / (stop - start) * width)


def _name_unit(row: Cells, unit: str) -> None:
    """The unit below the labels of the vertical axis, if the first tick leaves it room."""
    if (row[: len(unit) + 1] == ord(" ")).all() and len(unit) <= LABELS:
        row[: len(unit)] = [ord(character) for character in unit]


def _write(
    cells: Cells,
    paint: Paint,
    where: Layout,
    title: str,
    curves: Sequence[Curve],
    marker: Marker | None,
) -> None:
    """Title and legend into the uppermost row."""
    pieces = names(curves, where.width - len(title) - 1, marker)
    right = where.left + where.width - sum(len(piece.text) for piece in pieces)
    for left, text, code in ((where.left, title, 0), *_placed(right, pieces)):
        cells[left : left + len(text)] = [ord(character) for character in text]
        paint[left : left + len(text)] = code


def _placed(left: int, pieces: Sequence[LegendText]) -> list[tuple[int, str, int]]:
    placed = []
    for piece in pieces:
        placed.append((left, piece.text, piece.paint))
        left += len(piece.text)
    return placed


def _line(
    cells: Cells, paint: Paint, where: Layout, column: int, letter: str, code: int, ascii: bool
) -> None:
    """A vertical line over the canvas, and its letter on the axis."""
    x, bottom = where.left + column, where.top + where.height
    glyph = _ASCII_LINES[code] if ascii else _LINES[code]
    cells[where.top : bottom, x] = ord(glyph)
    paint[where.top : bottom, x] = code
    if where.framed:
        told = fit_cells(letter[:MARK_CELLS], ascii) or glyph
        there = slice(x, min(x + len(told), where.left + where.width))
        cells[bottom, there] = [ord(character) for character in told][: there.stop - there.start]
        paint[bottom, there] = code
