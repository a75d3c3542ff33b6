"""What stdout can show: its size, colours, and whether braille dots get through."""

import itertools
import os
import shutil
import sys

import numpy as np

from lrtui.plotting import markers
from lrtui.plotting.picture import Picture

_COLOURS = (36, 33, 35, 32, 31, 34, 96, 93, 95, 92, 91, 94)
"""Of the first curve, the second, ...: cyan, yellow, magenta, green, red, blue; then bright."""


MOST = 1000
"""Columns and lines of a terminal; who says that there are more is not believed."""


def size() -> tuple[int, int]:
    """Columns and lines of the terminal; 80 and 24 in a pipe."""
    if not sys.stdout.isatty() and not {"COLUMNS", "LINES"} <= os.environ.keys():
        return 80, 24
    columns, lines = shutil.get_terminal_size((80, 24))
    return min(columns, MOST), min(lines, MOST)


def ascii_only() -> bool:
    """Whether stdout cannot take braille dots."""
    return markers.ascii_only(sys.stdout.encoding, os.environ)


def coloured() -> bool:
    """Whether stdout is a terminal on which colours are wanted."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def painted(picture: Picture, colours: bool) -> str:
    """A picture as lines, each curve in its colour if `colours`."""
    if not colours:
        return "\n".join(row.rstrip() for row in picture.rows)
    return "\n".join(
        _painted_row(row, paint.tolist())
        for row, paint in zip(picture.rows, np.asarray(picture.paint), strict=True)
    )


def _painted_row(row: str, paint: list[int]) -> str:
    cells = zip(row.rstrip(), paint, strict=False)
    pieces = []
    for style, group in itertools.groupby(cells, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in group)
        colour = _COLOURS[(style - 1) % len(_COLOURS)]
        pieces.append(f"\x1b[{colour}m{text}\x1b[0m" if 0 < style < 254 else text)
    return "".join(pieces)
