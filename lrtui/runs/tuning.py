"""At which base rate a schedule is best: which rates are tried, and what follows. Pure.

The base rate is the highest rate of the schedule; all others go with it. All rates of the grid are
tried with one seed, and those that did best with more. These seeds are not those that are
compared: a rate that is chosen for the luck of a seed must not be judged by it.
"""

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

GRID = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""The rates that are tried, ascending."""
SEEDS = 32
"""With how many seeds the best ones are tried where many models are trained as one."""
SEEDS_IN_TURN = 3
"""With how many where they are trained one after another."""
KEPT = 4
"""How many rates are tried with all seeds."""


class Tried(Struct, frozen=True):
    """What came of one rate: the final losses of its seeds; not finite where it diverged."""

    rate: float
    losses: tuple[float, ...]

    @property
    def sound(self) -> bool:
        """Whether none diverged."""
        return all(math.isfinite(loss) for loss in self.losses)

    @property
    def mean(self) -> float:
        """Over the seeds; infinite where one diverged."""
        return sum(self.losses) / len(self.losses) if self.sound else math.inf


class Tuned(Struct, frozen=True):
    """What came of a schedule at each rate of the grid."""

    tried: tuple[Tried, ...]
    """In the order of the grid."""

    @property
    def best(self) -> Tried | None:
        """The lowest mean of those tried with most seeds; None: all diverged."""
        sound = [one for one in self.tried if one.sound and len(one.losses) == self.seeds]
        return min(sound, key=lambda one: one.mean) if sound else None

    @property
    def seeds(self) -> int:
        """With how many the best ones were tried."""
        return max(len(one.losses) for one in self.tried)

    @property
    def at_end(self) -> bool:
        """Whether a still lower or higher rate than those tried might be better."""
        best = self.best
        return best is not None and best.rate in (self.tried[0].rate, self.tried[-1].rate)


def contenders(first: Mapping[float, float], kept: int = KEPT) -> Sequence[float]:
    """The rates to be tried with more seeds, ascending: those that did best with the first.

    Args:
        first: the final loss of each rate.
        kept: how many at most.
    """
    sound = [rate for rate, loss in first.items() if math.isfinite(loss)]
    return sorted(sorted(sound, key=first.__getitem__)[:kept])
