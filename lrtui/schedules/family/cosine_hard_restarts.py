"""Half cosines, so many in a given time."""

import math
from typing import Annotated, Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Schedule, multiples
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Tenths

Cycles = Annotated[float, Tenths(low=0.001, high=1e6)]


class CosineHardRestarts(Schedule, frozen=True, tag="cosine-hard-restarts"):
    """Falls along half a cosine so many times in a given number of steps, then stays at its end.

    Formula:
        step < total_steps, with x = cycles * step / total_steps:
            end_learning_rate
                + (initial_learning_rate - end_learning_rate) * (1 + cos(pi * (x - floor(x)))) / 2
        then: end_learning_rate

    Args:
        initial_learning_rate: rate of step 0, and at each restart.
        total_steps: steps of all cycles together.
        cycles: how many there are; need not be whole.
        end_learning_rate: rate towards which each cycle falls, and that of the steps after them.

    Example:
        >>> CosineHardRestarts(0.5, total_steps=200, cycles=2.0)([0, 50, 100, 150, 200]).round(4)
        array([0.5 , 0.25, 0.5 , 0.25, 0.  ], dtype=float32)

    Reference:
        transformers.get_cosine_with_hard_restarts_schedule_with_warmup
    """

    required: ClassVar[int] = 3

    initial_learning_rate: LearningRate = 0.1
    total_steps: Steps = 1000
    cycles: Cycles = 4.0
    end_learning_rate: LearningRate = 0.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        A quarter of a step on: a compiler may divide a little too low.
        """
        x = step * self.cycles
        cycle = xp.floor((x + 0.25) / self.total_steps)
        done = (x - cycle * self.total_steps) / self.total_steps
        falling = xp.sin(math.pi / 2 * (1 - done)) ** 2
        rising = xp.sin(math.pi / 2 * done) ** 2
        rate = self.initial_learning_rate * falling + self.end_learning_rate * rising
        return xp.where(step < self.total_steps, rate, self.end_learning_rate)

    def corners(self, start: int, stop: int) -> Int64s:
        """The restarts, and the end."""
        restarts = multiples(self.total_steps / self.cycles, start, min(stop, self.total_steps))
        return np.append(restarts, self.total_steps)

    def end(self) -> int | None:
        """The end of the last cycle."""
        return self.total_steps
