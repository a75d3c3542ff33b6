"""Reads a picture back as a person with a ruler would: which dots are lit, what the axes say.

Knows the characters of a picture, nothing of how it was drawn.
"""

import numpy as np
from numpy.typing import NDArray

from lrtui.plotting import Picture

LEFT, RIGHT = 8, 1
"""Cells of labels and axis, and of the frame on the right."""
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Unicode's numbering of the eight dots of a braille cell."""


def dots(picture: Picture, labelled: bool = True) -> NDArray[np.bool_]:
    """The lit dots of the canvas, row 0 uppermost: shape (4 * rows, 2 * cells)."""
    canvas = picture.rows[1 : -2 if labelled else -1]
    lit = np.zeros((4 * len(canvas), 2 * len(canvas[0][LEFT:-RIGHT])), np.bool_)
    for y, row in enumerate(canvas):
        for x, character in enumerate(row[LEFT:-RIGHT]):
            if 0x2800 <= ord(character) <= 0x28FF:
                for down, pair in enumerate(_BITS):
                    for across, bit in enumerate(pair):
                        lit[4 * y + down, 2 * x + across] = bool((ord(character) - 0x2800) & bit)
    return lit


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
