"""The schedule of the Transformer."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Factor, Steps
from lrtui.schedules.quantities import OneTwoFive

Width = Annotated[int, OneTwoFive(low=1, high=10**9)]


class Noam(Schedule, frozen=True, tag="noam"):
    """Rises in a straight line, then falls as the inverse square root of the step.

    Formula:
        n = step + 1
        factor * d_model ** -0.5 * min(n ** -0.5, n * warmup_steps ** -1.5)

    Args:
        d_model: width of the model.
        warmup_steps: the step, counted from 1, with the highest rate.
        factor: what the whole is multiplied by.

    Example:
        >>> Noam(d_model=256, warmup_steps=4)([0, 3, 15])
        array([0.0078125, 0.03125  , 0.015625 ], dtype=float32)

    Note:
        The paper counts steps from 1; step k here is its step k + 1.

    Reference:
        Vaswani et al. 2017, arXiv:1706.03762, section 5.3
    """

    required: ClassVar[int] = 2

    d_model: Width = 512
    warmup_steps: Steps = 400
    factor: Factor = 1.0

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        n = step + 1.0
        shape = xp.minimum(1 / xp.sqrt(n), n / self.warmup_steps**1.5)
        return self.factor / self.d_model**0.5 * shape

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The peak."""
        return (self.warmup_steps - 1,)
