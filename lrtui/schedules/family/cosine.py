"""Cosine decay, with its warmup."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.base import Schedule, real
from lrtui.schedules.parameters import LearningRate, RemainingFraction, Steps, WarmupSteps


class CosineDecay(Schedule, frozen=True, tag="cosine"):
    """Falls along half a cosine, if asked after a linear warmup.

    Formula:
        warmup, step < warmup_steps:
            initial_learning_rate + (warmup_target - initial_learning_rate) * step / warmup_steps
        then, with p = min((step - warmup_steps) / decay_steps, 1):
            warmup_target * ((1 - alpha) * (1 + cos(pi * p)) / 2 + alpha)
        without warmup_target: no warmup, and the cosine falls from initial_learning_rate

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps of the cosine; the warmup comes before them.
        alpha: lowest rate as a fraction of the highest; not a rate.
        warmup_target: rate at the end of the warmup; none: no warmup, whatever warmup_steps says.
        warmup_steps: steps of the warmup.

    Example:
        >>> CosineDecay(0.1, decay_steps=1000, alpha=0.5)([0, 500, 1000, 2000])
        array([0.1  , 0.075, 0.05 , 0.05 ], dtype=float32)
        >>> CosineDecay(0.0, 1000, warmup_target=0.1, warmup_steps=100)([0, 50, 100, 600])
        array([0.  , 0.05, 0.1 , 0.05], dtype=float32)

    Reference:
        keras.optimizers.schedules.CosineDecay; Loshchilov & Hutter 2016, arXiv:1608.03983
    """

    required: ClassVar[int] = 2
    name_index: ClassVar[int | None] = 3

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    alpha: RemainingFraction = 0.0
    warmup_target: LearningRate | None = None
    warmup_steps: WarmupSteps = 0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        if self.warmup_target is None:
            return self._decay(xp.minimum(step, self.decay_steps), self.initial_learning_rate, xp)
        start, target = real(self.initial_learning_rate, xp), self.warmup_target
        warmup_steps = real(self.warmup_steps, xp)
        step = xp.minimum(step, real(self.decay_steps, xp) + warmup_steps)
        decay = self._decay(step - warmup_steps, target, xp)
        if self.warmup_steps == 0:
            return decay
        warmup = (target - start) * (step / warmup_steps) + start
        return xp.where(step < warmup_steps, warmup, decay)

    def _decay(self, step: Any, start: float, xp: Any) -> Any:
        wave = 0.5 * (1 + xp.cos(math.pi * (step / self.decay_steps)))
        return start * ((1 - self.alpha) * wave + self.alpha)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """End of warmup, end of decay."""
        warmup_steps = self.warmup_steps if self.warmup_target is not None else 0
        return (warmup_steps, warmup_steps + self.decay_steps)

    def end(self) -> int | None:
        """The end of the cosine."""
        warmup_steps = self.warmup_steps if self.warmup_target is not None else 0
        return warmup_steps + self.decay_steps

    def notes(self) -> Sequence[str]:
        """alpha, a warmup that is ignored, the steps in all."""
        found = []
        target = self.warmup_target
        highest = self.initial_learning_rate if target is None else target
        if self.alpha:
            found.append(
                f"alpha is a fraction of the highest rate: it ends at {self.alpha * highest:.3g}; "
                "for an end at a rate use CosineAnnealing."
            )
        if target is None and self.warmup_steps:
            found.append(
                "warmup_steps without warmup_target are ignored by Keras; set warmup_target to the "
                "rate at the end of the warmup."
            )
        if target is not None and self.warmup_steps:
            found.append(
                f"decay_steps begin after the warmup: it ends at step {self.end()}; for an end at "
                f"{self.decay_steps} take the warmup_steps off decay_steps."
            )
        return found
