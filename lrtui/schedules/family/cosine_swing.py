"""A cosine that rises again after its end."""

import math
from typing import Annotated, Any, ClassVar

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Tenths

HalfSwings = Annotated[float, Tenths(low=0.001, high=1e6)]


class CosineSwing(Schedule, frozen=True, tag="cosine-swing"):
    """Falls along half a cosine, rises along the other half, and so on without end.

    Formula:
        p = half_swings * step / decay_steps
        end_learning_rate
            + (initial_learning_rate - end_learning_rate) * (1 + cos(pi * p)) / 2

    Args:
        initial_learning_rate: rate of step 0, and after each second half swing.
        decay_steps: steps of so many half swings.
        end_learning_rate: rate after the first half swing, and each second one from there.
        half_swings: how many there are in decay_steps; it goes on after them.

    Example:
        >>> CosineSwing(0.1, decay_steps=100)([0, 50, 100, 150, 200])
        array([0.1 , 0.05, 0.  , 0.05, 0.1 ], dtype=float32)

    Note:
        It is what the cosines of PyTorch and transformers do when a training is longer than they
        were made for. CosineAnnealing stays at its end.

    Reference:
        torch.optim.lr_scheduler.CosineAnnealingLR; transformers.get_cosine_schedule_with_warmup
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 500
    end_learning_rate: LearningRate = 0.0
    half_swings: HalfSwings = 1.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        steps, x = self.decay_steps, step * self.half_swings
        within = x - 2 * steps * xp.floor(x / (2 * steps))
        falling = xp.sin(math.pi / 2 * ((steps - within) / steps)) ** 2
        rising = xp.sin(math.pi / 2 * (within / steps)) ** 2
        return self.initial_learning_rate * falling + self.end_learning_rate * rising

    def corners(self, start: int, stop: int) -> Int64s:
        """Where it turns."""
        return multiples(self.decay_steps / self.half_swings, start, stop)

    def rises_again(self) -> int | None:
        """After the first half swing."""
        if self.end_learning_rate >= self.initial_learning_rate:
            return None
        return math.ceil(self.decay_steps / self.half_swings)
