"""Logged rates as they are compared with a schedule, and the schedule as it is asked."""

from typing import NamedTuple

import numpy as np

from lrtui.logs.audit.precision import printed_tolerance
from lrtui.logs.values import Series, Unit
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Bools, Float64s, Int64s

_FLOAT32_OF_RATE = 1.5e-6
_FLOAT32_OF_PEAK = 2.5e-7
"""What float32 arithmetic leaves open of a rate, and of the highest one: near the end of a cosine
little is left of two numbers as large as it."""


class LoggedRates(NamedTuple):
    """The rates of a log that are known."""

    at: Int64s
    """Their steps or epochs, as the log counts them."""
    unit: Unit
    values: Float64s
    tolerance: Float64s
    """What printing and float32 leave open of each."""
    peak: float

    @classmethod
    def of(cls, series: Series) -> "LoggedRates":
        """The rates of a column; steps that moved no weight have none."""
        known = np.isfinite(series.values) & (series.at >= 0)
        values = series.values[known]
        peak = float(np.abs(values).max(initial=0.0))
        tolerance = printed_tolerance(values) + _FLOAT32_OF_PEAK * peak
        return cls(series.at[known], series.unit, values, tolerance, peak)

    def matches(self, expected: Float64s) -> Bools:
        """Which of the rates are these, as far as print and float32 can tell."""
        allowed = self.tolerance + _FLOAT32_OF_RATE * np.abs(expected)
        return np.asarray(np.abs(self.values - expected) <= allowed)

    def part(self, which: Bools | Int64s) -> "LoggedRates":
        """Some of them."""
        return self._replace(
            at=self.at[which], values=self.values[which], tolerance=self.tolerance[which]
        )


def rates_of(schedule: Schedule, steps: Int64s) -> Float64s:
    """The schedule's rates at these steps; those before its first are the first."""
    return schedule(np.maximum(steps, 0)).astype(np.float64)
