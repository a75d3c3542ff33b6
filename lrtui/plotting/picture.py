"""What a plot is made of and what comes of it: curves and marks, and the picture. Only values."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrtui.plotting.columns import Columns

CURSOR, MARK = 254, 255
Paint = NDArray[np.uint8]


class Curve(NamedTuple):
    """A curve and how it is told from the others."""

    columns: Columns
    style: int
    """1, 2, 3 ... up to 253: which curve it is, and the paint of its cells; in ASCII its character
    as well, of which there are 16."""
    dashed: int = 0
    """A dash pattern, a cue besides colour: 0 or False is solid; there are nine."""
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
