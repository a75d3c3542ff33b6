"""Reads a picture back as a person with a ruler would: which dots are lit, what the axes say.

Knows the characters of a picture, nothing of how it was drawn.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Picture

LEFT, RIGHT = 8, 1
"""Cells of labels and axis, and of the frame on the right."""
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Unicode's numbering of the eight dots of a braille cell."""
_QUARTERS = ("UPPER LEFT", "UPPER RIGHT", "LOWER LEFT", "LOWER RIGHT")
_CHARACTERS = "*ox#%@&=$~vszewn"


def dots(
    picture: Picture, labelled: bool = True, marker: MarkerName = "braille"
) -> NDArray[np.bool_]:
    """The lit dots of the canvas, row 0 uppermost; two columns a cell, in ASCII one."""
    return lit([row[LEFT:-RIGHT] for row in picture.rows[1 : -2 if labelled else -1]], marker)


def lit(canvas: Sequence[str], marker: MarkerName) -> NDArray[np.bool_]:
    """The lit dots of these rows of cells."""
    if marker == "ascii":
        return np.array([[cell in _CHARACTERS for cell in row] for row in canvas])
    cell_of = {"braille": _braille, "hd": _quadrants}[marker]
    return np.block([[cell_of(cell) for cell in row] for row in canvas])


def _braille(cell: str) -> NDArray[np.bool_]:
    pattern = ord(cell) - 0x2800 if "\u2800" <= cell <= "\u28ff" else 0
    return np.array([[bool(pattern & bit) for bit in pair] for pair in _BITS])


def _quadrants(cell: str) -> NDArray[np.bool_]:
    """By the names that Unicode gives the blocks."""
    name = unicodedata.name(cell)
    halves = {"UPPER HALF": (0, 1), "LOWER HALF": (2, 3), "LEFT HALF": (0, 2), "RIGHT HALF": (1, 3)}
    for half, quarters in halves.items():
        if name == f"{half} BLOCK":
            return np.isin(np.arange(4), quarters).reshape(2, 2)
    if name == "FULL BLOCK":
        return np.ones((2, 2), np.bool_)
    said = name.removeprefix("QUADRANT ").split(" AND ") if name.startswith("QUADRANT") else []
    return np.array([quarter in said for quarter in _QUARTERS]).reshape(2, 2)


def y_labels(picture: Picture) -> dict[int, str]:
    """The labels of the vertical axis by canvas row."""
    canvas = picture.rows[1:-2]
    return {y: row[: LEFT - 1].strip() for y, row in enumerate(canvas) if row[LEFT - 1] in "┤+"}


def x_labels(picture: Picture) -> dict[int, str]:
    """The labels of the horizontal axis by the canvas cell of the tick they stand below."""
    axis, below = picture.rows[-2], picture.rows[-1]
    found = {}
    for cell, character in enumerate(axis):
        if character in "┬┤" or (cell == len(axis) - 1 and below[cell] != " "):
            if below[cell] == " ":
                continue
            start, stop = below.rfind(" ", 0, cell) + 1, below.find(" ", cell)
            found[cell - LEFT] = below[start : stop if stop > 0 else len(below)]
    return found


def number(label: str) -> float:
    """What a label of steps says: ``1.5k`` is 1500."""
    scale = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    return float(label[:-1]) * scale[label[-1]] if label[-1] in scale else float(label)
