"""Which cells of a sweep are tried, how long and with how many seeds, for a budget. Pure.

Successive halving (Jamieson and Talwalkar 2016, Non-stochastic best arm identification): all cells
are tried a little, the better half of them twice as much, and so on. A little is a part of the
epochs with one seed at first, then whole trainings with more and more seeds.
"""

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct


class Rung(Struct, frozen=True):
    """One try of the cells that are left."""

    cells: int
    seeds: int
    share: float
    """Of the epochs of each training."""

    @property
    def cost(self) -> float:
        """In whole trainings."""
        return self.cells * self.seeds * self.share


def rungs_of(cells: int, seeds: int, epochs: int, budget: float) -> list[Rung]:
    """The tries that a budget allows, the last with whole trainings and all seeds.

    Args:
        cells: how many.
        seeds: of each cell, if there is no need to choose.
        epochs: of each training.
        budget: whole trainings that may be done; at least one is.

    Returns:
        One rung, where the budget is enough for everything. Where it is not enough for a look at
        all cells, the first rung has fewer.
    """
    # Seeds first, then epochs: a whole training with one seed says more than a short one with two.
    efforts = [(seeds, 1.0)]
    while efforts[-1][0] > 1:
        efforts.append((max(1, efforts[-1][0] // 2), 1.0))
    while round(epochs * efforts[-1][1]) > 1:
        efforts.append((1, max(1 / epochs, efforts[-1][1] / 2)))
    for depth in range(len(efforts)):
        rungs = _ladder(cells, efforts[: depth + 1])
        if sum(rung.cost for rung in rungs) <= budget:
            return rungs
    fitting = cells
    while fitting > 1 and sum(rung.cost for rung in _ladder(fitting, efforts)) > budget:
        fitting = max(1, int(fitting * 0.9))
    rungs = _ladder(fitting, efforts)
    return rungs if sum(rung.cost for rung in rungs) <= budget else [Rung(1, 1, 1.0)]


def _ladder(cells: int, efforts: Sequence[tuple[int, float]]) -> list[Rung]:
    rungs = []
    for number, (seeds, share) in enumerate(reversed(efforts)):
        rungs.append(Rung(max(1, math.ceil(cells / 2**number)), seeds, share))
    return rungs


def best_half(losses: Mapping[int, Sequence[float]], count: int) -> list[int]:
    """The cells that are tried again.

    Args:
        losses: final losses of each cell, in the order of preference of those that are equal. A
            cell in which one is not finite, or which has none, comes after all others.
        count: how many.
    """

    def mean(cell: int) -> float:
        values = losses[cell]
        sound = bool(values) and all(map(math.isfinite, values))
        return sum(values) / len(values) if sound else math.inf

    return sorted(losses, key=mean)[:count]


def told(rungs: Sequence[Rung], epochs: int, all_cells: int) -> list[str]:
    """What was done for the budget, and what was left out."""
    lines = []
    for rung in rungs:
        long = "" if rung.share == 1 else f", {max(1, round(rung.share * epochs))} epochs each"
        seeds = "1 seed" if rung.seeds == 1 else f"{rung.seeds} seeds"
        lines.append(f"{rung.cells} of {all_cells} cells with {seeds}{long}")
    left = all_cells - rungs[-1].cells
    if left:
        lines.append(f"left out: {left} cells were not trained whole with all seeds")
    return lines
