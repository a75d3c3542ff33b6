"""Multi-step decay."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Float32s
from lrtui.schedules.base import Schedule, as_array, looked_up
from lrtui.schedules.parameters import Boundaries, LearningRate, RepeatedFactor


class MultiStepDecay(Schedule, frozen=True, tag="multi-step"):
    """Multiplies the rate by `gamma` at each milestone.

    Formula:
        initial_learning_rate * gamma ** (number of milestones <= step)

    Args:
        initial_learning_rate: rate of step 0.
        milestones: the steps at which the rate drops, in any order; one named twice counts twice.
        gamma: factor at each milestone.

    Example:
        >>> MultiStepDecay(0.5, milestones=[100, 200], gamma=0.5)([0, 99, 100, 200])
        array([0.5  , 0.5  , 0.25 , 0.125], dtype=float32)

    Note:
        A milestone step already has the new rate; at a boundary of PiecewiseConstantDecay the
        earlier one still holds.

    Reference:
        torch.optim.lr_scheduler.MultiStepLR
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    milestones: Boundaries = (300, 600)
    gamma: RepeatedFactor = 0.1

    def _looked_up(self, step: Any) -> Float32s:
        """By binary search among the milestones; multiplied one after the other, in float32."""
        factors = np.full(len(self.milestones) + 1, self.gamma, np.float32)
        factors[0] = self.initial_learning_rate
        passed = np.searchsorted(np.sort(as_array(self.milestones, step.dtype)), step, "right")
        rates = np.multiply.accumulate(factors)[passed]
        return np.asarray(rates, np.float32)

    @looked_up(_looked_up)
    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        rate = xp.full_like(step, self.initial_learning_rate)
        for milestone in self.milestones:
            rate = xp.where(step >= milestone, self.gamma * rate, rate)
        return rate

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The milestones."""
        return self.milestones
