"""Cosine with k-decay."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Tenths

Exponent = Annotated[float, Tenths(low=0.01, high=100)]


class KDecayCosine(Schedule, frozen=True, tag="k-decay-cosine"):
    """Falls along half a cosine that is bent: with k above 1 slower first and faster at the end.

    Formula:
        p = min(step / decay_steps, 1) ** k_decay
        end_learning_rate
            + (initial_learning_rate - end_learning_rate) * (1 + cos(pi * p)) / 2

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps until the end rate is reached.
        end_learning_rate: rate from decay_steps on; a rate, not a fraction.
        k_decay: 1: the plain half cosine; above 1: a longer high phase; below 1: a shorter one.

    Example:
        >>> KDecayCosine(0.5, decay_steps=100, k_decay=2.0)([0, 100, 200])
        array([0.5, 0. , 0. ], dtype=float32)

    Reference:
        timm.scheduler.CosineLRScheduler, k_decay; Zhang & Li 2020, arXiv:2004.05909
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0
    k_decay: Exponent = 1.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        p = xp.power(xp.minimum(step, self.decay_steps) / self.decay_steps, self.k_decay)
        falling, rising = xp.sin(math.pi / 2 * (1 - p)) ** 2, xp.sin(math.pi / 2 * p) ** 2
        return self.initial_learning_rate * falling + self.end_learning_rate * rising

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end."""
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end."""
        return self.decay_steps
