"""The one rate that a range test recommends: a suggestion that was tried, and did not diverge.

Pure: whoever trains is given as a function.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from lrtui.protocol.smoothing import Smoothing
from lrtui.schedules.arrays import Float32s

HELD_STEPS = 500
"""A rate is recommended only if training at it, held for so many steps, does not diverge."""
_HALVINGS = 12
_TENTH = 10


class Suggestion(NamedTuple):
    """A rate to train with, and what it is."""

    name: str
    rate: float
    meaning: str


class Recommendation(Struct, frozen=True):
    """A rate that was tried."""

    rate: float
    name: str
    """Of the suggestion that it comes from; ``divergence``: they all were too high."""
    meaning: str
    """What that is."""
    seeds: int
    """With how many it was held for ``HELD_STEPS`` steps, and with none it diverged."""
    refused: tuple[float, ...] = ()
    """Higher rates, tried before it, that diverged; each twice the next."""

    @property
    def why(self) -> str:
        """Why it and no other, a phrase."""
        tried = f"held for {HELD_STEPS} steps on {self.seeds} seed{'s' if self.seeds > 1 else ''}"
        if not self.refused:
            return f"{self.name}, {self.meaning}; {tried} it did not diverge"
        share = f"1/{2 ** len(self.refused)} of {self.name}"
        above = ", ".join(f"{rate:.3g}" for rate in self.refused)
        return f"{share}: {tried} it did not diverge, as it did at {above}"


def recommend(
    suggestions: Sequence[Suggestion],
    divergence: float | None,
    seeds: int,
    diverges: Callable[[float], bool | None],
) -> Recommendation | None:
    """The first suggestion, halved until it does not diverge.

    Args:
        suggestions: best first, those below the divergence.
        divergence: the rate from which on training diverges; None: not known.
        seeds: with how many `diverges` tries.
        diverges: whether training diverges that holds this rate for ``HELD_STEPS`` steps; None: it
            was stopped before that was known.

    Returns:
        None: there is nothing to begin with, it was stopped, or even 1/4096 of it diverges.
    """
    if suggestions:
        begin = suggestions[0]
    elif divergence is not None:
        begin = Suggestion("divergence", divergence / 2, "half the rate from which it diverges")
    else:
        return None
    refused: list[float] = []
    rate = begin.rate
    for _ in range(_HALVINGS):
        diverged = diverges(rate)
        if diverged is None:
            return None
        if not diverged:
            return Recommendation(rate, begin.name, begin.meaning, seeds, tuple(refused))
        refused.append(rate)
        rate /= 2
    return None


def has_diverged(losses: Float32s, *, fresh: bool) -> bool:
    """Whether a training at a constant rate diverged, from the loss of each batch, shape (steps,).

    It did if a loss is not finite, or if the smoothed loss grew to 4 times its least. One that
    began with fresh weights also did if it ended above where it began: the means of its last tenth
    and of its first are compared.
    """
    if not np.isfinite(losses).all():
        return True
    smoothing = Smoothing()
    for loss in losses.tolist():
        smoothing.add(loss)
    part = max(1, len(losses) // _TENTH)
    first, last = (math.fsum(some.tolist()) / part for some in (losses[:part], losses[-part:]))
    return smoothing.diverged or (fresh and last > first)
