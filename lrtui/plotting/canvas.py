"""Curves into the cells of a canvas: their dots in whatever marker, and their paint."""

from collections.abc import Sequence

import numpy as np

from lrtui.plotting.axis import Axis
from lrtui.plotting.columns import Columns
from lrtui.plotting.frame import Cells
from lrtui.plotting.markers import Marker, ascii_dot
from lrtui.plotting.picture import FILL, Curve, Paint
from lrtui.plotting.raster import Band, join_columns, rasterize

FILL_PARTS = 3
"""A fill that grows does so by such a part of the width at a time."""


def draw(
    cells: Cells, paint: Paint, axis: Axis, curves: Sequence[Curve], marker: Marker | None
) -> None:
    """Draw the curves into the cells and the paint of a canvas, each over those before."""
    if marker is None:
        _draw_characters(cells, paint, axis, curves)
        return
    rows = marker.rows * len(cells)
    patterns = np.zeros(cells.shape, np.uint8)
    backdrop = np.zeros(cells.shape, np.bool_)
    for curve in curves:
        pattern = marker.patterns(rasterize(_band(curve.columns, axis, rows), rows, curve.dashed))
        hit = pattern > 0
        patterns[hit & backdrop] = 0
        patterns |= pattern
        backdrop[hit] = curve.behind
        paint[hit] = curve.style
    shown = patterns > 0
    cells[shown] = marker.glyphs[patterns[shown]]


def fill_below(paint: Paint, axis: Axis, curves: Sequence[Curve], *, grows: bool) -> None:
    """Mark the cells below curves as filled, without their own.

    Where a curve `grows`, a part of the width at a time: a cell by itself costs a move and a colour
    in each row, and six at a time were still an eighth of what a training sends.
    """
    rows, columns = paint.shape
    part = max(1, columns // FILL_PARTS)
    row = np.arange(rows)[:, None]
    for curve in curves:
        high = _halved(curve.columns).high
        there = np.isfinite(high)
        stop = int(np.flatnonzero(there)[-1]) + 1 if there.any() else 0
        there[stop - stop % part if grows and stop < columns else stop :] = False
        own = paint == curve.style
        top = np.where(own.any(axis=0), own.argmax(axis=0), axis.rows(high, rows))
        filled = (row >= top) & there & (paint < FILL) & ~own
        paint[filled] += FILL


def _draw_characters(cells: Cells, paint: Paint, axis: Axis, curves: Sequence[Curve]) -> None:
    for curve in curves:
        hit = rasterize(_band(_halved(curve.columns), axis, len(cells)), len(cells))
        cells[hit] = ord(ascii_dot(curve.style))
        paint[hit] = curve.style


def _band(columns: Columns, axis: Axis, rows: int) -> Band:
    there = np.isfinite(columns.low) & np.isfinite(columns.high)
    top, bottom = axis.rows(np.array((columns.high, columns.low)), rows)
    return join_columns(Band(top, bottom, there))


def _halved(columns: Columns) -> Columns:
    """One column a cell."""
    low, high = columns.low.reshape(-1, 2), columns.high.reshape(-1, 2)
    return Columns(np.fmin(*low.T), np.fmax(*high.T))
