"""Cosine annealing with warm restarts."""

import math
from typing import Annotated, Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples, real
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Integer

WholeMultiplier = Annotated[int, Integer(low=1, high=1000)]


class CosineAnnealingRestarts(Schedule, frozen=True, tag="cosine-annealing-restarts"):
    """Falls along half a cosine to a rate of its own, jumps back up, and again.

    Formula:
        period i takes first_decay_steps * t_mul ** i steps; with p the fraction of it that is done:
        end_learning_rate
            + (initial_learning_rate - end_learning_rate) * (1 + cos(pi * p)) / 2

    Args:
        initial_learning_rate: rate of step 0, and at each restart.
        first_decay_steps: steps of the first period.
        t_mul: how many times longer each period is than the one before; whole.
        end_learning_rate: rate towards which each period falls; a rate, not a fraction.

    Example:
        >>> restarts = CosineAnnealingRestarts(0.1, first_decay_steps=100, t_mul=2)
        >>> restarts([0, 50, 100, 200, 300])
        array([0.1 , 0.05, 0.1 , 0.05, 0.1 ], dtype=float32)

    Note:
        Each period stops one step short of its end: there the next one begins. The restarts lie at
        exact steps; CosineDecayRestarts finds them by a logarithm.

    Reference:
        torch.optim.lr_scheduler.CosineAnnealingWarmRestarts;
        Loshchilov & Hutter 2016, arXiv:1608.03983
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    first_decay_steps: Steps = 200
    t_mul: WholeMultiplier = 1
    end_learning_rate: LearningRate = 0.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        if self.t_mul == 1:
            length = self.first_decay_steps
            begin = length * xp.floor((step + 0.5) / length)
        else:
            grown = 1 + step / self.first_decay_steps * (self.t_mul - 1)
            # The logarithm less a half is the period or the one before: the steps decide which.
            period = xp.floor(xp.log(grown) / math.log(self.t_mul) - 0.5)
            reached = step + 0.5 >= self._begin(period + 1, xp)
            period = xp.where(reached, period + 1, period)
            begin = self._begin(period, xp)
            length = self._begin(period + 1, xp) - begin
        falling = xp.sin(math.pi / 2 * ((begin + length - step) / length)) ** 2
        rising = xp.sin(math.pi / 2 * ((step - begin) / length)) ** 2
        return self.initial_learning_rate * falling + self.end_learning_rate * rising

    def _begin(self, period: Any, xp: Any) -> Any:
        """The first step of a period."""
        times = xp.floor(xp.power(real(self.t_mul, xp), period) + 0.5)
        return self.first_decay_steps * ((times - 1) / (self.t_mul - 1))

    def corners(self, start: int, stop: int) -> Int64s:
        """The restarts."""
        if self.t_mul == 1:
            return multiples(self.first_decay_steps, start, stop)
        begins = [0]
        while begins[-1] < stop:
            begins.append(self.first_decay_steps + self.t_mul * begins[-1])
        return np.array(begins[:-1], np.int64)
