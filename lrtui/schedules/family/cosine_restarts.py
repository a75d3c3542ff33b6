"""Cosine decay with warm restarts."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Float64s, Int64s
from lrtui.schedules.base import Schedule, multiples, real, thinned
from lrtui.schedules.parameters import Factor, LearningRate, Multiplier, RemainingFraction, Steps


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
    name_index: ClassVar[int | None] = 5

    initial_learning_rate: LearningRate = 0.1
    first_decay_steps: Steps = 200
    t_mul: Multiplier = 2.0
    m_mul: Factor = 1.0
    alpha: RemainingFraction = 0.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        done = step / self.first_decay_steps
        if self.t_mul == 1:
            period = xp.floor(done)
            done = done - period
        else:
            t_mul = real(self.t_mul, xp)
            period = self._period(done, xp)
            begun = (1 - xp.power(t_mul, period)) / (1 - t_mul)
            done = (done - begun) / xp.power(t_mul, period)
        wave = 0.5 * xp.power(real(self.m_mul, xp), period) * (1 + xp.cos(math.pi * done))
        alpha = real(self.alpha, xp)
        return self.initial_learning_rate * ((1 - alpha) * wave + alpha)

    def _period(self, done: Any, xp: Any) -> Any:
        """The number of the period, counted from 0, after `done` times the first one's length."""
        t_mul = real(self.t_mul, xp)
        return xp.floor(xp.log(1 - done * (1 - t_mul)) / xp.log(t_mul))

    def corners(self, start: int, stop: int) -> Int64s:
        """The restarts."""
        if self.t_mul == 1:
            return multiples(self.first_decay_steps, start, stop)
        growth = math.log(np.float32(self.t_mul))
        if growth == 0:  # float32 cannot tell t_mul from 1, and the rate is not a number
            return np.empty(0, np.int64)
        first, last = (self._exact_period(step, growth) for step in (start, stop))
        numbers = thinned(math.floor(first), math.ceil(last) + 1)
        exact = self._begin(numbers, growth)
        found = self._restarts(numbers, growth)
        return np.concatenate([exact, found]).clip(start - 1, stop).astype(np.int64)

    def _restarts(self, numbers: Float64s, growth: float) -> Float64s:
        """The first step of these periods as float32 computes it, which can be many steps away.

        Bisection between the middles of the neighbouring periods.
        """
        below, above = (np.floor(self._begin(numbers + half, growth)) for half in (-0.5, 0.5))
        while ((above - below) > 1).any():
            middle = np.floor((below + above) / 2)
            done = middle.astype(np.float32) / self.first_decay_steps
            reached = self._period(done, np) >= numbers
            below, above = np.where(reached, below, middle), np.where(reached, middle, above)
        return above

    def _exact_period(self, step: int, growth: float) -> float:
        return math.log1p(step / self.first_decay_steps * math.expm1(growth)) / growth

    def _begin(self, number: Float64s, growth: float) -> Float64s:
        with np.errstate(over="ignore"):
            begin = self.first_decay_steps * np.expm1(number * growth) / math.expm1(growth)
        return np.asarray(begin.clip(0, 2.0**53))

    def notes(self) -> Sequence[str]:
        """The fraction."""
        if not self.alpha:
            return ()
        lowest = self.alpha * self.initial_learning_rate
        return (
            f"alpha is a fraction of initial_learning_rate: each period ends at {lowest:.3g}; "
            "for an end at a rate use CosineAnnealingRestarts.",
        )
