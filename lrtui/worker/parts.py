"""The data of a training: inputs, targets and perhaps weights, each an array or several."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

Parts = tuple[Any, ...]
"""Inputs, targets and, if there are any, weights of samples; each an array, or a dict or tuple of
arrays. All of them have a row for each sample."""


def leaves(parts: Any) -> list[Any]:
    """All arrays, one after another."""
    return list(keras.tree.flatten(parts))


def count_of(parts: Parts) -> int:
    """How many samples there are."""
    return len(leaves(parts)[0])


def taken(parts: Parts, rows: slice) -> Parts:
    """Some of the samples."""
    return tuple(keras.tree.map_structure(lambda one: one[rows], part) for part in parts)


def joined(batches: Sequence[Parts]) -> Parts:
    """The samples of all batches, one after another."""
    made: Parts = keras.tree.map_structure(lambda *some: np.concatenate(some), *batches)
    return made
