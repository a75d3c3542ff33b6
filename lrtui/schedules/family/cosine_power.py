"""A power of a cosine."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Power, Steps


class CosinePower(Schedule, frozen=True, tag="cosine-power"):
    """Goes from a start to an end rate along a power of half a cosine.

    Formula:
        p = min(step / decay_steps, 1)
        end_learning_rate + (initial_learning_rate - end_learning_rate)
            * ((1 + cos(pi * p)) / 2) ** exponent

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps of the half cosine.
        end_learning_rate: rate from decay_steps on; a rate, not a fraction.
        exponent: 1: half a cosine; above 1: it falls sooner; below 1: later.

    Example:
        >>> CosinePower(0.5, decay_steps=100, end_learning_rate=0.25)([0, 50, 100])
        array([0.5   , 0.3125, 0.25  ], dtype=float32)

    Reference:
        optax.cosine_decay_schedule, exponent
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0
    exponent: Power = 2.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        left = (self.decay_steps - xp.minimum(step, self.decay_steps)) / self.decay_steps
        wave = xp.power(xp.sin(math.pi / 2 * left) ** 2, self.exponent)
        return self.initial_learning_rate * wave + self.end_learning_rate * (1 - wave)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end."""
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end of the half cosine."""
        return self.decay_steps
