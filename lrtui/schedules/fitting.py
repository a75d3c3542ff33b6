"""Makes a schedule last as long as a training, or as high as another one. Pure."""

import math
from typing import Any

from msgspec.structs import replace

from lrtui.schedules.base import Schedule
from lrtui.schedules.envelope import envelope
from lrtui.schedules.parameters import Invalid, Parameter, parameters
from lrtui.schedules.quantities import Rate


def fitted(schedule: Schedule, steps: int) -> Schedule:
    """The schedule with all its lengths in proportion, so that it ends with a training.

    Args:
        schedule: any.
        steps: of the training.

    Returns:
        A schedule that ends at `steps`; the same one where it has no end, or cannot be made to.
    """
    end = schedule.end()
    if end is None or end == steps or end < 1:
        return schedule
    lengths = [one for one in parameters(type(schedule)) if one.quantity.unit == "steps"]
    try:
        longer = replace(
            schedule,
            **{
                one.name: _scaled(getattr(schedule, one.name), steps, end)
                for one in lengths
                if getattr(schedule, one.name)
            },
        )
        missing = steps - (longer.end() or 0)
        last = max(lengths, key=lambda one: _last(getattr(longer, one.name)))
        longer = replace(longer, **{last.name: _plus(getattr(longer, last.name), missing)})
    except (Invalid, ValueError):
        return schedule
    return longer if longer.end() == steps else schedule


def as_high(schedule: Schedule, other: Schedule, steps: int) -> Schedule:
    """The schedule with all its rates in proportion, so that it rises as high as another one.

    Args:
        schedule: any.
        other: rises to the wanted rate.
        steps: over which both are looked at.

    Returns:
        A schedule of that height; the same one where either has none, or no rate to change.
    """
    now, wanted = (float(envelope(one, 0, steps, 1).high[0]) for one in (schedule, other))
    if not (0 < now < math.inf and 0 < wanted < math.inf):
        return schedule
    values = {
        one.name: getattr(schedule, one.name)
        for one in parameters(type(schedule))
        if _of_rates(one)
    }
    try:
        return replace(
            schedule, **{name: _times(one, wanted / now) for name, one in values.items()}
        )
    except (Invalid, ValueError):
        return schedule


def _of_rates(parameter: Parameter) -> bool:
    """Whether it is a rate, or a list of them: a list of steps has whole numbers."""
    default = parameter.default
    listed = isinstance(default, tuple) and all(isinstance(one, float) for one in default)
    return listed or isinstance(parameter.quantity, Rate)


def _times(value: float | tuple[float, ...] | None, factor: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_times(one, factor) for one in value)
    return None if value is None else float(f"{value * factor:.3g}")


def _scaled(length: int | tuple[int, ...], steps: int, end: int) -> int | tuple[int, ...]:
    if isinstance(length, tuple):
        return tuple(max(1, round(one * steps / end)) for one in length)
    return max(1, round(length * steps / end))


def _plus(length: int | tuple[int, ...], more: int) -> int | tuple[int, ...]:
    return (*length[:-1], length[-1] + more) if isinstance(length, tuple) else length + more


def _last(length: int | tuple[int, ...] | None) -> int:
    return (length[-1] if isinstance(length, tuple) else length) or 0
