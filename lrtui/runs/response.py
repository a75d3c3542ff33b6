"""What a parameter does to the final loss: a value after another, each over several seeds. Pure."""

import math
import statistics
from collections.abc import Sequence

from msgspec import Struct

from lrtui.runs.trained import Trained


class ValueLosses(Struct, frozen=True):
    """What came of one value."""

    finals: tuple[float, ...]
    """The final loss of each seed that did not diverge: validated where that is done."""
    bests: tuple[float, ...]
    """The lowest of each of them at any epoch's end."""
    diverged: int

    @property
    def median(self) -> float:
        """Of the final losses; infinite where all diverged."""
        return statistics.median(self.finals) if self.finals else math.inf


def answers(trained: Trained, values: int) -> list[ValueLosses | None]:
    """What is known of each value so far.

    Args:
        trained: of each value in turn all seeds.
        values: how many.

    Returns:
        None for a value whose trainings are not over.
    """
    losses = trained.validation if trained.validated else trained.means
    steps = trained.asked.rates.shape[1]
    seeds = len(trained.asked.rows) // values
    found: list[ValueLosses | None] = []
    for value in range(values):
        rows = range(value * seeds, (value + 1) * seeds)
        if (trained.steps[rows.start : rows.stop] < steps).any() or losses.shape[1] == 0:
            found.append(None)
            continue
        sound = [
            losses[row]
            for row in rows
            if all(map(math.isfinite, (*losses[row], *trained.means[row])))
        ]
        finals = tuple(float(one[-1]) for one in sound)
        bests = tuple(float(one.min()) for one in sound)
        found.append(ValueLosses(finals, bests, seeds - len(sound)))
    return found


def lowest_place(known: Sequence[ValueLosses | None]) -> int | None:
    """Which value has the lowest median without a divergence; None: none, or not all are known."""
    if any(one is None for one in known):
        return None
    sound = [
        (one.median, place)
        for place, one in enumerate(known)
        if one is not None and not one.diverged
    ]
    return min(sound)[1] if sound else None
