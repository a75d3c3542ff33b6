"""Fits the parameters of a schedule to rates: least squares, by Levenberg and Marquardt. Pure.

Steps are fitted as real numbers, rounded, and the others fitted again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from lrtui.logs.audit.logged import LoggedRates, rates_of
from lrtui.schedules import Invalid, Schedule, parameters
from lrtui.schedules.arrays import Anys, Float64s, Int64s

_TRIES = 60
_ENOUGH = 1e-9
"""A fit that gets better by less than this part is at its end."""
_DELTA = 1e-5
_KNOWN_TO = 1e-3
"""A parameter is known when the log leaves no more open than this part of it."""


class Fit(msgspec.Struct, frozen=True):
    """A schedule with fitted parameters."""

    schedule: Schedule
    known: bool
    """Whether the log tells each of the fitted parameters."""


def fit(
    cls: type[Schedule],
    start: Mapping[str, Any],
    free: Sequence[str],
    steps: Int64s,
    logged: LoggedRates,
    few: Int64s,
) -> Fit | None:
    """The schedule of this class that is nearest to the rates; None: the start is no schedule.

    Args:
        cls: the class.
        start: its arguments, where to begin.
        free: those of them that are fitted.
        steps: the step of each rate.
        logged: the rates.
        few: the places of some, which are fitted to.
    """
    whole_steps, whole_logged = steps, logged
    steps, logged = steps[few], logged.part(few)
    try:
        made = cls(**start)
    except Invalid:
        return None
    whole = [one.name for one in parameters(cls) if one.type is int and one.name in free]
    values = {name: float(getattr(made, name)) for name in free}
    weights = 1 / (logged.tolerance + 1e-12 * (logged.peak or 1))
    values = _minimised(made, values, steps, logged, weights)
    rest = {name: value for name, value in values.items() if name not in whole}
    fixed = {name: round(value) for name, value in values.items() if name in whole}
    try:
        made = made.replace(**fixed)
        rest = _minimised(made, rest, steps, logged, weights) if whole else rest
        found = _shortest(made, rest, whole_steps, whole_logged)
    except Invalid:
        return None
    return Fit(found, _is_known(found, free, steps, weights))


def _shortest(
    made: Schedule, values: Mapping[str, float], steps: Int64s, logged: LoggedRates
) -> Schedule:
    """With the parameters to as few digits, as a person types them, as give the same rates."""
    for digits in range(2, 10):
        found = made.replace(**{name: float(f"{one:.{digits}g}") for name, one in values.items()})
        if logged.matches(rates_of(found, steps)).all():
            return found
    return made.replace(**values)


def _with(made: Schedule, values: Mapping[str, float]) -> Schedule:
    """A copy with parameters between whole numbers: computed with, and never handed on."""
    copied = msgspec.structs.replace(made)
    for name, value in values.items():
        msgspec.structs.force_setattr(copied, name, value)
    return copied


def _rates(made: Schedule, values: Mapping[str, float], steps: Int64s) -> Float64s:
    with np.errstate(all="ignore"):
        rates = np.asarray(_with(made, values).formula(steps.astype(np.float64), np), np.float64)
    return np.where(np.isfinite(rates), rates, 1e30)


def _slopes(
    made: Schedule, values: Mapping[str, float], steps: Int64s, scale: float = _DELTA
) -> Float64s:
    """How much the rates change with each parameter, by its own size, shape (steps, parameters)."""
    found = []
    for name, value in values.items():
        by = scale * (abs(value) or 1e-3)
        up = _rates(made, {**values, name: value + by}, steps)
        down = _rates(made, {**values, name: value - by}, steps)
        found.append((up - down) / (2 * by) * (abs(value) or 1e-3))
    return np.stack(found, axis=1)


def _minimised(
    made: Schedule,
    values: dict[str, float],
    steps: Int64s,
    logged: LoggedRates,
    weights: Float64s,
) -> dict[str, float]:
    if not values:
        return values
    damping, off = 1e-3, (logged.values - _rates(made, values, steps)) * weights
    cost = float(off @ off)
    for _ in range(_TRIES):
        slopes = _slopes(made, values, steps) * weights[:, None]
        square, gradient = slopes.T @ slopes, slopes.T @ off
        better = False
        for _ in range(8):
            damped = square + damping * (np.diag(np.diag(square)) + 1e-12 * np.eye(len(square)))
            try:
                change = np.linalg.solve(damped, gradient)
            except np.linalg.LinAlgError:
                break
            tried = _moved(values, change)
            new = (logged.values - _rates(made, tried, steps)) * weights
            if float(new @ new) < cost:
                better = float(new @ new) < cost * (1 - _ENOUGH)
                values, off, cost, damping = tried, new, float(new @ new), damping / 5
                break
            damping *= 5
        if not better:
            break
    return values


def _moved(values: dict[str, float], change: Anys) -> dict[str, float]:
    """The values, each changed by a part of its size, and none beyond 0 or out of reach."""
    moved = {}
    for (name, value), by in zip(values.items(), change.tolist(), strict=True):
        size = abs(value) or 1e-3
        step = float(np.clip(by, -0.5, 1.0)) if np.isfinite(by) else 0.0
        moved[name] = max(0.0, value + step * size) if value >= 0 else value + step * size
    return moved


def _is_known(made: Schedule, free: Sequence[str], steps: Int64s, weights: Float64s) -> bool:
    """Whether moving any parameter, with the others, would show in the rates."""
    values = {name: float(getattr(made, name)) for name in free}
    if not values:
        return True
    slopes = _slopes(made, values, steps, 1e-4) * weights[:, None]
    try:
        spread = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)))
    except np.linalg.LinAlgError:
        return False
    return bool(np.isfinite(spread).all() and (spread <= _KNOWN_TO).all())
