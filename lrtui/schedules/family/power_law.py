"""A power of the step."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import LearningRate
from lrtui.schedules.quantities import Signed

Exponent = Annotated[float, Signed(low=-10, high=10)]


class PowerLaw(Schedule, frozen=True, tag="power-law"):
    """Falls, or grows, as a power of the step.

    Formula:
        initial_learning_rate * max(step, 1) ** power

    Args:
        initial_learning_rate: rate of steps 0 and 1.
        power: below 0: it falls; -0.5 as the inverse square root, -1 as the inverse of the step.

    Example:
        >>> PowerLaw(0.5, power=-0.5)([0, 1, 4, 100])
        array([0.5 , 0.5 , 0.25, 0.05], dtype=float32)

    Reference:
        TensorFlow Models Garden, DirectPowerDecay
    """

    required: ClassVar[int] = 2

    initial_learning_rate: LearningRate = 0.1
    power: Exponent = -0.5

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        return self.initial_learning_rate * xp.power(xp.maximum(step, 1.0), self.power)

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """Where it begins."""
        return (1,)
