"""Rates given at steps, and lines or cosines between them."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from lrtui.schedules.base import Schedule, real
from lrtui.schedules.parameters import Boundaries, Invalid, Rates
from lrtui.schedules.quantities import Choice

Between = Annotated[str, Choice(choices=("linear", "cosine"))]


class PiecewiseInterpolation(Schedule, frozen=True, tag="interpolation"):
    """Goes from one given rate to the next, and stays at the last.

    Formula:
        values[0] at step 0, values[i] at boundaries[i-1], values[-1] from boundaries[-1] on;
        between two of them, with p the fraction of the way that is done:
            shape linear: (1 - p) * from + p * to
            cosine: as linear, with (1 - cos(pi * p)) / 2 for p

    Args:
        boundaries: the steps at which the second and further rates are reached; rising, from 1 on.
        values: the rates, one more than there are boundaries.
        shape: how it goes from one rate to the next.

    Example:
        >>> PiecewiseInterpolation([100, 200], [0.0, 0.5, 0.25])([0, 50, 100, 150, 200, 300])
        array([0.   , 0.25 , 0.5  , 0.375, 0.25 , 0.25 ], dtype=float32)

    Reference:
        optax.piecewise_interpolate_schedule
    """

    required: ClassVar[int] = 2

    boundaries: Boundaries = (100, 1000)
    values: Rates = (0.0, 0.1, 0.01)
    shape: Between = "linear"

    def check(self) -> None:
        """One rate more than boundaries, which rise."""
        if not self.boundaries:
            raise Invalid("boundaries", "must hold at least one step (else use Constant)", [])
        if any(high <= low for low, high in pairwise((0, *self.boundaries))):
            raise Invalid("boundaries", "must rise, from 1 on", self.boundaries)
        if len(self.values) != len(self.boundaries) + 1:
            allowed = f"must hold {len(self.boundaries) + 1} rates, one more than boundaries"
            raise Invalid("values", allowed, self.values)

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Each stretch adds its rate where the step lies in it.
        """
        zero = xp.zeros_like(step)
        rate = zero + xp.where(step >= self.boundaries[-1], real(self.values[-1], xp), zero)
        low = 0
        for high, first, last in zip(self.boundaries, self.values, self.values[1:], strict=False):
            left, done = (high - step) / (high - low), (step - low) / (high - low)
            if self.shape == "cosine":
                left, done = xp.sin(math.pi / 2 * left) ** 2, xp.sin(math.pi / 2 * done) ** 2
            inside = xp.logical_and(step >= low, step < high)
            rate = rate + xp.where(inside, first * left + last * done, zero)
            low = high
        return rate

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The boundaries."""
        return self.boundaries

    def end(self) -> int | None:
        """The last boundary."""
        return self.boundaries[-1]
