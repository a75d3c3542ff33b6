"""What a plot is made of and what comes of it: curves and marks, and the picture. Only values."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, Self

import numpy as np

from lrtui.plotting.columns import Columns
from lrtui.schedules.arrays import Uint8s

CURSOR, MARK = 254, 255
FILL = 128
"""Added to the paint of a cell that is filled."""
Paint = Uint8s


class Curve(NamedTuple):
    """A curve and how it is told from the others."""

    columns: Columns
    style: int
    """1, 2, 3 ... up to 125: which curve it is, and the paint of its cells; in ASCII its character
    as well, of which there are 18."""
    dashed: int = 0
    """A dash pattern, a cue besides colour: 0 or False is solid; there are nine."""
    name: str = ""
    """What the legend calls it; empty: it is not in the legend."""
    behind: bool = False
    """A backdrop: a cell that another curve reaches later shows that one alone."""


class Mark(NamedTuple):
    """A vertical line at a step, such as a reset, and a letter or two for it on the axis."""

    step: int
    letter: str


class Label(NamedTuple):
    """A short text beside a point of a curve, where cells are blank; else it is left out."""

    step: int
    value: float
    text: str
    style: int
    """Its paint, that of the curve."""
    head: bool = False
    """Whether the point is marked itself, by a bright dot."""
    elsewhere: Sequence[tuple[int, float]] = ()
    """Other points of the curve, steps and values: it stands at the first that has room."""


class Picture(NamedTuple):
    """A plot, ready to be painted. Plain values, so that it is compared and sent as it is."""

    rows: tuple[str, ...]
    """As many strings as it is high, each of as many one-cell characters as it is wide."""
    codes: bytes
    """The paint of each cell, row after row. 0: frame and blank; 1 ...: the curve of that style;
    254: the cursor; 255: a mark. 128 more: the cell is filled."""
    width: int

    @classmethod
    def of(cls, rows: Iterable[str], paint: Paint) -> Self:
        """A picture of these rows; `paint` is :attr:`codes` of shape (height, width)."""
        return cls(tuple(rows), paint.tobytes(), paint.shape[1])

    @property
    def paint(self) -> Paint:
        """:attr:`codes` as an array of shape (height, width)."""
        return np.frombuffer(self.codes, np.uint8).reshape(len(self.rows), self.width)

    def painted(self, y: int) -> Iterator[tuple[str, int]]:
        """A row's stretches of one paint: each its text and its code."""
        row, codes = self.rows[y], self.codes[y * self.width : (y + 1) * self.width]
        start = 0
        for code, same in groupby(codes):
            stop = start + sum(1 for _ in same)
            yield row[start:stop], code
            start = stop
