"""Flat, then a cosine."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Fraction, LearningRate, Steps
from lrtui.schedules.quantities import OneTwoFive

Divisor = Annotated[float, OneTwoFive(low=0.001, high=1e12)]


class FlatCosine(Schedule, frozen=True, tag="flat-cosine"):
    """Holds its rate, then falls along half a cosine.

    Formula:
        step <= pct_start * total_steps: initial_learning_rate
        then half a cosine down to initial_learning_rate / div_final at total_steps

    Args:
        initial_learning_rate: rate of step 0, and as long as it is flat.
        total_steps: steps until the end rate is reached.
        pct_start: fraction of the steps that is flat.
        div_final: the end rate is initial_learning_rate divided by this.

    Example:
        >>> FlatCosine(0.5, total_steps=100, pct_start=0.5, div_final=2.0)([0, 50, 100])
        array([0.5 , 0.5 , 0.25], dtype=float32)

    Reference:
        fastai, Learner.fit_flat_cos
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    total_steps: Steps = 1000
    pct_start: Fraction = 0.75
    div_final: Divisor = 100000.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        begin = self.pct_start * self.total_steps
        length = self.total_steps - begin or 1
        step = xp.minimum(xp.maximum(step, begin), self.total_steps)
        falling = xp.sin(math.pi / 2 * ((begin + length - step) / length)) ** 2
        rising = xp.sin(math.pi / 2 * ((step - begin) / length)) ** 2
        rate = self.initial_learning_rate
        return rate * falling + rate / self.div_final * rising

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """Begin and end of the cosine."""
        return (int(self.pct_start * self.total_steps), self.total_steps)

    def end(self) -> int | None:
        """The end of the cosine."""
        return self.total_steps
