"""Cyclical rates."""

import math
from typing import Annotated, Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples, real
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Choice, NearOne

Growth = Annotated[float, NearOne(low=0.001, high=10)]
Mode = Annotated[str, Choice(choices=("triangular", "triangular2", "exp_range"))]


class CyclicalRate(Schedule, frozen=True, tag="cyclical"):
    """Swings between two rates in straight lines, again and again.

    Formula:
        base_learning_rate + (max_learning_rate - base_learning_rate) * height * scale
        height: from 0 to 1 in step_size_up steps, back to 0 in step_size_down steps
        scale in cycle c = 0, 1, ...: mode triangular: 1; triangular2: 0.5 ** c;
            exp_range: gamma ** step

    Args:
        base_learning_rate: lower rate, that of step 0.
        max_learning_rate: upper rate, that of step step_size_up.
        step_size_up: steps that rise.
        step_size_down: steps that fall; none: as many as rise.
        mode: how the height changes from cycle to cycle.
        gamma: factor per step in mode exp_range.

    Example:
        >>> CyclicalRate(0.125, 0.25, step_size_up=100)([0, 50, 100, 150, 200])
        array([0.125 , 0.1875, 0.25  , 0.1875, 0.125 ], dtype=float32)

    Note:
        torch's CyclicLR also swings the momentum against the rate (cycle_momentum); that is no
        part of a schedule.

    Reference:
        torch.optim.lr_scheduler.CyclicLR; Smith 2015, arXiv:1506.01186
    """

    required: ClassVar[int] = 2

    base_learning_rate: LearningRate = 0.001
    max_learning_rate: LearningRate = 0.1
    step_size_up: Steps = 200
    step_size_down: Steps | None = None
    mode: Mode = "triangular"
    gamma: Growth = 1.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Half a step on: a compiler may divide a little too low. exp(log(gamma) * step) is gamma **
        step, without rounding gamma first.
        """
        up, down = self.step_size_up, self.step_size_down or self.step_size_up
        cycle = xp.floor((step + 0.5) / (up + down))
        within = step - cycle * (up + down)
        height = xp.minimum(within / up, (up + down - within) / down)
        if self.mode == "triangular2":
            height = height * xp.power(real(0.5, xp), cycle)
        if self.mode == "exp_range":
            height = height * xp.exp(math.log(self.gamma) * step)
        base = self.base_learning_rate
        return base + (self.max_learning_rate - base) * height

    def corners(self, start: int, stop: int) -> Int64s:
        """The ends and the peaks of the cycles."""
        up, down = self.step_size_up, self.step_size_down or self.step_size_up
        begins = multiples(up + down, start - up - down, stop)
        corners = [begins, begins + up]
        if self.mode == "exp_range" and self.gamma != 1:
            # height * gamma ** step may turn within a line, where its derivative is 0.
            turn = -1 / math.log(self.gamma)
            if -down < turn < up:
                corners.append(begins + int(turn) + (up + down if turn < 0 else 0))
        return np.concatenate(corners)
