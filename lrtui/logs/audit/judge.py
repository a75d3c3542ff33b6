"""Says whether logged rates are a schedule's, and else which explanation fits. Pure."""

from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from lrtui.logs.audit.base_rate import base_rates
from lrtui.logs.audit.hypotheses import Case, Hypothesis, hypotheses
from lrtui.logs.audit.logged import LoggedRates, rates_of
from lrtui.logs.audit.values import Audit, Departure, Explanation
from lrtui.logs.audit.ways_to_count import WayToCount, epoch_length, ways_to_count
from lrtui.logs.audit.weighing import is_clear
from lrtui.logs.audit.words import evidence, notes, says
from lrtui.logs.values import Log
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Bools, Float64s

_MOSTLY = 0.98
"""An explanation gives at least this part of the rates, and of those that need one."""
_FLOAT32_STEP = 1.2e-7
_NOISE_AT_MOST = 1e-3


class _Found(NamedTuple):
    hypothesis: Hypothesis
    right: Bools
    clear: bool


def audit(
    log: Log,
    schedule: Schedule,
    steps_per_epoch: int | None = None,
    *,
    from_one: bool = False,
    resets: tuple[int, ...] = (),
) -> Audit:
    """Hold the rates of a log against a schedule.

    Args:
        log: has a column of rates.
        schedule: what was planned.
        steps_per_epoch: steps of an epoch; None: as the log or the schedule says.
        from_one: whether the log counts steps or epochs from 1.
        resets: steps before which the schedule was to begin again.

    Raises:
        ValueError: the log has no rates.
    """
    if log.rate is None or not len(log.rate):
        raise ValueError("it has no column of learning rates")
    logged = LoggedRates.of(log.rate)
    if not len(logged.at):
        raise ValueError("none of its learning rates is a number")
    length, tried = epoch_length(steps_per_epoch, log.steps_per_epoch, schedule, logged)
    ways = ways_to_count(logged, length, from_one=from_one)
    planned = [_planned(schedule, way, resets) for way in ways]
    right = [logged.matches(rates) for rates in planned]
    best = max(range(len(ways)), key=lambda place: int(right[place].sum()))
    told = Audit(
        same=bool(right[best].all()),
        rates=len(logged.at),
        matching=int(right[best].sum()),
        unit=logged.unit,
        counted_as=ways[best].phrase,
        notes=notes(log, length, tried=tried),
        steps_per_epoch=length,
    )
    if told.same:
        return told
    found = _explained(schedule, logged, ways, planned, length, resets)
    clear = [one for one in found if one.clear]
    if not clear and (noise := _noise(logged, ways[best], planned[best])):
        return replace(told, same=True, explanation=noise)
    place = int(np.argmin(right[best]))
    departs = Departure(
        int(logged.at[place]), float(logged.values[place]), float(planned[best][place])
    )
    return replace(
        told,
        departs=departs,
        explanation=clear[0] if clear else None,
        also=tuple(clear[1:] if clear else found),
    )


def _noise(logged: LoggedRates, way: WayToCount, planned: Float64s) -> Explanation | None:
    """What float32 can have made of the rates where each was worked out from the one before."""
    grown = np.minimum(_NOISE_AT_MOST, _FLOAT32_STEP * (way.steps + 64)) * np.abs(planned)
    off = np.abs(logged.values - planned)
    if (off > logged.tolerance + grown + _FLOAT32_STEP * 8 * logged.peak).any():
        return None
    one = Hypothesis("float32", planned, 0, {"largest": float(off.max())})
    return Explanation(one.kind, says(one, None), evidence(one), len(planned), True, one.values)


def _planned(schedule: Schedule, way: WayToCount, resets: tuple[int, ...]) -> Float64s:
    rates = rates_of(schedule, way.steps)
    for reset in sorted(resets):
        rates = np.where(way.steps >= reset, rates_of(schedule, way.steps - reset), rates)
    return rates


def _explained(
    schedule: Schedule,
    logged: LoggedRates,
    ways: list[WayToCount],
    planned: list[Float64s],
    length: int | None,
    resets: tuple[int, ...],
) -> list[Explanation]:
    """The explanations that fit, the best first, each kind once."""
    found: list[tuple[tuple[float, ...], _Found]] = []
    for place, (way, rates) in enumerate(zip(ways, planned, strict=True)):
        wrong = ~logged.matches(rates)
        case = Case(schedule, logged, way.steps, length, wrong, resets)
        last = logged.unit == "step" or length is None or "last" in way.phrase
        for order, one in enumerate([*hypotheses(case, last=last), *base_rates(case)]):
            right = logged.matches(one.rates)
            if right.mean() >= _MOSTLY and right[wrong].mean() >= _MOSTLY:
                clear = is_clear(case, one, right)
                rank = (not clear, not right.all(), one.free, place if one.free == 0 else 0, order)
                found.append((rank, _Found(one, right, clear)))
    kinds: dict[str, Explanation] = {}
    for _, (one, right, clear) in sorted(found, key=lambda pair: pair[0]):
        fits = int(right.sum())
        kinds.setdefault(
            one.kind,
            Explanation(one.kind, says(one, length), evidence(one), fits, clear, one.values),
        )
    return list(kinds.values())
