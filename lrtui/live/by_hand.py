"""What drove a training, stretch by stretch, and the whole of it as one schedule for the script."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lrtui.live.rate_supply import RateSupply, ScheduleRates, rate_supply
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.scaled import Scaled
from lrtui.schedules.family.sequence import Sequence as OneAfterAnother

MOST_RATES = 4096
"""Of a function so many rates are written down."""


class Stretch(NamedTuple):
    """What drives from a step on."""

    step: int
    drives: Any
    """What :func:`~lrtui.live.rate_supply.rate_supply` takes; None: it cannot be told so."""
    at: int
    """Its step that comes first."""
    factor: float


def as_schedule(stretches: Sequence[Stretch]) -> Schedule:
    """One schedule that gives the rates of all stretches, the first from its step 0 on.

    Raises:
        Invalid: a part of it has no text form, and which; or it has too many parts.
    """
    last_of_each_step = list({one.step: one for one in stretches}.values())
    parts: list[Schedule] = []
    boundaries: list[int] = []
    ends: list[int | None] = [one.step for one in last_of_each_step[1:]]
    before: Stretch | None = None
    for one, stop in zip(last_of_each_step, [*ends, None], strict=True):
        if before is not None and _goes_on(before, one):
            continue
        boundaries += [one.step] if parts else []
        parts.append(_part(one, stop))
        before = one
    return parts[0] if len(parts) == 1 else OneAfterAnother(tuple(parts), tuple(boundaries))


def _goes_on(before: Stretch, one: Stretch) -> bool:
    """Whether it changes nothing."""
    constant = isinstance(one.drives, float)
    same = one.drives == before.drives if constant else one.drives is before.drives
    on_time = constant or one.at - one.step == before.at - before.step
    return same and on_time and one.factor == before.factor


def _part(one: Stretch, stop: int | None) -> Schedule:
    if one.drives is None:
        allowed = "must be one of its own: this rate is held for epochs, or found by the optimizer"
        raise Invalid("schedule", allowed, "another kind")
    supply = rate_supply(one.drives)
    if not isinstance(supply, ScheduleRates):
        return _written_down(supply, one, stop)
    schedule = supply.schedule
    if isinstance(schedule, Constant):
        return Constant(_short(np.float32(schedule.learning_rate) * np.float32(one.factor)))
    if one.at > 0:
        schedule = Offset(schedule, one.at)
    return schedule if one.factor == 1 else Scaled(schedule, one.factor)


def _written_down(supply: RateSupply, one: Stretch, stop: int | None) -> Schedule:
    """Rates that no schedule of ours gives, one after the other."""
    most = MOST_RATES + 1 if stop is None else stop - one.step
    rates = supply.rates(one.at, one.at + most)
    if not len(rates):  # it had ended: its last rate was held
        rates = supply.rates(0, one.at)[-1:]
    rates = rates * np.float32(one.factor)
    if len(rates) > MOST_RATES:
        allowed = f"cannot be written as a text beyond {MOST_RATES} rates: give the script itself"
        raise Invalid("schedule", allowed, supply.text)
    return _steps(rates)


def _steps(rates: Float32s) -> Schedule:
    """These rates, of which the last one holds."""
    values = list(map(_short, rates))
    jumps = [step for step in range(1, len(values)) if values[step] != values[step - 1]]
    if not jumps:
        return Constant(values[0])
    held = (values[0], *(values[step] for step in jumps))
    return PiecewiseConstantDecay(tuple(step - 1 for step in jumps), held)


def _short(rate: Any) -> float:
    """The fewest digits that are this float32."""
    return float(str(np.float32(rate)))
