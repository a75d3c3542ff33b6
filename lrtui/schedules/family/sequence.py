"""One schedule after another."""

from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inners, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.parameters import Boundaries, Invalid


class Sequence(Composition, frozen=True, tag="sequence"):
    """One schedule after another, each beginning with its own step 0.

    Formula:
        schedules[i] at step - boundaries[i-1] for boundaries[i-1] <= step < boundaries[i]

    Args:
        schedules: the schedules, in their order.
        boundaries: the first step of each schedule but the first; rising.

    Example:
        >>> from lrtui.schedules import parse
        >>> Sequence([parse("Constant(0.5)"), parse("Constant(0.25)")], [100])([0, 99, 100])
        array([0.5 , 0.5 , 0.25], dtype=float32)

    Note:
        At a boundary the next schedule is in force; PiecewiseConstantDecay still has the earlier
        rate there.

    Reference:
        torch.optim.lr_scheduler.SequentialLR, optax.join_schedules
    """

    required: ClassVar[int] = 2

    schedules: Inners = (LinearDecay(0.0, 100, 0.1), CosineDecay(0.1, 900))
    boundaries: Boundaries = (100,)

    def check(self) -> None:
        """One schedule more than boundaries, which rise."""
        super().check()
        if not self.schedules:
            raise Invalid("schedules", "must hold at least one schedule", [])
        if len(self.boundaries) != len(self.schedules) - 1:
            allowed = f"must hold {len(self.schedules) - 1} steps, one fewer than schedules"
            raise Invalid("boundaries", allowed, self.boundaries)
        if any(later <= earlier for earlier, later in pairwise(self.boundaries)):
            raise Invalid("boundaries", "must rise", self.boundaries)

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        rate = self.schedules[0].formula(real(step, xp), xp)
        for boundary, schedule in zip(self.boundaries, self.schedules[1:], strict=True):
            later = schedule.formula(real(xp.maximum(step - boundary, 0), xp), xp)
            rate = xp.where(step < boundary, rate, later)
        return rate

    def corners(self, start: int, stop: int) -> Int64s:
        """The boundaries, and the corners of each schedule while it is in force."""
        found = [np.array(self.boundaries, np.int64)]
        begins, ends = (0, *self.boundaries), (*self.boundaries, stop)
        for schedule, begin, end in zip(self.schedules, begins, ends, strict=True):
            first, last = max(start, begin) - begin, min(stop, end) - begin
            if first < last:
                found.append(np.asarray(schedule.corners(first, last), np.int64) + begin)
        return np.concatenate(found)

    def end(self) -> int | None:
        """Where the last one ends."""
        end = self.schedules[-1].end()
        return None if end is None else (0, *self.boundaries)[-1] + end

    def rises_again(self) -> int | None:
        """Where the last one does."""
        again = self.schedules[-1].rises_again()
        return None if again is None else (0, *self.boundaries)[-1] + again
