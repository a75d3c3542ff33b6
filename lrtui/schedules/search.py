"""Where a schedule first reaches a rate, turns or jumps: among a billion steps in milliseconds.

Extremes of stretches lead to the one stretch whose every step is looked at, and corners to where a
jump can be. Nothing here is sampled.
"""

from collections.abc import Iterator

import numpy as np

from lrtui.schedules.arrays import Bools, Float32s, Int64s
from lrtui.schedules.base import Schedule
from lrtui.schedules.envelope import envelope, stretch_edges

_PARTS = 4096
"""Stretches that are looked at first; one of no more steps is looked through."""
_NEAR = 3
"""A jump is at most so many steps beside its corner, the steps around it included."""
_MANY = 4096
"""Of more corners only those between whose sides the rate rises are looked at closely."""
_LEAST_JUMP = 1e-3
"""A jump is more than this share of the rate; rounding is less than 1e-6 of it."""
_STANDS_OUT = 4
"""A jump is so many times higher than what rises just before and after it."""


def first_at_most(schedule: Schedule, rate: float, start: int, stop: int) -> int | None:
    """The first step in ``[start, stop)`` with this rate or a lower one."""
    return _first(schedule, rate, start, stop, upward=False)


def first_at_least(schedule: Schedule, rate: float, start: int, stop: int) -> int | None:
    """The first step in ``[start, stop)`` with this rate or a higher one."""
    return _first(schedule, rate, start, stop, upward=True)


def corner_after(schedule: Schedule, step: int, stop: int) -> int | None:
    """The first step after `step` and before `stop` at which the curve turns, bends or jumps.

    Of a jump it is the step with the new rate: after a restart the first of the new cycle.
    """
    for first, last in _stretches_after(step, stop):
        found = None
        for corner in _corners(schedule, first, last).tolist():
            if found is not None and corner - _reach(corner) > found:
                break
            place = _placed(schedule, corner)
            if step < place < stop and (found is None or place < found):
                found = place
        if found is not None:
            return found
    return None


def corner_before(schedule: Schedule, step: int) -> int | None:
    """The last step before `step`, 0 aside, at which the curve turns, bends or jumps."""
    for first, last in _stretches_before(step):
        found = None
        for corner in _corners(schedule, first, last)[::-1].tolist():
            if found is not None and corner + _reach(corner) < found:
                break
            place = _placed(schedule, corner)
            if 0 < place < step and (found is None or place > found):
                found = place
        if found is not None:
            return found
    return None


def restart_after(schedule: Schedule, step: int, stop: int) -> int | None:
    """The first step after `step` and before `stop` to which the rate has jumped up."""
    for first, last in _stretches_after(step, stop):
        corners = _corners(schedule, first, last)
        places = (_placed(schedule, int(one)) for one in corners[_jump_at(schedule, corners)])
        found = next((place for place in places if step < place < stop), None)
        if found is not None:
            return found
    return None


def restarts_in(rates: Float32s) -> int:
    """How often a series of rates, one a step, jumps up."""
    return int(_jumps_up(rates[None, :]).sum()) if rates.size > 1 else 0


def restarts_at(schedule: Schedule, corners: Int64s, stop: int) -> int:
    """How often the rate jumps up at these corners, before `stop`."""
    corners = corners[corners < stop + _NEAR]
    places = np.sort(corners[_jump_at(schedule, corners, stop)])
    # Two corners may stand for one jump.
    apart = np.maximum(np.spacing(places[1:].astype(np.float32)), 1)
    return int(places.size and 1 + (np.diff(places) > apart).sum())


def _first(schedule: Schedule, rate: float, start: int, stop: int, upward: bool) -> int | None:
    if stop - start <= _PARTS:
        rates = schedule(np.arange(start, stop))
        hits = np.flatnonzero(rates >= rate if upward else rates <= rate)
        return start + int(hits[0]) if hits.size else None
    low, high = envelope(schedule, start, stop, _PARTS)
    # A stretch with NaN in it may hold anything.
    for part in np.flatnonzero(~(high < rate) if upward else ~(low > rate)):
        first, last = stretch_edges(start, stop, _PARTS)[part : part + 2].tolist()
        if (found := _first(schedule, rate, first, last, upward)) is not None:
            return found
    return None


