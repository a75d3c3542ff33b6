"""Reads a learning rate range test: smooths its losses, suggests rates. Trains and draws nothing.

The rate rises exponentially from step to step, and the loss is looked at (Smith 2015,
arXiv:1506.01186). Smoothing, the end of the sweep and the suggestions are those of fastai's
``lr_find`` (``fastai/callback/schedule.py``).
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Annotated

import numpy as np
from msgspec import Struct

from lrtui.protocol.recommendation import Recommendation, Suggestion
from lrtui.protocol.smoothing import Smoothing
from lrtui.schedules import Invalid
from lrtui.schedules.arrays import ArrayLike, Float32s, Float64s
from lrtui.schedules.parameters import FLOAT32_MAX, Described, Flag
from lrtui.schedules.quantities import OneTwoFive, Rate

LAST_STEPS_LEFT_OUT = 5
"""So many of the last steps count for no suggestion: there the loss already shoots up."""
ROUNDING_SHARE = 1e-6
"""A loss that falls by no more than this share of its size does not fall: that is float32."""
_SLIDE_STEPS = 15
_SLIDE_CHANGE = 0.005


class Sweep(Described, frozen=True):
    """What a range test tries.

    Args:
        low: rate of the first step of the sweep.
        high: rate of its last step, unless it diverges before.
        steps: steps from low to high.
        quick: on: the sweep alone; off: then also look for the rate from which on training
            diverges, in four to seven times the steps.
    """

    low: Annotated[float, Rate(low=1e-30, high=FLOAT32_MAX)] = 1e-7
    high: Annotated[float, Rate(low=1e-30, high=FLOAT32_MAX)] = 10.0
    steps: Annotated[int, OneTwoFive(low=10, high=10**5)] = 100
    quick: Flag = False

    def check(self) -> None:
        """Low before high."""
        if self.low >= self.high:
            raise Invalid("high", f"must be above low, {self.low:g}", self.high)


class RangeTest(Struct, frozen=True, eq=False, dict=True):
    """What a range test found.

    Args:
        rates: the rate that each step used, rising, shape (steps,).
        losses: the loss of each step's batch, of the same shape; not always finite.
        planned: as many steps as it would have had without divergence or a stop.
        divergence: the rate from which on training diverges: above it a constant rate, held for
            `planned` steps from the same weights, makes the smoothed loss grow to 4 times its
            least, or to what is not finite. Found by bisection, to 5 %. With plain SGD on a
            quadratic this is 2 / L, L the largest curvature. None: it was not looked for, or
            nothing diverged. The sweep itself shows divergence only later: the rate has gone on
            rising when the loss has grown so much that it is seen.
        recommendation: the one rate to train with, tried; None: it was not looked for, or none
            held.
    """

    rates: Float32s
    losses: Float32s
    planned: int
    divergence: float | None = None
    recommendation: Recommendation | None = None

    @cached_property
    def smoothed(self) -> Float64s:
        """The smoothed loss of each step, shape (steps,)."""
        return smoothed(self.losses)

    @cached_property
    def diverged_at(self) -> int | None:
        """The step at which the sweep had diverged, where it ends; None: it had not."""
        smoothing = Smoothing()
        for step, loss in enumerate(self.losses.tolist()):
            smoothing.add(loss)
            if smoothing.diverged:
                return step
        return None

    @cached_property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Rates to train with, best first; none from which on training diverges.

        There is none where the losses show none: see `trouble`.
        """
        limit = math.inf if self.divergence is None else self.divergence
        return tuple(one for one in self._shown if one.rate < limit)

    @cached_property
    def _shown(self) -> tuple[Suggestion, ...]:
        """What the losses of the sweep show."""
        return suggestions(*self._window)

    @property
    def marks(self) -> tuple[tuple[float, str], ...]:
        """Rates to be marked in a picture: the suggestions by number, d: where it diverges."""
        numbered = tuple((one.rate, str(number)) for number, one in enumerate(self.suggestions, 1))
        return numbered if self.divergence is None else (*numbered, (self.divergence, "d"))

    @property
    def trouble(self) -> str:
        """Why no rate can be suggested, and what to do; empty: one can."""
        if self.suggestions or self.recommendation is not None:
            return ""
        if self._shown:
            return "every rate that the sweep suggests is one at which training diverges"
        if len(self.losses) == 0:
            return "no step was done"
        if not np.isfinite(self.losses[0]):
            loss = str(self.losses[0])
            return f"the loss before the first update is {loss}: look at the data and the model"
        where = self.diverged_at
        if where is not None and len(self._window[0]) < 2:
            first = np.float32(self.rates[0])
            return f"it diverged at step {where}, too soon to see a fall; begin below {first!s}"
        if len(self._window[0]) < 2:
            needed = self.planned // 10 + LAST_STEPS_LEFT_OUT + 2
            return f"{len(self.losses)} steps are too few to see a fall; {needed} are the least"
        return f"the loss never falls, up to the rate {np.float32(self.rates[-1])!s}"

    @property
    def _window(self) -> tuple[Float64s, Float64s]:
        """Rates and smoothed losses that the suggestions rest on."""
        part = slice(self.planned // 10, max(0, len(self.losses) - LAST_STEPS_LEFT_OUT))
        rates, losses = np.asarray(self.rates[part], np.float64), self.smoothed[part]
        bad = np.flatnonzero(~np.isfinite(losses))
        stop = int(bad[0]) if bad.size else len(losses)
        return rates[:stop], losses[:stop]


def smoothed(losses: ArrayLike) -> Float64s:
    """The smoothed loss of each step, shape (steps,); :class:`Smoothing` says how."""
    smoothing = Smoothing()
    values = [smoothing.add(loss) for loss in np.asarray(losses, np.float64).tolist()]
    return np.array(values, np.float64)


def suggestions(rates: Float64s, losses: Float64s) -> tuple[Suggestion, ...]:
    """The suggestions of fastai, best first; those that these losses have.

    Args:
        rates: rising, above 0.
        losses: smoothed and finite, of the same shape; without the beginning and the end that
            should not count.
    """
    if len(losses) == 0:
        return ()
    fall = (np.maximum.accumulate(losses) - losses).max()
    if fall <= ROUNDING_SHARE * np.abs(losses).max():
        return ()
    found = [(name, find(rates, losses), meaning) for name, find, meaning in _WAYS]
    return tuple(
        Suggestion(name, rate, meaning) for name, rate, meaning in found if rate is not None
    )


def _valley(rates: Float64s, losses: Float64s) -> float | None:
    lengths = _fall_lengths(losses.tolist())
    longest = max(lengths)
    begin = lengths.index(longest) - longest
    place = begin + longest // 3 + longest // 6
    return float(rates[max(place, 0)])


def _steepest(rates: Float64s, losses: Float64s) -> float | None:
    slopes = np.diff(losses) / np.diff(np.log(rates))
    return float(rates[slopes.argmin()])


def _minimum(rates: Float64s, losses: Float64s) -> float | None:
    place = int(losses.argmin())
    return float(rates[place]) / 10 if place else None


def _slide(rates: Float64s, losses: Float64s) -> float | None:
    if len(losses) <= _SLIDE_STEPS:
        return None
    slope = np.gradient(losses)
    changes = np.abs(slope[_SLIDE_STEPS:] - slope[:-_SLIDE_STEPS])
    steady = np.flatnonzero(changes <= _SLIDE_CHANGE)
    # From the right: the last place that is passed before the first steady one.
    place = min(int(steady[-1]) + 1, len(changes) - 1) if steady.size else 0
    return float(rates[place])


def _fall_lengths(losses: Sequence[float]) -> list[int]:
    """For each loss, how many losses the longest falling subsequence that ends there has."""
    ends: list[float] = []
    lengths = []
    for loss in losses:
        place = bisect_left(ends, -loss)
        ends[place : place + 1] = [-loss]
        lengths.append(place + 1)
    return lengths


_WAYS: tuple[tuple[str, Callable[[Float64s, Float64s], float | None], str], ...] = (
    ("valley", _valley, "the middle of the longest fall of the loss"),
    ("steepest", _steepest, "where the loss falls fastest"),
    ("minimum/10", _minimum, "a tenth of the rate at which the loss is least"),
    ("slide", _slide, "just before its slope begins to change much"),
)
