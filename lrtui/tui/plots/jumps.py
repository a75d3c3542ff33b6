"""Places of a curve that the cursor can be sent to by name. Pure."""

from lrtui.schedules import Schedule
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.search import corner_after, corner_before, restart_after

PLACES = ("start", "peak", "half", "next", "previous", "restart", "end")
"""half: the first step at or below half the peak, after it; next, previous: corners; restart: the
next jump up."""


def place_of(name: str, schedule: Schedule, steps: int, at: int) -> int | None:
    """The step of a place; None if there is none.

    Args:
        name: one of :data:`PLACES`.
        schedule: what is looked at.
        steps: how many.
        at: where the cursor is.
    """
    match name:
        case "start":
            return 0
        case "end":
            return steps - 1
        case "next":
            return corner_after(schedule, at, steps)
        case "previous":
            return corner_before(schedule, at)
        case "restart":
            return restart_after(schedule, at, steps)
    return next((mark.step for mark in landmarks(schedule, steps) if mark.name == name), None)
