"""Inverse time decay."""

from typing import Any, ClassVar

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples
from lrtui.schedules.parameters import Factor, Flag, LearningRate, Steps


class InverseTimeDecay(Schedule, frozen=True, tag="inverse-time"):
    """Divides the rate by a number that grows in proportion to the step.

    Formula:
        initial_learning_rate / (1 + decay_rate * step / decay_steps)
        staircase: initial_learning_rate / (1 + decay_rate * floor(step / decay_steps))

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps in which the divisor grows by decay_rate.
        decay_rate: how much the divisor grows per decay_steps.
        staircase: on: change at every multiple of decay_steps; off: change smoothly.

    Example:
        >>> InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0)([0, 100, 300])
        array([0.1  , 0.05 , 0.025], dtype=float32)

    Reference:
        keras.optimizers.schedules.InverseTimeDecay
    """

    required: ClassVar[int] = 3
    name_index: ClassVar[int | None] = 4

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    decay_rate: Factor = 0.5
    staircase: Flag = False

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        p = step / self.decay_steps
        return self.initial_learning_rate / (
            1 + self.decay_rate * (xp.floor(p) if self.staircase else p)
        )

    def corners(self, start: int, stop: int) -> Int64s:
        """The edges of the stairs."""
        return multiples(self.decay_steps, start, stop if self.staircase else start)
