"""A cosine wave."""

import math
from typing import Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples, real
from lrtui.schedules.parameters import Flag, Invalid, LearningRate, Steps


class CosineWave(Schedule, frozen=True, tag="cosine-wave"):
    """Swings as a cosine around a mean rate, without end.

    Formula:
        mean_learning_rate + amplitude * cos(step / steps_per_radian)
        staircase: mean_learning_rate + amplitude * cos(floor(step / steps_per_radian))

    Args:
        mean_learning_rate: rate that it swings around; step 0 has that and the amplitude.
        amplitude: how far it swings up and down; at most mean_learning_rate.
        steps_per_radian: steps in which the cosine goes on by 1; a whole swing takes 2 * pi times
            as many.
        staircase: on: one rate for steps_per_radian steps, then the next; off: smooth.

    Example:
        >>> CosineWave(0.25, 0.125, steps_per_radian=100)([0, 157, 314]).round(4)
        array([0.375 , 0.2501, 0.125 ], dtype=float32)

    Note:
        With staircase on, and the steps of an epoch as steps_per_radian, it is what Keras sets by
        LearningRateScheduler(lambda epoch: mean + amplitude * math.cos(epoch)). These are radians:
        a swing takes 6.28 epochs.

    Reference:
        keras.callbacks.LearningRateScheduler, with a cosine of the epoch
    """

    required: ClassVar[int] = 3

    mean_learning_rate: LearningRate = 0.005
    amplitude: LearningRate = 0.005
    steps_per_radian: Steps = 64
    staircase: Flag = False

    def check(self) -> None:
        """No rate below 0."""
        if self.amplitude > self.mean_learning_rate:
            allowed = f"must be at most mean_learning_rate, which is {self.mean_learning_rate:g}"
            raise Invalid("amplitude", allowed, self.amplitude)

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Half a step on: a compiler may divide a little too low. 1 + cos(x) is 2 * cos(x / 2) ** 2,
        which loses nothing where it is near 0.
        """
        x = step / self.steps_per_radian
        if self.staircase:
            x = xp.floor((step + 0.5) / self.steps_per_radian)
        lowest = self.mean_learning_rate - self.amplitude
        return real(lowest, xp) + 2 * self.amplitude * xp.cos(0.5 * x) ** 2

    def corners(self, start: int, stop: int) -> Int64s:
        """The edges of the stairs, or the highest and the lowest steps."""
        if self.staircase:
            return multiples(self.steps_per_radian, start, stop)
        swing = 2 * math.pi * self.steps_per_radian
        highest = multiples(swing, start - int(swing), stop)
        return np.concatenate([highest, highest + round(swing / 2)])
