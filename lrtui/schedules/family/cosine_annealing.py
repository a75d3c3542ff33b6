"""Cosine annealing to an absolute floor."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate, Steps


class CosineAnnealing(Schedule, frozen=True, tag="cosine-annealing"):
    """Falls along half a cosine to a rate of its own, and stays there.

    Formula:
        p = min(step / decay_steps, 1)
        end_learning_rate
            + (initial_learning_rate - end_learning_rate) * (1 + cos(pi * p)) / 2

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps of the half cosine.
        end_learning_rate: rate from decay_steps on; a rate, not a fraction.

    Example:
        >>> CosineAnnealing(0.1, decay_steps=1000, end_learning_rate=0.05)([0, 500, 1000, 2000])
        array([0.1  , 0.075, 0.05 , 0.05 ], dtype=float32)

    Note:
        torch's CosineAnnealingLR goes on after T_max and rises again, to the initial rate at
        2 * T_max; this one stays at its end, as transformers' cosine_with_min_lr does within its
        training steps.

    Reference:
        torch.optim.lr_scheduler.CosineAnnealingLR; transformers, cosine_with_min_lr;
        Loshchilov & Hutter 2016, arXiv:1608.03983
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        sin(x) ** 2 is (1 - cos(2 * x)) / 2, and exact also near 0.
        """
        done = xp.minimum(step, self.decay_steps)
        left = self.decay_steps - done
        falling = xp.sin(math.pi / 2 * (left / self.decay_steps)) ** 2
        rising = xp.sin(math.pi / 2 * (done / self.decay_steps)) ** 2
        return self.initial_learning_rate * falling + self.end_learning_rate * rising

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The end."""
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end of the half cosine."""
        return self.decay_steps

    def notes(self) -> Sequence[str]:
        """An end above the start."""
        if self.end_learning_rate <= self.initial_learning_rate:
            return ()
        return (
            "end_learning_rate is above initial_learning_rate, so the rate rises; "
            "it is a rate, not a fraction.",
        )
