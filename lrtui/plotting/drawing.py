"""A plot as text: curves over a frame, with title, legend, marks and a cursor.

Pure: the same arguments give the same picture. It knows no colours: `paint` says which curve each
cell belongs to, and whoever shows the picture paints it.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lrtui.plotting.axis import fit_axis
from lrtui.plotting.canvas import draw
from lrtui.plotting.cell_text import fit_cells, title_text
from lrtui.plotting.columns import check_range, column_of
from lrtui.plotting.frame import Cells, frame, to_ascii
from lrtui.plotting.layout import LABELS, Layout, layout
from lrtui.plotting.legend import LegendText, names
from lrtui.plotting.markers import Marker, MarkerName, dot_rows, marker_of
from lrtui.plotting.picture import CURSOR, MARK, Curve, Mark, Paint, Picture
from lrtui.plotting.x_axis import Steps, XAxis

_LINES = {CURSOR: "│", MARK: "╷"}
_ASCII_LINES = {CURSOR: "|", MARK: ":"}
_STEPS = Steps()


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
    return Picture.of(cells.view(f"U{width}").ravel().tolist(), paint)


def _check(curves: Sequence[Curve], columns: int) -> None:
    for curve in curves:
        if curve.columns.low.shape != (columns,) or curve.columns.high.shape != (columns,):
            raise ValueError(
                f"a curve must have columns_of(width), that is {columns}, columns. "
                f"Received: {curve.columns.low.size} and {curve.columns.high.size}"
            )
        if not 1 <= curve.style < CURSOR:
            raise ValueError(f"style must be from 1 to {CURSOR - 1}. Received: {curve.style}")


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
        cells[bottom, x] = ord(fit_cells(letter[:1], ascii) or glyph)
        paint[bottom, x] = code
