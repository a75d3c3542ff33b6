"""How the count of a log can be read: which step of the schedule a logged rate belongs to."""

from typing import NamedTuple

import numpy as np

from lrtui.logs.audit.logged import LoggedRates, rates_of
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Int64s
from lrtui.schedules.family.per_epoch import PerEpoch

_LONGEST_EPOCH = 20_000
_FEWEST_TO_FIND = 4
_TRIED = 24


class WayToCount(NamedTuple):
    """One way to read the count of a log."""

    phrase: str
    steps: Int64s
    """The step of the schedule that each logged rate is compared with."""


def epoch_length(
    given: int | None, told: int | None, schedule: Schedule, logged: LoggedRates
) -> tuple[int | None, bool]:
    """Steps of an epoch, and whether they were found by trying.

    Args:
        given: by a person.
        told: by the log.
        schedule: one of epochs says it too.
        logged: the rates; of a log of epochs the length is tried, where nothing else says it.
    """
    if given or told:
        return given or told, False
    if isinstance(schedule, PerEpoch):
        return schedule.steps_per_epoch, False
    if logged.unit == "epoch":
        found = _found_length(schedule, logged)
        return found, found is not None
    return None, False


def ways_to_count(logged: LoggedRates, length: int | None, *, from_one: bool) -> list[WayToCount]:
    """The ways to read the count, the likeliest first. Under each the rates may be right.

    Args:
        logged: the rates.
        length: steps of an epoch; None: not known.
        from_one: whether a person said that it counts from 1.
    """
    at = logged.at - 1 if from_one else logged.at
    if logged.unit == "step":
        return [WayToCount("", at)]
    counts = [("", at)]
    if not from_one and len(at) and int(at.min()) == 1:
        counts.append((", epochs counted from 1", at - 1))
    if length is None:
        return [WayToCount(f"an epoch for a step{more}", epochs) for more, epochs in counts]
    found = []
    for more, epochs in counts:
        found.append(WayToCount(f"of each epoch's last step{more}", (epochs + 1) * length - 1))
        found.append(WayToCount(f"of each epoch's first step{more}", epochs * length))
    return found


def _found_length(schedule: Schedule, logged: LoggedRates) -> int | None:
    """The steps of an epoch with which a log of epochs is the schedule's, or is a step early.

    None: there is none, or more than one, or an epoch for a step does as well.
    """
    if len(np.unique(logged.values)) < _FEWEST_TO_FIND:
        return None
    for counted in (logged.at, logged.at - 1):
        if logged.matches(rates_of(schedule, counted)).all():
            return None
    some = logged.part(np.unique(np.linspace(0, len(logged.at) - 1, _TRIED).astype(np.int64)))
    lengths = np.arange(2, _LONGEST_EPOCH + 1)[:, None]
    for steps in (
        (some.at + 1) * lengths - 1,
        some.at * lengths,
        (some.at + 1) * lengths,
    ):
        right = np.flatnonzero(some.matches(rates_of(schedule, steps)).all(axis=1))
        if len(right) == 1:
            return int(lengths[right[0], 0])
    return None
