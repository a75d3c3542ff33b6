"""Hyperbolic tangent decay."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Invalid, LearningRate, Steps
from lrtui.schedules.quantities import Signed

Argument = Annotated[float, Signed(low=-100, high=100)]


class TanhDecay(Schedule, frozen=True, tag="tanh"):
    """Falls along a hyperbolic tangent: flat first, then steep, and flat again if `ub` is large.

    Formula:
        p = step / decay_steps
        step < decay_steps: end_learning_rate + (initial_learning_rate - end_learning_rate)
            * (1 - tanh(lb * (1 - p) + ub * p)) / 2
        then: end_learning_rate

    Args:
        initial_learning_rate: rate that it begins a little below: the more negative lb, the less.
        decay_steps: steps of the decay; at its end the rate drops to end_learning_rate.
        end_learning_rate: rate from decay_steps on.
        lb: argument of the tangent at step 0.
        ub: argument of the tangent at decay_steps; above lb.

    Example:
        >>> TanhDecay(0.5, decay_steps=100, lb=-6.0, ub=6.0)([50, 100, 200])
        array([0.25, 0.  , 0.  ], dtype=float32)

    Reference:
        timm.scheduler.TanhLRScheduler; Hsueh, Li & Wu 2018, arXiv:1806.01593
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0
    lb: Argument = -7.0
    ub: Argument = 3.0

    def check(self) -> None:
        """From lb up to ub."""
        if self.ub <= self.lb:
            raise Invalid("ub", f"must be above lb, which is {self.lb}", self.ub)

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        (1 - tanh(x)) / 2 is 1 / (1 + exp(2 * x)), and exact also near 0.
        """
        done = xp.minimum(step, self.decay_steps)
        left = self.decay_steps - done
        x = (self.lb * left + self.ub * done) / self.decay_steps
        start, end = self.initial_learning_rate, self.end_learning_rate
        rate = start / (1 + xp.exp(2 * x)) + end / (1 + xp.exp(-2 * x))
        return xp.where(step < self.decay_steps, rate, end)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end."""
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end."""
        return self.decay_steps
