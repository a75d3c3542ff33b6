"""The kind of what is left of a rate at the end, as a fraction of it: 0, 0.001, 0.01, 0.1."""

from typing import ClassVar

from lrtui.schedules.quantities.numbers import Hundredths, next_in_series

_LEAST, _BEND = 0.001, 0.1
"""Below the bend a ratio counts, above it a difference; below the least there is only 0."""


class EndFraction(Hundredths, frozen=True):
    """What is left of a rate at the end, as a fraction of it; mostly little."""

    turned_by: ClassVar[str] = "0.001, 0.002, 0.005 to 0.1, then a hundredth; coarse: tenfold"

    def next(self, value: float, up: bool, coarse: bool) -> float:
        """By 1, 2, 5 up to a tenth, by hundredths from there."""
        if value > _BEND or (value == _BEND and up):
            further = super().next(value, up, coarse)
            return further if up else max(further, _BEND)
        further = next_in_series((1.0, 2.0, 5.0), _LEAST, value, up, coarse)
        return min(further, _BEND) if up else further if further >= _LEAST else 0.0

    def around(self, value: float) -> list[float]:
        """Nothing, the decades below a tenth, and the tenths."""
        return [0.0, _LEAST, 0.01, *(round(tenth / 10, 1) for tenth in range(1, 11))]

    def differ(self, one: float, other: float) -> bool:
        """By half a tenth; of small ones, if one is twice the other and not next to nothing."""
        low, high = sorted((one, other))
        return super().differ(one, other) or (high >= 2 * low and high >= 0.01)
