"""A product of schedules."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inners, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.parameters import Invalid

MAX_STRETCHES = 4096
"""So many stretches are searched for an extreme within; more are shorter than any picture shows."""


class Product(Composition, frozen=True, tag="product"):
    """Several schedules at once: the first gives a rate, the others factors.

    Formula:
        schedules[0] * schedules[1] * ... at each step

    Args:
        schedules: the schedules, whose values are multiplied.

    Example:
        >>> from lrtui.schedules import parse
        >>> Product([parse("Constant(0.5)"), parse("LinearDecay(1.0, 100)")])([0, 50, 100])
        array([0.5 , 0.25, 0.  ], dtype=float32)

    Reference:
        torch.optim.lr_scheduler.ChainedScheduler
    """

    schedules: Inners = (LinearDecay(0.0, 100, 0.1), CosineDecay(1.0, 1000))

    def check(self) -> None:
        """At least one."""
        super().check()
        if not self.schedules:
            raise Invalid("schedules", "must hold at least one schedule", [])

    def formula(self, step: Any, xp: Any) -> Any:
        """See the class."""
        rate = self.schedules[0].formula(real(step, xp), xp)
        for schedule in self.schedules[1:]:
            rate = rate * schedule.formula(real(step, xp), xp)
        return rate

    def corners(self, start: int, stop: int) -> Int64s:
        """Those of all, and the extremes between them, where one rises and another falls."""
        found = [np.asarray(one.corners(start, stop), np.int64) for one in self.schedules]
        corners = np.unique(np.concatenate([[start, stop - 1], *found]).clip(start, stop - 1))
        low, high = corners[:-1], corners[1:]
        if len(self.schedules) == 1 or len(low) > MAX_STRETCHES:
            return corners
        return np.concatenate([corners, self._turn(low, high, 1), self._turn(low, high, -1)])

    def _turn(self, low: Int64s, high: Int64s, sign: int) -> Int64s:
        """Where each stretch has its highest rate (or, with -1, its lowest), by thirds."""
        while len(low) and (high - low).max() > 2:
            third = (high - low) // 3
            first, last = low + third, high - third
            # Both may be 0 by rounding: then the side whose end is higher has the turn.
            at_first, at_last = sign * self(first), sign * self(last)
            ends = sign * self(low) < sign * self(high)
            rises = np.where(at_first == at_last, ends, at_first < at_last)
            low, high = np.where(rises, first, low), np.where(rises, high, last)
        return (low + high) // 2

    def end(self) -> int | None:
        """The last end, where each has one."""
        ends = [one.end() for one in self.schedules]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None
