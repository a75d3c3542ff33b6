"""Cosine decay with warm restarts."""

import math
from typing import Any, ClassVar

import numpy as np

from lrtui.schedules.base import Int64s, Schedule, multiples, real
from lrtui.schedules.parameters import Factor, Fraction, LearningRate, Multiplier, Steps


class CosineDecayRestarts(Schedule, frozen=True, tag="cosine-restarts"):
    """Falls along half a cosine, jumps back up, and again, each period longer by `t_mul`.

    Formula:
        period i begins at first_decay_steps * (t_mul ** i - 1) / (t_mul - 1)
        and takes first_decay_steps * t_mul ** i steps; with p the fraction of it that is done:
        initial_learning_rate * ((1 - alpha) * m_mul ** i * (1 + cos(pi * p)) / 2 + alpha)

    Args:
        initial_learning_rate: rate of step 0.
        first_decay_steps: steps of the first period.
        t_mul: how much longer each period is than the one before.
        m_mul: what the height of each period is multiplied by.
        alpha: lowest rate as a fraction of initial_learning_rate; not a rate.

    Example:
        >>> restarts = CosineDecayRestarts(0.1, first_decay_steps=100, t_mul=2.0, m_mul=0.5)
        >>> restarts([0, 50, 100, 200, 300])
        array([0.1  , 0.05 , 0.05 , 0.025, 0.025], dtype=float32)

    Note:
        With t_mul above 1 the period is found by a logarithm in float32, so a restart may come one
        step early or late where its exact place is not a whole step.

    Reference:
        keras.optimizers.schedules.CosineDecayRestarts; Loshchilov & Hutter 2016, arXiv:1608.03983
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    first_decay_steps: Steps = 200
    t_mul: Multiplier = 2.0
    m_mul: Factor = 1.0
    alpha: Fraction = 0.0

    def formula(self, step: Any, xp: Any) -> Any:
        """See the class."""
        done = step / self.first_decay_steps
        if self.t_mul == 1:
            period = xp.floor(done)
            done = done - period
        else:
            t_mul = real(self.t_mul, xp)
            period = xp.floor(xp.log(1 - done * (1 - t_mul)) / xp.log(t_mul))
            begun = (1 - xp.power(t_mul, period)) / (1 - t_mul)
            done = (done - begun) / xp.power(t_mul, period)
        wave = 0.5 * xp.power(real(self.m_mul, xp), period) * (1 + xp.cos(math.pi * done))
        alpha = real(self.alpha, xp)
        return self.initial_learning_rate * ((1 - alpha) * wave + alpha)

    def corners(self, start: int, stop: int) -> Int64s:
        """The restarts."""
        if self.t_mul == 1:
            return multiples(self.first_decay_steps, start, stop)
        periods = math.log1p(stop / self.first_decay_steps * (self.t_mul - 1))
        count = min(int(periods / math.log(self.t_mul)) + 2, 1 << 17)
        begun = np.expm1(np.arange(count) * math.log(self.t_mul)) / (self.t_mul - 1)
        return np.asarray(begun * self.first_decay_steps).astype(np.int64)
