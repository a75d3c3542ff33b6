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


def judge(finals: Sequence[Sequence[float]]) -> Verdict:
    """What may be said of these cells.

    Args:
        finals: the final loss of each seed, cell by cell, the same seeds in all. A cell in which
            one is not finite, or which has fewer seeds than the first sound one, is left out.

    Returns:
        Numbers of cells are places in `finals`.
    """
    places = [place for place, cell in enumerate(finals) if cell and all(map(math.isfinite, cell))]
    seeds = max((len(finals[place]) for place in places), default=0)
    places = [place for place in places if len(finals[place]) == seeds]
    if not places:
        return Verdict(None)
    table = np.array([finals[place] for place in places], np.float64)
    if (table > 0).all():
        table = np.log(table)
    means = table.mean(axis=1)
    order = np.argsort(means, kind="stable")
    lowest, others = int(order[0]), [int(one) for one in order[1:]]
    if seeds < 2 or not others:
        return Verdict(places[lowest], tuple(places[one] for one in others))
    pairs = len(places) * (len(places) - 1) // 2
    level = 1 - (1 - CONFIDENCE) / (2 * pairs)
    left = table - means[:, None] - table.mean(axis=0) + table.mean()
    freedom = (len(table) - 1) * (seeds - 1)
    common = float((left**2).sum()) / freedom
    # Some cells are noisier than the rest: those that nearly diverge, often the best ones.
    noise = np.maximum(common, (left**2).sum(axis=1) / (seeds - 1))
    quantile = t_quantile(level, freedom)
    alike = []
    for other in others:
        half_width = quantile * math.sqrt((noise[lowest] + noise[other]) / seeds)
        if means[other] - means[lowest] <= half_width:
            alike.append(places[other])
    return Verdict(places[lowest], tuple(alike), told=True)
