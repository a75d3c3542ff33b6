"""The landmarks of a schedule over a range of steps: start, peak, half-life, area, restarts, ..."""

from typing import NamedTuple

import numpy as np

from lrtui.schedules.base import Schedule
from lrtui.schedules.envelope import Envelope, envelope, stretch_edges
from lrtui.schedules.search import first_at_least, first_at_most, restarts_at, restarts_in, rising

EXACT_UP_TO = 2_000_000
"""Up to so many steps each one is visited."""
_PARTS = 4096
_SAMPLES = 1 << 14
"""Beyond that the mean is that of so many steps, and some more near the beginning."""
_GOLDEN = 0.6180339887498949
"""Its multiples, less their whole parts, are spread evenly and have no period."""
_COUNTED = 1 << 17
"""So many corners are no longer all that there are: restarts are counted in some stretches."""


class Landmark(NamedTuple):
    """A named rate, and the step at which it is first reached (None for what has no step)."""

    name: str
    step: int | None
    value: float
    """A rate; of the area, the sum of the rates of all steps; of restarts, how many."""
    approximate: bool = False
    """Whether not every step was looked at: then it is written with a ``≈``."""

    @property
    def rate(self) -> float:
        """The value."""
        return self.value


def landmarks(
    schedule: Schedule, steps: int, exact_up_to: int = EXACT_UP_TO
) -> tuple[Landmark, ...]:
    """The landmarks of steps 0 to ``steps - 1``.

    Returns:
        start, peak, lowest, half (the first step at or below half the peak after it; absent if
        there is none), end, mean, area (the sum of all rates) and restarts (how often the rate
        jumps up). Rates that are not finite count only as start and end; nothing if there is no
        other. Above `exact_up_to` steps the mean and the area are of a sample of them, and
        restarts too where they are very many; the rest is exact.
    """
    if steps <= exact_up_to:
        return _visited(schedule, steps)
    seen = envelope(schedule, 0, steps, _PARTS)
    known = np.isfinite(seen.low) & np.isfinite(seen.high)
    if not known.all() and steps <= EXACT_UP_TO:
        return _visited(schedule, steps)
    return _searched(schedule, steps, Envelope(seen.low[known], seen.high[known]))


def _visited(schedule: Schedule, steps: int) -> tuple[Landmark, ...]:
    """By looking at every step."""
    rates = schedule(np.arange(steps))
    known = np.isfinite(rates)
    if not known.any():
        return ()
    finite = np.where(known, rates, np.float32(np.nan))
    peak, lowest = int(np.nanargmax(finite)), int(np.nanargmin(finite))
    halved = np.flatnonzero(finite[peak:] <= finite[peak] / 2)
    half = peak + int(halved[0]) if halved.size and finite[peak] > 0 else None
    found = _places(schedule, steps, peak, lowest, half)
    mean = float(rates[known].mean(dtype=np.float64))
    area = float(rates[known].sum(dtype=np.float64))
    return (
        *found,
        Landmark("mean", None, mean),
        Landmark("area", None, area),
        Landmark("restarts", None, restarts_in(rates)),
    )


def _searched(schedule: Schedule, steps: int, seen: Envelope) -> tuple[Landmark, ...]:
    """By looking at extremes and corners, and at a sample for what needs every step."""
    if seen.low.size == 0:
        return ()
    highest, least = float(seen.high.max()), float(seen.low.min())
    peak = first_at_least(schedule, highest, 0, steps)
    lowest = first_at_most(schedule, least, 0, steps)
    half = None
    if highest > 0:
        half = first_at_most(schedule, float(np.float32(highest) / 2), peak or 0, steps)
    mean = float(np.clip(_mean(schedule, steps), least, highest))
    restarts, guessed = _restarts(schedule, steps)
    level = least == highest
    return (
        *_places(schedule, steps, peak or 0, lowest or 0, half),
        Landmark("mean", None, mean, not level),
        Landmark("area", None, mean * steps, not level),
        Landmark("restarts", None, restarts, guessed),
    )


def _places(
    schedule: Schedule, steps: int, peak: int, lowest: int, half: int | None
) -> tuple[Landmark, ...]:
    places = {"start": 0, "peak": peak, "lowest": lowest, "half": half, "end": steps - 1}
    return tuple(
        Landmark(name, step, float(schedule(step)))
        for name, step in places.items()
        if step is not None
    )


def _mean(schedule: Schedule, steps: int) -> float:
    """Of the rates of a step somewhere in each stretch, by the stretch's length.

    Stretches are equal, but short near the beginning: a fast decay may be over within one of them.
    """
    early = np.geomspace(1, steps, _PARTS).astype(np.int64)
    edges = rising(np.concatenate([stretch_edges(0, steps, _SAMPLES), early]))
    lengths = np.diff(edges)
    chance = np.arange(len(lengths)) * _GOLDEN % 1.0
    rates = schedule(edges[:-1] + (chance * lengths).astype(np.int64)).astype(np.float64)
    known = np.isfinite(rates)
    return float(np.average(rates[known], weights=lengths[known])) if known.any() else np.nan


def _restarts(schedule: Schedule, steps: int) -> tuple[int, bool]:
    """How many, and whether that is only about right."""
    corners = np.asarray(schedule.corners(0, steps), np.int64)
    if len(corners) < _COUNTED:
        return restarts_at(schedule, rising(corners), steps), False
    begins = stretch_edges(0, steps - _PARTS, 31)
    counted = sum(
        restarts_in(schedule(np.arange(begin, begin + _PARTS))) for begin in begins.tolist()
    )
    return round(counted * steps / (len(begins) * _PARTS)), True
