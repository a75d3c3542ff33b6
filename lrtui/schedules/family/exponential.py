"""Exponential decay."""

from typing import Any, ClassVar

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples
from lrtui.schedules.parameters import Flag, LearningRate, RepeatedFactor, Steps


class ExponentialDecay(Schedule, frozen=True, tag="exponential"):
    """Multiplies the rate by `decay_rate` every `decay_steps` steps.

    Formula:
        initial_learning_rate * decay_rate ** (step / decay_steps)
        staircase: initial_learning_rate * decay_rate ** floor(step / decay_steps)

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps in which the rate is multiplied by decay_rate once.
        decay_rate: factor per decay_steps; below 1 the rate falls, above 1 it grows.
        staircase: on: drop at every multiple of decay_steps; off: fall smoothly.

    Example:
        >>> ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.5)([0, 1000, 2000])
        array([0.1  , 0.05 , 0.025], dtype=float32)

    Reference:
        keras.optimizers.schedules.ExponentialDecay
    """

    required: ClassVar[int] = 3
    name_index: ClassVar[int | None] = 4

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    decay_rate: RepeatedFactor = 0.96
    staircase: Flag = False

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        p = step / self.decay_steps
        return self.initial_learning_rate * xp.power(
            self.decay_rate, xp.floor(p) if self.staircase else p
        )

    def corners(self, start: int, stop: int) -> Int64s:
        """The edges of the stairs."""
        return multiples(self.decay_steps, start, stop if self.staircase else start)
