"""A schedule without an end that must be known before."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Invalid, LearningRate, Steps, WarmupSteps


class InfiniteSchedule(Schedule, frozen=True, tag="infinite"):
    """Warms up, cools along a cosine to a rate that it holds, and anneals at the very end.

    Formula:
        warmup: from 0 at step 0 to initial_learning_rate in warmup_steps, in a straight line
        cooling: half a cosine to constant_learning_rate in cooldown_steps
        constant: constant_learning_rate for constant_steps, however long
        annealing: constant_learning_rate
            * (end_learning_rate / constant_learning_rate) ** p, p from 0 to 1 in annealing_steps

    Args:
        initial_learning_rate: rate after the warmup, the highest.
        warmup_steps: steps of the warmup.
        cooldown_steps: steps of the half cosine.
        constant_steps: steps at the constant rate; a training that goes on makes them more.
        annealing_steps: steps of the last decay, after which a model is used.
        constant_learning_rate: rate that it holds.
        end_learning_rate: last rate; above 0, as a power never reaches 0.

    Example:
        >>> infinite = InfiniteSchedule(0.4, 100, 200, 700, 100, 0.1, 0.001)
        >>> infinite([0, 50, 100, 300, 1000, 1050, 1100]).round(4)
        array([0.   , 0.2  , 0.4  , 0.1  , 0.1  , 0.01 , 0.001], dtype=float32)

    Reference:
        Ibrahim et al. 2024, arXiv:2403.08763; Singh et al. 2025, arXiv:2503.02844
    """

    required: ClassVar[int] = 5

    initial_learning_rate: LearningRate = 0.1
    warmup_steps: WarmupSteps = 100
    cooldown_steps: Steps = 300
    constant_steps: WarmupSteps = 500
    annealing_steps: Steps = 100
    constant_learning_rate: LearningRate = 0.05
    end_learning_rate: LearningRate = 0.001

    def check(self) -> None:
        """A power never leaves nor reaches 0."""
        for name in ("constant_learning_rate", "end_learning_rate"):
            if not getattr(self, name):
                raise Invalid(name, "must be above 0", getattr(self, name))

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        high, held = self.initial_learning_rate, self.constant_learning_rate
        cooled = xp.minimum(xp.maximum(step - self.warmup_steps, 0), self.cooldown_steps)
        left = (self.cooldown_steps - cooled) / self.cooldown_steps
        falling = xp.sin(math.pi / 2 * left) ** 2
        rate = high * falling + held * xp.sin(math.pi / 2 * (1 - left)) ** 2
        begin = self.warmup_steps + self.cooldown_steps + self.constant_steps
        annealed = xp.minimum(xp.maximum(step - begin, 0), self.annealing_steps)
        fall = math.log(self.end_learning_rate) - math.log(held)
        rate = rate * xp.exp(fall * (annealed / self.annealing_steps))
        if self.warmup_steps == 0:
            return rate
        return xp.where(step < self.warmup_steps, high * (step / self.warmup_steps), rate)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The ends of the phases."""
        cooled = self.warmup_steps + self.cooldown_steps
        begin = cooled + self.constant_steps
        return (self.warmup_steps, cooled, begin, begin + self.annealing_steps)

    def end(self) -> int | None:
        """The end of the annealing."""
        return self.corners(0, 1)[-1]
