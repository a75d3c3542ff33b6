"""Linear decay, or growth."""

from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Steps, WarmupSteps


class LinearDecay(Schedule, frozen=True, tag="linear"):
    """Goes from a start to an end rate in a straight line.

    Formula:
        p = clip((step - decay_begin) / decay_steps, 0, 1)
        initial_learning_rate * (1 - p) + end_learning_rate * p

    Args:
        initial_learning_rate: rate of step 0, and until decay_begin.
        decay_steps: steps from the one rate to the other.
        end_learning_rate: rate from decay_begin + decay_steps on; above the initial one, it rises.
        decay_begin: the step at which the line begins.

    Example:
        >>> LinearDecay(0.5, decay_steps=100, end_learning_rate=0.25)([0, 50, 100, 200])
        array([0.5  , 0.375, 0.25 , 0.25 ], dtype=float32)

    Note:
        torch's LinearLR is given factors of the optimizer's rate: start_factor, end_factor.

    Reference:
        optax.linear_schedule, torch.optim.lr_scheduler.LinearLR
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0
    decay_begin: WarmupSteps = 0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Both ways are measured by themselves: exact also near an end of 0.
        """
        done = xp.minimum(xp.maximum(step - self.decay_begin, 0), self.decay_steps)
        left = self.decay_steps - done
        start, end = self.initial_learning_rate, self.end_learning_rate
        return start * (left / self.decay_steps) + end * (done / self.decay_steps)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """Both ends of the line."""
        return (self.decay_begin, self.decay_begin + self.decay_steps)

    def end(self) -> int | None:
        """The end of the line."""
        return self.decay_begin + self.decay_steps
