"""Legends: a sample of each line and its name, in the line of the frame or in rows of their own."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lrtui.plotting.cell_text import fit_cells, shorten
from lrtui.plotting.markers import Marker, MarkerName, ascii_dot, marker_of
from lrtui.plotting.picture import Curve, Picture
from lrtui.plotting.raster import PATTERNS, Band, rasterize

_LEAST_SAMPLE = 3
"""Cells; a longer pattern is shown for its whole period."""


class LegendText(NamedTuple):
    """Some text and its paint."""

    text: str
    paint: int = 0


def names(curves: Sequence[Curve], room: int, marker: Marker | None) -> list[LegendText]:
    """A sample and a name for each, in at most `room` cells; ``+2`` for two that have no room."""
    entries = [_entry(curve, marker) for curve in curves if curve.name]
    for shown in range(len(entries), 0, -1):
        hidden = len(entries) - shown
        pieces = [piece for entry in entries[:shown] for piece in entry]
        pieces.append(LegendText(f" +{hidden} more " if hidden else " "))
        if _width(pieces) <= room:
            return pieces
    return []


def legend_rows(
    curves: Sequence[Curve], width: int, rows: int, marker: MarkerName = "braille"
) -> Picture:
    """The legend of curves in rows of its own, a sample and a name each.

    Args:
        curves: those with a name are listed, in their order; their columns are not looked at.
        width: of a row, in cells. A name that is wider is cut.
        rows: at most so many.
        marker: as of the plot.

    Returns:
        As many rows as it takes, none if there is no name. The last ends in ``+2`` where two have
        no room.

    Raises:
        ValueError: there is no such marker.
    """
    how = marker_of(marker)
    entries = [_entry(curve, how) for curve in curves if curve.name]
    for shown in range(len(entries), -1, -1):
        hidden = len(entries) - shown
        more = [[LegendText(f" +{hidden} more")]] if hidden else []
        lines = _flowed([*entries[:shown], *more], width, how is None)
        if len(lines) <= rows:
            return _picture(lines, width)
    return _picture([], width)


def legend_fits(
    curves: Sequence[Curve], width: int, rows: int, marker: MarkerName = "braille"
) -> bool:
    """Whether :func:`legend_rows` would name all of these, each by its whole name."""
    entries = [_entry(curve, marker_of(marker)) for curve in curves if curve.name]
    lines = _flowed(entries, width, ascii=True)
    return len(lines) <= rows and all(_width(entry) <= width for entry in entries)


def _flowed(
    entries: Sequence[Sequence[LegendText]], width: int, ascii: bool
) -> list[list[LegendText]]:
    """Entries one after another, on another line where one is full."""
    lines: list[list[LegendText]] = []
    for entry in entries:
        if lines and _width(lines[-1]) + _width(entry) <= width:
            lines[-1] += entry
        else:
            lines.append(_cut(entry, width, ascii))
    return lines


def _cut(entry: Sequence[LegendText], width: int, ascii: bool) -> list[LegendText]:
    kept, room = [], width
    for text, paint in entry:
        kept.append(LegendText(shorten(text, room, ascii), paint))
        room -= len(kept[-1].text)
    return kept


def _picture(lines: Sequence[Sequence[LegendText]], width: int) -> Picture:
    paint = np.zeros((len(lines), width), np.uint8)
    for y, line in enumerate(lines):
        left = 0
        for text, code in line:
            paint[y, left : left + len(text)] = code
            left += len(text)
    rows = ("".join(piece.text for piece in line).ljust(width) for line in lines)
    return Picture.of(rows, paint)


def _width(pieces: Sequence[LegendText]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _entry(curve: Curve, marker: Marker | None) -> list[LegendText]:
    return [
        LegendText(" "),
        LegendText(_sample(curve.style, curve.dashed, marker), curve.style),
        LegendText(f" {fit_cells(curve.name, marker is None)}"),
    ]


@lru_cache(maxsize=256)
def _sample(style: int, dashed: int, marker: Marker | None) -> str:
    """A piece of a level line."""
    if marker is None:
        return ascii_dot(style) * _LEAST_SAMPLE
    columns = 2 * max(_LEAST_SAMPLE, -(-len(PATTERNS[dashed % len(PATTERNS)]) // 2))
    middle = np.full(columns, marker.rows // 2)
    dots = rasterize(Band(middle, middle, np.ones(columns, np.bool_)), marker.rows, dashed)
    return "".join(map(chr, marker.glyphs[marker.patterns(dots)[0]].tolist()))
