"""A floor under any schedule."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inner, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.parameters import LearningRate


class Floor(Composition, frozen=True, tag="floor"):
    """Another schedule that never falls below a rate.

    Formula:
        max(schedule, minimum)

    Args:
        schedule: what gives the rate above the floor.
        minimum: lowest rate; a rate, not a fraction.

    Example:
        >>> from lrtui.schedules import parse
        >>> Floor(parse("LinearDecay(0.5, 100)"), minimum=0.125)([0, 50, 100])
        array([0.5  , 0.25 , 0.125], dtype=float32)

    Reference:
        optax.exponential_decay, end_value
    """

    schedule: Inner = CosineDecay()
    minimum: LearningRate = 0.01

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        return xp.maximum(self.schedule.formula(real(step, xp), xp), self.minimum)

    def corners(self, start: int, stop: int) -> Int64s:
        """Those of the schedule."""
        return np.asarray(self.schedule.corners(start, stop), np.int64)

    def end(self) -> int | None:
        """Where the schedule ends."""
        return self.schedule.end()
