"""The reflected exponential schedule."""

from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Steps


class Rex(Schedule, frozen=True, tag="rex"):
    """Falls slowly first and fast at the end: a reflected exponential.

    Formula:
        p = min(step / decay_steps, 1)
        end_learning_rate
            + (initial_learning_rate - end_learning_rate) * (1 - p) / (1 - p / 2)

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps until the end rate is reached.
        end_learning_rate: rate from decay_steps on.

    Example:
        >>> Rex(0.75, decay_steps=100)([0, 50, 100])
        array([0.75, 0.5 , 0.  ], dtype=float32)

    Reference:
        pytorch-scheduler, RexScheduler; Chen, Wolfe & Kyrillidis 2021, arXiv:2107.04197
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps: the formula above over a common denominator."""
        done = xp.minimum(step, self.decay_steps)
        left = self.decay_steps - done
        start, end = self.initial_learning_rate, self.end_learning_rate
        return (2 * start * left + end * done) / (left + self.decay_steps)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end."""
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end."""
        return self.decay_steps
