"""Rates that are held and then jump: which schedule of steps they are. Pure."""

from itertools import pairwise

import numpy as np

from lrtui.logs.audit.fitting import Fit
from lrtui.logs.audit.logged import LoggedRates, rates_of
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.arrays import Int64s
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.step import StepDecay

_HELD = 3
"""Rates are stairs where each level but the last holds for at least so many on average."""
_MOST_LEVELS = 200


def stairs(steps: Int64s, logged: LoggedRates) -> list[Fit]:
    """The schedules that these rates are, the simplest first; none: they are no stairs."""
    values = logged.values
    moved = np.abs(np.diff(values)) > 2 * (logged.tolerance[1:] + 1.5e-6 * np.abs(values[1:]))
    changes = np.flatnonzero(moved) + 1
    begins = np.concatenate([[0], changes])
    if not len(changes):
        return [Fit(Constant(_typed(values, logged)), True)]
    if len(begins) > _MOST_LEVELS or len(values) < _HELD * len(begins):
        return []
    ends = np.append(changes, len(values))
    levels = [_typed(values[a:b], logged) for a, b in zip(begins, ends, strict=True)]
    exact = bool((np.diff(steps)[changes - 1] == 1).all())
    boundaries = [int(steps[place]) for place in changes]
    before = [int(steps[place - 1]) for place in changes]
    found: list[Schedule] = []
    gammas = [later / earlier for earlier, later in pairwise(levels) if earlier > 0]
    told = exact
    try:
        if len(gammas) == len(levels) - 1 and np.ptp(gammas) <= 2e-3 * gammas[0]:
            gamma = float(f"{np.median(gammas):.4g}")
            if sizes := _even(before, boundaries):
                size = sizes[len(sizes) // 2]
                told = told or len(sizes) <= max(1, size // 1000)
                found.append(StepDecay(levels[0], size, gamma))
            found.append(MultiStepDecay(levels[0], tuple(boundaries), gamma))
        # At a boundary Keras' class still has the earlier rate.
        found.append(PiecewiseConstantDecay(tuple(b - 1 for b in boundaries), tuple(levels)))
    except Invalid:
        return []
    right = [one for one in found if logged.matches(rates_of(one, steps)).all()]
    return [Fit(one, told if isinstance(one, StepDecay) else exact) for one in right]


def _typed(values: np.ndarray[tuple[int], np.dtype[np.float64]], logged: LoggedRates) -> float:
    """The number that was held, to as few digits as print leaves open."""
    value = float(np.median(values))
    for digits in range(1, 9):
        short = float(f"{value:.{digits}g}")
        if abs(short - value) <= 2e-7 * abs(value):
            return short
    return value


def _even(before: list[int], boundaries: list[int]) -> list[int]:
    """The sizes for which every multiple lies between the rates around a boundary."""
    low = max(last / number for number, last in enumerate(before, 1))
    high = min(first / number for number, first in enumerate(boundaries, 1))
    return [size for size in range(int(low) + 1, int(high) + 1) if size > 0]