def _stretches_after(step: int, stop: int) -> Iterator[tuple[int, int]]:
    """Longer and longer ones, so that a near corner is found soon and a far one as well."""
    first, length = step + 1, _PARTS
    while first < stop:
        yield first, min(first + length, stop)
        first, length = first + length, 8 * length


def _stretches_before(step: int) -> Iterator[tuple[int, int]]:
    last, length = step, _PARTS
    while last > 0:
        yield max(0, last - length), last
        last, length = last - length, 8 * length


def _corners(schedule: Schedule, first: int, last: int) -> Int64s:
    """The corners that may be in ``[first, last)``, rising, each once."""
    reach = _reach(last)
    first, last = max(0, first - reach), last + reach
    corners = rising(np.asarray(schedule.corners(first, last), np.int64))
    return corners[(corners >= first) & (corners < last)]


def _reach(step: int) -> int:
    """How far beside a corner its jump may be; beyond 2**24 float32 rounds steps."""
    return _NEAR * max(1, int(np.spacing(np.float32(step))))


def _placed(schedule: Schedule, corner: int) -> int:
    """The step at which it jumps or turns near a corner; the corner itself where it only bends."""
    reach = _reach(corner)
    steps = np.arange(max(0, corner - reach), corner + reach + 1)
    rates = schedule(steps)
    changes = np.flatnonzero(rates[1:] != rates[:-1]) + 1
    steps, rates = np.append(steps[:1], steps[changes]), np.append(rates[:1], rates[changes])
    with np.errstate(all="ignore"):
        for way in (rates, -rates):
            jumps = np.flatnonzero(_jumps_up(way[None, :])[0])
            if jumps.size:
                return int(steps[jumps[0] + 1])
        rises = np.sign(np.diff(rates))
        turns = np.flatnonzero(rises[1:] * rises[:-1] < 0)
    return int(steps[turns[0] + 1]) if len(turns) == 1 else corner


def _jump_at(schedule: Schedule, corners: Int64s, stop: int | None = None) -> Bools:
    """At which of the corners the rate jumps up."""
    apart = np.maximum(np.spacing(corners.astype(np.float32)), 1).astype(np.int64)
    end = None if stop is None else stop - 1
    found = np.ones(corners.shape, np.bool_)
    if corners.size > _MANY:
        before, after = (np.clip(corners + side * apart, 0, end) for side in (-2, 2))
        found = schedule(after) > schedule(before)
    offsets = np.arange(-_NEAR, _NEAR + 1)
    steps = np.clip(corners[found, None] + apart[found, None] * offsets, 0, end)
    found[found] = _jumps_up(schedule(steps)).any(axis=1)
    return np.asarray(found)


def _jumps_up(rates: Float32s) -> Bools:
    """Between which neighbours of each row it jumps up, shape (rows, columns - 1)."""
    with np.errstate(all="ignore"):
        rises = np.diff(rates, axis=1)
        high = rises > _LEAST_JUMP * np.abs(rates[:, 1:])
        beside = np.zeros((rises.shape[0], rises.shape[1] + 2), rises.dtype)
        beside[:, 1:-1] = np.maximum(rises, 0)
        return np.asarray(high & (rises > _STANDS_OUT * np.fmax(beside[:, :-2], beside[:, 2:])))


def rising(values: Int64s) -> Int64s:
    """These, sorted and each once.

    As ``np.unique``, which imports NumPy's masked arrays: a third of the time of a first picture.
    """
    ordered = np.sort(values)
    once: Int64s = ordered[
        np.concatenate([np.ones(min(1, len(ordered)), bool), np.diff(ordered) > 0])
    ]
    return once
