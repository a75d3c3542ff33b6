"""Inverse square root with warmup."""

from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Steps, WarmupSteps


class InverseSquareRoot(Schedule, frozen=True, tag="inverse-sqrt"):
    """Rises in a straight line from 0, then falls as the inverse square root of the step.

    Formula:
        step < warmup_steps: initial_learning_rate * step / warmup_steps
        then: initial_learning_rate * sqrt(timescale / (timescale + step - warmup_steps))

    Args:
        initial_learning_rate: rate at the end of the warmup, the highest.
        warmup_steps: steps of the warmup.
        timescale: how slowly it falls: 3 * timescale steps after the warmup the rate is halved;
            none: as warmup_steps, or 10000 without a warmup.

    Example:
        >>> InverseSquareRoot(0.5, warmup_steps=100)([0, 50, 100, 400])
        array([0.  , 0.25, 0.5 , 0.25], dtype=float32)

    Reference:
        transformers.get_inverse_sqrt_schedule; Zhai et al. 2021, arXiv:2106.04560
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    warmup_steps: WarmupSteps = 100
    timescale: Steps | None = None

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        timescale = self.timescale or self.warmup_steps or 10000
        after = xp.maximum(step - self.warmup_steps, 0)
        rate = self.initial_learning_rate * xp.sqrt(timescale / (timescale + after))
        if self.warmup_steps > 0:
            rate = rate * xp.minimum(step / self.warmup_steps, 1)
        return rate

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end of the warmup."""
        return (self.warmup_steps,)
