"""The landmarks of a schedule over a range of steps: start, peak, lowest, end, half-life, mean."""

from typing import NamedTuple

import numpy as np

from lrtui.schedules.base import Schedule
from lrtui.schedules.envelope import envelope

EXACT_UP_TO = 2_000_000
"""Beyond so many steps only the landmarks that need no visit to every step are given."""


class Landmark(NamedTuple):
    """A named rate, and the step at which it is first reached (None for a mean)."""

    name: str
    step: int | None
    rate: float


def landmarks(
    schedule: Schedule, steps: int, exact_up_to: int = EXACT_UP_TO
) -> tuple[Landmark, ...]:
    """The landmarks of steps 0 to ``steps - 1``.

    Returns:
        start, peak, lowest, half (the first step at or below half the peak after it; absent if
        there is none), end, and mean. Above `exact_up_to` steps: start, peak, lowest and end, the
        steps of peak and lowest unknown. Rates that are not finite count only as start and end;
        nothing if there is no other.
    """
    start, end = (float(rate) for rate in schedule([0, steps - 1]))
    if steps > exact_up_to:
        low, high = envelope(schedule, 0, steps, 4096)
        return (
            Landmark("start", 0, start),
            Landmark("peak", None, float(np.fmax.reduce(high))),
            Landmark("lowest", None, float(np.fmin.reduce(low))),
            Landmark("end", steps - 1, end),
        )
    rates = schedule(np.arange(steps))
    known = np.isfinite(rates)
    if not known.any():
        return ()
    rates = np.where(known, rates, np.float32(np.nan))
    peak, lowest = int(np.nanargmax(rates)), int(np.nanargmin(rates))
    found = [
        Landmark("start", 0, start),
        Landmark("peak", peak, float(rates[peak])),
        Landmark("lowest", lowest, float(rates[lowest])),
    ]
    halved = np.flatnonzero(rates[peak:] <= rates[peak] / 2)
    if halved.size and rates[peak] > 0:
        found.append(Landmark("half", peak + int(halved[0]), float(rates[peak + halved[0]])))
    found.append(Landmark("end", steps - 1, end))
    found.append(Landmark("mean", None, float(rates[known].mean(dtype=np.float64))))
    return tuple(found)
