"""Constant rate."""

from typing import Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate


class Constant(Schedule, frozen=True, tag="constant"):
    """Keeps one rate for the whole training: what a plain number does.

    Formula:
        learning_rate

    Args:
        learning_rate: rate of every step.

    Example:
        >>> Constant(0.1)([0, 1000])
        array([0.1, 0.1], dtype=float32)

    Reference:
        keras.optimizers.Optimizer, argument learning_rate given as a float.
    """

    learning_rate: LearningRate = 0.1

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        return xp.full_like(step, self.learning_rate)
