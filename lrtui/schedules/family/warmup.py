"""A warmup before any schedule."""

import math
from typing import Annotated, Any

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inner, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.parameters import Invalid, LearningRate, Steps
from lrtui.schedules.quantities import Choice

Shape = Annotated[str, Choice(choices=("linear", "exponential", "cosine", "log"))]


class Warmup(Composition, frozen=True, tag="warmup"):
    """Rises to the first rate of another schedule, which then begins.

    Formula:
        step < steps, with p = step / steps and r the rate of schedule at its step 0:
            shape linear: initial_learning_rate * (1 - p) + r * p
            exponential: initial_learning_rate ** (1 - p) * r ** p
            cosine: as linear, with (1 - cos(pi * p)) / 2 for p
            log: as linear, with log(step + 1) / log(steps) for p: at the rate a step sooner
        then: schedule at step - steps

    Args:
        schedule: what begins, with its step 0, when the warmup ends.
        steps: steps of the warmup.
        initial_learning_rate: rate of step 0.
        shape: how it rises; exponential must start above 0.

    Example:
        >>> from lrtui.schedules import parse
        >>> Warmup(parse("Constant(0.5)"), steps=100)([0, 50, 100])
        array([0.  , 0.25, 0.5 ], dtype=float32)

    Note:
        The warmup comes on top of the steps of the schedule: it ends that much later. optax counts
        the warmup into decay_steps.

    Reference:
        optax.join_schedules with a linear_schedule; Goyal et al. 2017, arXiv:1706.02677;
        deepspeed.runtime.lr_schedules.WarmupLR (log)
    """

    schedule: Inner = CosineDecay()
    steps: Steps = 100
    initial_learning_rate: LearningRate = 0.0
    shape: Shape = "linear"

    def check(self) -> None:
        """An exponential never leaves 0."""
        super().check()
        if self.shape == "exponential" and self.initial_learning_rate == 0:
            allowed = "must be above 0 for an exponential warmup"
            raise Invalid("initial_learning_rate", allowed, self.initial_learning_rate)

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Before its begin the schedule gives the rate of its step 0.
        """
        rate = self.schedule.formula(real(xp.maximum(step - self.steps, 0), xp), xp)
        done = xp.minimum(step, self.steps) / self.steps
        left = xp.maximum(self.steps - step, 0) / self.steps
        if self.shape == "cosine":
            left, done = xp.sin(math.pi / 2 * left) ** 2, xp.sin(math.pi / 2 * done) ** 2
        if self.shape == "log":
            done = xp.minimum(xp.log(step + 1.0) / math.log(max(self.steps, 2)), 1)
            left = 1 - done
        start = real(self.initial_learning_rate, xp)
        if self.shape == "exponential":
            warmup = xp.power(start, left) * xp.power(rate, done)
        else:
            warmup = start * left + rate * done
        return xp.where(step < self.steps, warmup, rate)

    def corners(self, start: int, stop: int) -> Int64s:
        """The end of the warmup, and what follows."""
        later = self.schedule.corners(max(start - self.steps, 0), max(stop - self.steps, 1))
        return np.append(np.asarray(later, np.int64) + self.steps, self.steps)

    def end(self) -> int | None:
        """Where the schedule ends."""
        end = self.schedule.end()
        return None if end is None else self.steps + end

    def rises_again(self) -> int | None:
        """Where the schedule does."""
        again = self.schedule.rises_again()
        return None if again is None else self.steps + again
