"""Piecewise constant rates."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from lrtui.schedules.arrays import Float32s
from lrtui.schedules.base import Schedule, as_array, looked_up, real
from lrtui.schedules.parameters import Boundaries, Invalid, Rates


class PiecewiseConstantDecay(Schedule, frozen=True, tag="piecewise"):
    """Holds one rate between two boundaries and jumps at each.

    Formula:
        values[i] for boundaries[i-1] < step <= boundaries[i]

    Args:
        boundaries: the last step of each rate but the last; rising.
        values: the rates, one more than there are boundaries.

    Example:
        >>> PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])([0, 100, 101, 200, 201])
        array([0.1 , 0.1 , 0.05, 0.05, 0.01], dtype=float32)

    Note:
        A boundary step still has the earlier rate. Keras takes boundaries that do not rise and then
        adds up or drops rates; so does this class, because that is what would be trained with.

    Reference:
        keras.optimizers.schedules.PiecewiseConstantDecay
    """

    required: ClassVar[int] = 2
    name_index: ClassVar[int | None] = 2
    step_dtype: ClassVar[str] = "int64"

    boundaries: Boundaries = (300, 600)
    values: Rates = (0.1, 0.05, 0.01)

    def check(self) -> None:
        """One rate more than boundaries, and at least one boundary, as Keras wants it."""
        if not self.boundaries:
            raise Invalid("boundaries", "must hold at least one step (else use Constant)", [])
        if len(self.values) != len(self.boundaries) + 1:
            allowed = f"must hold {len(self.boundaries) + 1} rates, one more than boundaries"
            raise Invalid("values", allowed, self.values)

    def _looked_up(self, step: Any) -> Float32s | None:
        """By binary search among the boundaries. Where they do not rise, rates are added up."""
        if list(self.boundaries) != sorted(self.boundaries):
            return None
        place = np.searchsorted(as_array(self.boundaries, step.dtype), step)
        rates: Float32s = as_array(self.values, np.dtype(np.float32))[place]
        return rates

    @looked_up(_looked_up)
    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Each range adds its rate where the step lies in it.
        """
        zero = xp.zeros_like(step, dtype="float32")
        rate = zero + xp.where(step <= self.boundaries[0], real(self.values[0], xp), zero)
        rate = rate + xp.where(step > self.boundaries[-1], real(self.values[-1], xp), zero)
        ranges = zip(self.boundaries, self.boundaries[1:], self.values[1:-1], strict=False)
        for low, high, value in ranges:
            inside = xp.logical_and(step > low, step <= high)
            rate = rate + xp.where(inside, real(value, xp), zero)
        return rate

    def corners(self, start: int, stop: int) -> Sequence[int]:
        """The boundaries."""
        return self.boundaries

    def notes(self) -> Sequence[str]:
        """Boundaries that do not rise."""
        if list(self.boundaries) == sorted(set(self.boundaries)):
            return ()
        return (
            "boundaries do not rise: Keras then adds rates up, or leaves a gap of 0; sort them, "
            "and the values with them.",
        )
