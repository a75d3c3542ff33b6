"""A power of what is left, which itself is a power of what is done."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Power, Steps
from lrtui.schedules.quantities import Tenths

Exponent = Annotated[float, Tenths(low=0.1, high=10)]


class PowerDecay(Schedule, frozen=True, tag="power"):
    """Goes from a start to an end rate along a power of what is left, or of what is done.

    Formula:
        p = min(step / decay_steps, 1)
        end_learning_rate
            + (initial_learning_rate - end_learning_rate) * (1 - p ** k_decay) ** power

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps until the end rate is reached.
        end_learning_rate: rate from decay_steps on; above the initial rate, the rate rises.
        power: 1: what is left counts as it is; above 1: fast first; below 1: slow first.
        k_decay: 1: what is done counts as it is; 2: the cooldown "square"; 0.5: "1-sqrt".

    Example:
        >>> PowerDecay(0.5, decay_steps=100, k_decay=2.0)([0, 50, 100, 200])
        array([0.5  , 0.375, 0.   , 0.   ], dtype=float32)

    Reference:
        timm.scheduler.PolyLRScheduler; Chen et al. 2017, arXiv:1606.00915 (poly);
        Dremov et al. 2025, arXiv:2508.01483 (cooldown shapes)
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0
    power: Power = 1.0
    k_decay: Exponent = 2.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        A last place below 0 has no root: at least 0 is left.
        """
        done = xp.minimum(step, self.decay_steps) / self.decay_steps
        left = xp.power(xp.maximum(1 - xp.power(done, self.k_decay), 0), self.power)
        return self.initial_learning_rate * left + self.end_learning_rate * (1 - left)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end."""
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end."""
        return self.decay_steps
