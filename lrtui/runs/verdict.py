"""Which of many cells is the best, where that is more than chance. Pure.

Losses above 0 are compared by their ratios, as logarithms: that makes noise alike in all cells.
Cells share their seeds: a loss is its cell's mean, and what its seed adds to every cell, and noise.
The noise is estimated from what the first two leave, as in a randomised block design (Montgomery,
Design and Analysis of Experiments, ch. 4); of a cell that is noisier than all together, by itself.
Two cells differ where the t interval of their difference does not hold 0. Its level is such that
all pairs together are wrong once in twenty (Bonferroni): which cell is lowest was not known before.
"""

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from lrtui.runs.t_distribution import t_quantile
from lrtui.schedules.arrays import Float64s

CONFIDENCE = 0.95
"""That no pair of cells is told apart wrongly."""


class Verdict(Struct, frozen=True):
    """What may be said of the lowest cell."""

    lowest: int | None
    """Which cell has the lowest mean of those without a divergence; None: there is none."""
    alike: tuple[int, ...] = ()
    """The other cells that are not told apart from it, the nearest first."""
    told: bool = False
    """Whether anything can be told apart: there are at least two seeds and two sound cells."""

    @property
    def best(self) -> int | None:
        """The lowest cell, where it is lower than every other by more than chance; else None."""
        return self.lowest if self.told and not self.alike else None


def judge(finals: Sequence[Sequence[float]] | Float64s) -> Verdict:
    """What may be said of these cells.

    Args:
        finals: the final loss of each seed, cell by cell, the same seeds in all; as an array of
            shape (cells, seeds) it takes milliseconds for 100 000. A cell in which
            one is not finite, or which has fewer seeds than the first sound one, is left out.

    Returns:
        Numbers of cells are places in `finals`.
    """
    if isinstance(finals, np.ndarray):
        places = np.flatnonzero(np.isfinite(finals).all(axis=1))
        table = finals[places]
    else:
        sound = [place for place, cell in enumerate(finals) if cell and _finite(cell)]
        seeds = max((len(finals[place]) for place in sound), default=0)
        places = np.array([place for place in sound if len(finals[place]) == seeds], np.int64)
        table = np.array([finals[place] for place in places.tolist()], np.float64)
    if not table.size:
        return Verdict(None)
    if (table > 0).all():
        table = np.log(table)
    means = table.mean(axis=1)
    order = np.argsort(means, kind="stable")
    lowest, others = order[0], order[1:]
    seeds = table.shape[1]
    if seeds < 2 or not len(others):
        return Verdict(int(places[lowest]), tuple(places[others].tolist()))
    pairs = len(places) * (len(places) - 1) // 2
    level = 1 - (1 - CONFIDENCE) / (2 * pairs)
    left = table - means[:, None] - table.mean(axis=0) + table.mean()
    freedom = (len(table) - 1) * (seeds - 1)
    common = float((left**2).sum()) / freedom
    # Some cells are noisier than the rest: those that nearly diverge, often the best ones.
    noise = np.maximum(common, (left**2).sum(axis=1) / (seeds - 1))
    quantile = t_quantile(level, freedom)
    half_widths = quantile * np.sqrt((noise[lowest] + noise[others]) / seeds)
    alike = others[means[others] - means[lowest] <= half_widths]
    return Verdict(int(places[lowest]), tuple(places[alike].tolist()), told=True)


def _finite(cell: Sequence[float]) -> bool:
    return all(map(math.isfinite, cell))
