"""A plot as text: curves over a frame, with title, legend, marks and a cursor.

Pure: the same arguments give the same picture. It knows no colours: `paint` says which curve each
cell belongs to, and whoever shows the picture paints it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrtui.plotting.axis import Axis, axis_of
from lrtui.plotting.columns import Columns, check_range, column_of
from lrtui.plotting.frame import Cells, frame, to_ascii
from lrtui.plotting.headline import Entry, Piece, dot_of, legend, one_cell, title_text
from lrtui.plotting.layout import Layout, layout
from lrtui.plotting.raster import Band, braille, joined, lit
from lrtui.plotting.ticks import step_ticks

CURSOR, MARK = 254, 255
_LINES = {CURSOR: "│", MARK: "╷"}
_ASCII_LINES = {CURSOR: "|", MARK: ":"}
Paint = NDArray[np.uint8]


class Curve(NamedTuple):
    """A curve and how it is told from the others."""

    columns: Columns
    style: int
    """1, 2, 3 ...: which curve it is, and the paint of its cells."""
    dashed: int = 0
    """A dash pattern (0 or False: solid): a cue besides colour."""
    name: str = ""
    """What the legend calls it; empty: it is not in the legend."""
    behind: bool = False
    """A backdrop: a cell that another curve reaches later shows that one alone."""


class Mark(NamedTuple):
    """A vertical line at a step, such as a reset, and a letter for it on the axis."""

    step: int
    letter: str


class Picture(NamedTuple):
    """A plot, ready to be painted."""

    rows: tuple[str, ...]
    """As many strings as it is high, each of as many one-cell characters as it is wide."""
    paint: Paint
    """Shape (height, width). 0: frame and blank; 1 ...: the curve of that style; 254: the cursor;
    255: a mark."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Picture):
            return NotImplemented
        return self.rows == other.rows and np.array_equal(self.paint, other.paint)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.rows)


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
    x_ticks: bool = True,
    limits: tuple[float, float] | None = None,
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
        ascii: use nothing but ASCII, one dot a cell, another character for each style.
        x_ticks: label the steps, on a row of its own.
        limits: of the vertical axis, instead of such as show everything.

    Raises:
        ValueError: there is no step or no cell; a curve has another number of columns; `limits`
            are not finite or not in order.
    """
    check_range(start, stop)
    if width < 1 or height < 1:
        raise ValueError(f"width and height must be at least 1. Received: {width}, {height}")
    where = layout(width, height, x_ticks)
    _check(curves, 2 * where.width)
    dots = 1 if ascii else 4
    axis = axis_of([curve.columns for curve in curves], where.height, dots, log, limits)
    cells = np.full((height, width), ord(" "), np.uint32)
    paint = np.zeros((height, width), np.uint8)
    if where.framed:
        headline = title_text(title, axis.base, where.width - 1, ascii)
        y_ticks = () if headline is None else axis.labels(where.height, dots)
        cells = frame(width, height, y_ticks, _x_ticks(start, stop, where.width), x_ticks)
        if ascii:
            to_ascii(cells)
        _write(cells[0], paint[0], where, headline or "", curves, ascii)
    lines = [(mark.step, mark.letter, MARK) for mark in marks]
    lines += [] if cursor is None else [(cursor, "^" if ascii else "▲", CURSOR)]
    for step, letter, code in lines:
        if start <= step < stop:
            column = column_of(step, start, stop, 2 * where.width) // 2
            _line(cells, paint, where, column, letter, code, ascii)
    _draw(cells, paint, where, axis, curves, ascii)
    return Picture(tuple(cells.view(f"U{width}").ravel().tolist()), paint)


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
def _x_ticks(start: int, stop: int, width: int) -> tuple[tuple[int, str], ...]:
    return tuple(
        (column_of(step, start, stop, 2 * width) // 2, label)
        for step, label in step_ticks(start, stop, width)
    )


def _write(
    cells: Cells, paint: Paint, where: Layout, title: str, curves: Sequence[Curve], ascii: bool
) -> None:
    """Title and legend into the uppermost row."""
    entries = [Entry(curve.name, curve.style, curve.dashed) for curve in curves if curve.name]
    pieces = legend(entries, where.width - len(title) - 1, ascii)
    right = where.left + where.width - sum(len(piece.text) for piece in pieces)
    for left, text, code in ((where.left, title, 0), *_placed(right, pieces)):
        cells[left : left + len(text)] = [ord(character) for character in text]
        paint[left : left + len(text)] = code


def _placed(left: int, pieces: Sequence[Piece]) -> list[tuple[int, str, int]]:
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
        cells[bottom, x] = ord(one_cell(letter[:1], ascii) or glyph)
        paint[bottom, x] = code


def _draw(
    cells: Cells,
    paint: Paint,
    where: Layout,
    axis: Axis,
    curves: Sequence[Curve],
    ascii: bool,
) -> None:
    """The curves into the canvas, each over those before."""
    rows = slice(where.top, where.top + where.height)
    columns = slice(where.left, where.left + where.width)
    inner, painted = cells[rows, columns], paint[rows, columns]
    patterns = np.zeros(inner.shape, np.uint8)
    backdrop = np.zeros(inner.shape, np.bool_)
    for curve in curves:
        if ascii:
            hit = lit(_band(_halved(curve.columns), axis, where.height), where.height)
            inner[hit] = ord(dot_of(curve.style))
        else:
            band = _band(curve.columns, axis, 4 * where.height)
            pattern = braille(lit(band, 4 * where.height, curve.dashed))
            hit = pattern > 0
            patterns[hit & backdrop] = 0
            patterns |= pattern
            backdrop[hit] = curve.behind
        painted[hit] = curve.style
    shown = patterns > 0
    inner[shown] = 0x2800 + patterns[shown].astype(np.uint32)


def _band(columns: Columns, axis: Axis, rows: int) -> Band:
    there = np.isfinite(columns.low) & np.isfinite(columns.high)
    return joined(Band(axis.rows(columns.high, rows), axis.rows(columns.low, rows), there))


def _halved(columns: Columns) -> Columns:
    """One column a cell."""
    low, high = columns.low.reshape(-1, 2), columns.high.reshape(-1, 2)
    return Columns(np.fmin(*low.T), np.fmax(*high.T))
