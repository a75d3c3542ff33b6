"""The final loss over two parameters: what is known of each cell. Pure.

A cell is one pair of values; it is trained with several seeds, the same for all cells.
"""

import math
import statistics
from collections.abc import Collection

import numpy as np
from msgspec import Struct

from lrtui.runs.sweeps import cells
from lrtui.runs.trained import Trained

Place = tuple[int, int]
"""Row and column of a cell."""


class CellLosses(Struct, frozen=True):
    """What came of one cell: the final loss of each seed, in their order; NaN: it diverged."""

    finals: tuple[float, ...]

    @property
    def sound(self) -> tuple[float, ...]:
        """Of the seeds that did not diverge."""
        return tuple(one for one in self.finals if math.isfinite(one))

    @property
    def diverged(self) -> int:
        """How many seeds did."""
        return len(self.finals) - len(self.sound)

    @property
    def median(self) -> float:
        """Of those that did not; infinite where all did."""
        return statistics.median(self.sound) if self.sound else math.inf


def coarse_to_fine(rows: int, columns: int) -> list[Place]:
    """All places of a map, those of a coarse grid first, then those between them, and so on."""
    return [(row, column) for _, row, column in cells.coarse_to_fine((1, rows, columns))]


def stands_for(place: Place, known: Collection[Place], shape: Place) -> Place | None:
    """The known place of the finest coarser grid that stands for this one until it is known."""
    stride = 1
    while stride <= max(shape):
        row, column = (index - index % stride for index in place)
        if (row, column) in known:
            return row, column
        stride *= 2
    return None


def cells_of(trained: Trained, count: int) -> list[CellLosses | None]:
    """What is known of each cell so far.

    Args:
        trained: of each cell in turn all seeds.
        count: of the cells.

    Returns:
        None for a cell whose trainings are not over.
    """
    losses = trained.validation if trained.validated else trained.means
    steps, seeds = trained.asked.rates.shape[1], len(trained.asked.rows) // count
    found: list[CellLosses | None] = []
    for first in range(0, count * seeds, seeds):
        rows = slice(first, first + seeds)
        if (trained.steps[rows] < steps).any() or not losses.shape[1]:
            found.append(None)
            continue
        sound = np.isfinite(trained.means[rows]).all(axis=1) & np.isfinite(losses[rows]).all(axis=1)
        finals = np.where(sound, losses[rows, -1], np.float32(math.nan))
        found.append(CellLosses(tuple(finals.tolist())))
    return found
