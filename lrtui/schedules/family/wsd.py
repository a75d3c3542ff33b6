"""Warmup, stable, decay."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Fraction, LearningRate, RemainingFraction, Steps, WarmupSteps
from lrtui.schedules.quantities import Choice

Shape = Annotated[str, Choice(choices=("linear", "cosine", "1-sqrt", "square", "lowered-linear"))]


class WarmupStableDecay(Schedule, frozen=True, tag="wsd"):
    """Rises in a straight line, holds its rate, and falls at the end: a trapezoid.

    Formula:
        floor = max(end_learning_rate, alpha * initial_learning_rate)
        warmup: from warmup_learning_rate at step 0 to initial_learning_rate at warmup_steps
        stable: initial_learning_rate for stable_steps
        decay, with p = (step - warmup_steps - stable_steps) / decay_steps, at most 1:
            floor + (initial_learning_rate - floor) * shape
        shape by decay_shape: linear: 1 - p; cosine: (1 + cos(pi * p)) / 2; 1-sqrt: 1 - sqrt(p);
            square: 1 - p ** 2; lowered-linear: lowered * (1 - p), after a drop at once

    Args:
        initial_learning_rate: rate of the stable phase.
        warmup_steps: steps of the warmup.
        stable_steps: steps at the full rate.
        decay_steps: steps of the decay.
        decay_shape: how it falls.
        end_learning_rate: lowest rate, as a rate.
        alpha: lowest rate as a fraction of initial_learning_rate; the higher of both holds.
        warmup_learning_rate: rate of step 0, if there is a warmup.
        lowered: what of the rate is left after the drop of decay_shape lowered-linear.

    Example:
        >>> wsd = WarmupStableDecay(0.5, warmup_steps=100, stable_steps=300, decay_steps=100)
        >>> wsd([0, 50, 100, 400, 425, 500])
        array([0.  , 0.25, 0.5 , 0.5 , 0.25, 0.  ], dtype=float32)

    Note:
        transformers starts the warmup at min_lr_ratio of the rate; timm at warmup_lr_init.

    Reference:
        transformers.get_wsd_schedule, timm WSDLRScheduler; Hu et al. 2024, arXiv:2404.06395;
        Hägele et al. 2024, arXiv:2405.18392; Dremov et al. 2025, arXiv:2508.01483 (shapes)
    """

    required: ClassVar[int] = 4

    initial_learning_rate: LearningRate = 0.1
    warmup_steps: WarmupSteps = 100
    stable_steps: WarmupSteps = 700
    decay_steps: Steps = 200
    decay_shape: Shape = "1-sqrt"
    end_learning_rate: LearningRate = 0.0
    alpha: RemainingFraction = 0.0
    warmup_learning_rate: LearningRate = 0.0
    lowered: Fraction = 0.7

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        rate, floor = self.initial_learning_rate, self._floor()
        begin = self.warmup_steps + self.stable_steps
        done = xp.minimum(xp.maximum(step - begin, 0), self.decay_steps)
        left, done = (self.decay_steps - done) / self.decay_steps, done / self.decay_steps
        if self.decay_shape == "cosine":
            left, done = xp.sin(math.pi / 2 * left) ** 2, xp.sin(math.pi / 2 * done) ** 2
        if self.decay_shape == "1-sqrt":
            left, done = left / (1 + xp.sqrt(done)), xp.sqrt(done)
        if self.decay_shape == "square":
            left, done = left * (1 + done), done * done
        if self.decay_shape == "lowered-linear":
            left = xp.where(step < begin, xp.ones_like(left), self.lowered * left)
            done = 1 - left
        decay = rate * left + floor * done
        if self.warmup_steps == 0:
            return decay
        warmed = xp.minimum(step / self.warmup_steps, 1)
        warmup = self.warmup_learning_rate * (1 - warmed) + rate * warmed
        return xp.where(step < self.warmup_steps, warmup, decay)

    def _floor(self) -> float:
        return max(self.end_learning_rate, self.alpha * self.initial_learning_rate)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The ends of the phases."""
        begin = self.warmup_steps + self.stable_steps
        return (self.warmup_steps, begin, begin + self.decay_steps)

    def end(self) -> int | None:
        """The end of the decay."""
        return self.warmup_steps + self.stable_steps + self.decay_steps

    def notes(self) -> Sequence[str]:
        """A floor above the rate, alpha."""
        if self._floor() > self.initial_learning_rate:
            return (
                "end_learning_rate is above initial_learning_rate, so the rate rises in the decay; "
                "it is a rate, not a fraction.",
            )
        if self.alpha and self._floor() > self.end_learning_rate:
            return (
                f"alpha is a fraction of the rate: it ends at {self._floor():.3g}; "
                "for an end at a rate set end_learning_rate.",
            )
        return ()
