"""Makes a schedule last as long as a training. Pure."""

from msgspec.structs import replace

from lrtui.schedules.base import Schedule
from lrtui.schedules.parameters import Invalid, parameters


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


def _scaled(length: int | tuple[int, ...], steps: int, end: int) -> int | tuple[int, ...]:
    if isinstance(length, tuple):
        return tuple(max(1, round(one * steps / end)) for one in length)
    return max(1, round(length * steps / end))


def _plus(length: int | tuple[int, ...], more: int) -> int | tuple[int, ...]:
    return (*length[:-1], length[-1] + more) if isinstance(length, tuple) else length + more


def _last(length: int | tuple[int, ...] | None) -> int:
    return (length[-1] if isinstance(length, tuple) else length) or 0
