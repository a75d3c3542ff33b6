"""The one-cycle policy."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Flag, Fraction, LearningRate, Steps
from lrtui.schedules.quantities import Choice, OneTwoFive

Divisor = Annotated[float, OneTwoFive(low=0.001, high=1e12)]
Strategy = Annotated[str, Choice(choices=("cos", "linear"))]


class OneCycle(Schedule, frozen=True, tag="one-cycle"):
    """Rises to a peak and falls far below its start, once, over the whole training.

    Formula:
        low = max_learning_rate / div_factor, end = low / final_div_factor
        peak = pct_start * total_steps - 1, last = total_steps - 1
        from low at 0 to max_learning_rate at peak, then to end at last
        three_phase: to low at 2 * peak, then to end at last
        anneal_strategy cos: each along half a cosine; linear: each in a straight line

    Args:
        max_learning_rate: rate at the peak.
        total_steps: steps of the training; the last one has the end rate.
        pct_start: fraction of the steps that rises.
        anneal_strategy: shape of each phase.
        div_factor: the first rate is max_learning_rate divided by this.
        final_div_factor: the last rate is the first one divided by this.
        three_phase: on: fall back to the first rate as slowly as it rose, then to the last.

    Example:
        >>> cycle = OneCycle(1.0, total_steps=101, pct_start=0.5, div_factor=2.0)
        >>> cycle([0, 100, 1000])
        array([5.e-01, 5.e-05, 5.e-05], dtype=float32)

    Note:
        As in PyTorch the peak lies at step pct_start * total_steps - 1 and the end at
        total_steps - 1; optax reaches them at int(pct_start * transition_steps) and at
        transition_steps. PyTorch refuses more steps; here the end rate stays.

    Reference:
        torch.optim.lr_scheduler.OneCycleLR; Smith & Topin 2017, arXiv:1708.07120
    """

    required: ClassVar[int] = 2

    max_learning_rate: LearningRate = 0.1
    total_steps: Steps = 1000
    pct_start: Fraction = 0.3
    anneal_strategy: Strategy = "cos"
    div_factor: Divisor = 25.0
    final_div_factor: Divisor = 10000.0
    three_phase: Flag = False

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        high, low = self.max_learning_rate, self.max_learning_rate / self.div_factor
        end = low / self.final_div_factor
        peak, last = self.pct_start * self.total_steps - 1, self.total_steps - 1
        step = xp.minimum(step, last)
        if self.three_phase:
            fall = self._phase(step, peak, 2 * peak, high, low, xp)
            tail = self._phase(step, 2 * peak, last, low, end, xp)
            fall = xp.where(step <= 2 * peak, fall, tail)
        else:
            fall = self._phase(step, peak, last, high, end, xp)
        rise = self._phase(step, 0, peak, low, high, xp)
        return xp.where(step <= peak, rise, fall)

    def _phase(self, step: Any, first: Any, last: Any, start: Any, end: Any, xp: Any) -> Any:
        """From start at step first to end at step last; a phase without steps stays at start."""
        length = last - first or 1
        left, done = (first + length - step) / length, (step - first) / length
        if self.anneal_strategy == "cos":
            left, done = xp.sin(math.pi / 2 * left) ** 2, xp.sin(math.pi / 2 * done) ** 2
        return start * left + end * done

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The ends of the phases."""
        peak = int(self.pct_start * self.total_steps) - 1
        return (peak, 2 * peak, 2 * peak + 1, self.total_steps - 1)

    def end(self) -> int | None:
        """The last step it is made for."""
        return self.total_steps - 1
