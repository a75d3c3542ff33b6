"""Step decay."""

import math
from typing import Any, ClassVar

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples, real
from lrtui.schedules.parameters import LearningRate, RepeatedFactor, Steps


class StepDecay(Schedule, frozen=True, tag="step"):
    """Multiplies the rate by `gamma` at every multiple of `step_size`.

    Formula:
        initial_learning_rate * gamma ** floor(step / step_size)

    Args:
        initial_learning_rate: rate of step 0.
        step_size: steps between two drops.
        gamma: factor at each drop; below 1 the rate falls, above 1 it grows.

    Example:
        >>> StepDecay(0.1, step_size=30, gamma=0.5)([0, 29, 30, 60])
        array([0.1  , 0.1  , 0.05 , 0.025], dtype=float32)

    Note:
        PyTorch counts in calls of scheduler.step(), which is often once an epoch; here a step is
        an update.

    Reference:
        torch.optim.lr_scheduler.StepLR
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    step_size: Steps = 300
    gamma: RepeatedFactor = 0.1

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Half a step on: a compiler may divide a little too low. exp(log(gamma) * drops) is gamma **
        drops, without rounding gamma first: a gamma near 1 is applied ten thousand times.
        """
        drops = xp.floor((step + 0.5) / self.step_size)
        if self.gamma == 0:
            return xp.where(drops < 1, real(self.initial_learning_rate, xp), xp.zeros_like(step))
        return self.initial_learning_rate * xp.exp(math.log(self.gamma) * drops)

    def corners(self, start: int, stop: int) -> Int64s:
        """The drops."""
        return multiples(self.step_size, start, stop)
