"""The same schedule at another rate: all of its rates multiplied, its steps and its shape kept."""

import numpy as np

from lrtui.schedules.arrays import Float32s
from lrtui.schedules.base import Schedule
from lrtui.schedules.family.scaled import Scaled
from lrtui.schedules.parameters import Invalid, parameters
from lrtui.schedules.quantities import Rate

DIGITS = 6
"""Of a rate that is worked out, as it is written."""


def highest_rate(schedule: Schedule, steps: int) -> float:
    """The highest rate of a training of so many steps; NaN where one is not finite."""
    return float(np.max(schedule(np.arange(steps))))


def at_highest_rate(schedule: Schedule, highest: float, steps: int) -> Schedule:
    """The schedule multiplied so that its highest rate of so many steps is this one.

    Every parameter that is a rate is multiplied where that does it, so that it stays one line that
    a person would write; else it is wrapped in :class:`Scaled`.

    Raises:
        Invalid: all of its rates are 0, or one is not finite: nothing makes them higher.
    """
    now = highest_rate(schedule, steps)
    if not (np.isfinite(now) and now > 0):
        raise Invalid("schedule", "must have a finite rate above 0 to be tuned", str(schedule))
    factor = highest / now
    rates = [one for one in parameters(type(schedule)) if isinstance(one.quantity, Rate)]
    values = {one.name: getattr(schedule, one.name) for one in rates}
    changes = {name: _times(value, factor) for name, value in values.items() if value is not None}
    wanted = schedule(np.arange(steps)) * np.float32(factor)
    if isinstance(schedule, Scaled):
        return schedule.replace(factor=_times(schedule.factor, factor))
    wrapped = Scaled(schedule, factor=_times(factor, 1))
    try:
        scaled = schedule.replace(**changes)
    except Invalid:
        return wrapped
    return scaled if _close(scaled(np.arange(steps)), wanted) else wrapped


def _times(value: float, factor: float) -> float:
    return float(f"{value * factor:.{DIGITS}g}")


def _close(one: Float32s, other: Float32s) -> bool:
    return bool(np.allclose(one, other, rtol=10.0 ** (1 - DIGITS), atol=0))


def same_rates(one: Float32s, other: Float32s) -> bool:
    """Whether two arrays of rates are the same but for rounding: to 1e-6 of the highest."""
    return bool(np.abs(one - other).max() <= 1e-6 * max(np.abs(one).max(), np.abs(other).max()))
