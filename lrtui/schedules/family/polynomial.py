"""Polynomial decay."""

from collections.abc import Sequence
from typing import Any, ClassVar

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples
from lrtui.schedules.number_text import format_number
from lrtui.schedules.parameters import Flag, LearningRate, Power, Steps


class PolynomialDecay(Schedule, frozen=True, tag="polynomial"):
    """Goes from a start to an end rate along a power of the remaining fraction.

    Formula:
        p = min(step, decay_steps) / decay_steps
        (initial_learning_rate - end_learning_rate) * (1 - p) ** power + end_learning_rate
        cycle: p = step / (decay_steps * ceil(step / decay_steps))

    Args:
        initial_learning_rate: rate of step 0.
        decay_steps: steps until the end rate is reached.
        end_learning_rate: rate from decay_steps on; above the initial rate, the rate rises.
        power: 1: a straight line; above 1: fast first; below 1: slow first.
        cycle: on: at every multiple of decay_steps start anew, from a lower rate each time.

    Example:
        >>> PolynomialDecay(0.5, decay_steps=1000, end_learning_rate=0.25)([0, 500, 1000, 1500])
        array([0.5  , 0.375, 0.25 , 0.25 ], dtype=float32)

    Reference:
        keras.optimizers.schedules.PolynomialDecay
    """

    required: ClassVar[int] = 2
    name_index: ClassVar[int | None] = 5

    initial_learning_rate: LearningRate = 0.1
    decay_steps: Steps = 1000
    end_learning_rate: LearningRate = 0.0001
    power: Power = 1.0
    cycle: Flag = False

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        if self.cycle:
            cycles = xp.where(step == 0, xp.ones_like(step), xp.ceil(step / self.decay_steps))
            p = step / (self.decay_steps * cycles)
        else:
            p = xp.minimum(step, self.decay_steps) / self.decay_steps
        start, end = xp.array(self.initial_learning_rate, "float32"), self.end_learning_rate
        return (start - end) * xp.power(1 - p, self.power) + end

    def corners(self, start: int, stop: int) -> Sequence[int] | Int64s:
        """The restarts, or the end."""
        if self.cycle:
            return multiples(self.decay_steps, start, stop)
        return (self.decay_steps,)

    def end(self) -> int | None:
        """The end, unless it starts anew."""
        return None if self.cycle else self.decay_steps

    def notes(self) -> Sequence[str]:
        """An end above the start."""
        if self.end_learning_rate <= self.initial_learning_rate:
            return ()
        return (
            f"end_learning_rate, {format_number(self.end_learning_rate)}, is above "
            "initial_learning_rate, so the rate rises; set it lower (Keras' default is 0.0001).",
        )
