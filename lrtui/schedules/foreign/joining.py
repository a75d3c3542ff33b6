"""Schedules put together as other libraries do it: begun late, warmed up, one after the other."""

from collections.abc import Sequence as Many
from itertools import pairwise

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup


def begun(schedule: Schedule, rate: float, at: int) -> Schedule:
    """A schedule that begins at a step, its rate held until then."""
    return Sequence((Constant(rate), schedule), (at,)) if at > 0 else schedule


def warmed(schedule: Schedule, steps: int, rate: float) -> Schedule:
    """A schedule after a straight warmup from 0 to `rate`, which is its first one, or will be.

    A library that warms up to a rate and then begins elsewhere gets both.
    """
    if steps <= 0:
        return schedule
    if float(schedule(0)) == float(Constant(rate)(0)):
        return Warmup(schedule, steps)
    return Sequence((LinearDecay(0.0, steps, rate), schedule), (steps,))


def joined(parts: Many[tuple[int, Schedule]]) -> Schedule:
    """Schedules, each from a step on with its own step 0 there; a later one in the row wins.

    Args:
        parts: the step at which each begins, and the schedule. One that begins before 0 is at a
            later step of its own then.
    """
    found: list[tuple[int, Schedule]] = []
    for begin, schedule in parts:
        while found and found[-1][0] >= max(begin, 0):
            found.pop()
        late = Offset(schedule, -begin) if begin < 0 else schedule
        found.append((max(begin, 0), late))
    begins = tuple(begin for begin, _ in found)
    assert begins[0] == 0
    assert all(low < high for low, high in pairwise(begins))
    if len(found) == 1:
        return found[0][1]
    return Sequence(tuple(schedule for _, schedule in found), begins[1:])
