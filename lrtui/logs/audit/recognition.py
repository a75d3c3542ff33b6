"""Which schedule of the catalogue logged rates are, where that is clear. Pure."""

from collections.abc import Iterator

import msgspec
import numpy as np

from lrtui.logs.audit.fitting import Fit, fit
from lrtui.logs.audit.guesses import Guess, Shape, guesses, shape_of, triangle
from lrtui.logs.audit.logged import LoggedRates, rates_of
from lrtui.logs.audit.stairs import stairs
from lrtui.logs.audit.ways_to_count import WayToCount, ways_to_count
from lrtui.logs.values import Log
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.arrays import Int64s
from lrtui.schedules.family.warmup import Warmup

_FEWEST = 4
_FITTED = 240
"""So many rates are fitted to; what comes of it is held against all."""
_NEAR = 0.9
_SLACK = 1.1
"""Fitted parameters are not the very ones: a rate rounded at the edge falls beyond it."""


class Candidate(msgspec.Struct, frozen=True):
    """A schedule that gives the rates, or most of them."""

    schedule: str
    """In its text form."""
    fits: int
    """How many of the rates it gives."""


class Recognised(msgspec.Struct, frozen=True):
    """Which schedule the rates are."""

    clear: bool
    rates: int
    found: tuple[Candidate, ...] = ()
    """The simplest first; where it is clear, each gives all of the rates."""
    counted_as: str = msgspec.field(default="", name="reading")
    """How the log's count was taken."""
    reason: str = ""
    """Why it is not clear."""


def recognise(
    log: Log, steps_per_epoch: int | None = None, *, from_one: bool = False
) -> Recognised:
    """Find the schedule that gives the rates of a log.

    Args:
        log: has a column of rates.
        steps_per_epoch: steps of an epoch; None: as the log says, else an epoch is a step.
        from_one: whether the log counts from 1.
    """
    assert log.rate is not None
    logged = LoggedRates.of(log.rate)
    count = len(logged.at)
    if count < _FEWEST:
        return Recognised(False, count, reason=f"{count} rates say too little")
    order = np.argsort(logged.at, kind="stable")
    logged = logged.part(order)._replace(tolerance=_SLACK * logged.tolerance[order])
    near: list[Candidate] = []
    for way in ways_to_count(logged, steps_per_epoch or log.steps_per_epoch, from_one=from_one):
        known, unknown, partly = _tried(way, logged)
        if known:
            return Recognised(True, count, tuple(known), way.phrase)
        near = near or unknown or partly
    if any(one.fits == count for one in near):
        reason = "the log does not tell each parameter, it may be too short or too coarse"
    else:
        reason = "no schedule of the catalogue gives these rates"
    return Recognised(False, count, tuple(near), reason=reason)


def _tried(
    way: WayToCount, logged: LoggedRates
) -> tuple[list[Candidate], list[Candidate], list[Candidate]]:
    """What gives all rates: with all parameters told by them, or not; what gives most of them."""
    known: dict[str, Candidate] = {}
    unknown: dict[str, Candidate] = {}
    partly: dict[str, Candidate] = {}
    count = len(logged.at)
    for one in _fits(way.steps, logged):
        fits = int(logged.matches(rates_of(one.schedule, way.steps)).sum())
        text = str(one.schedule)
        into = (known if one.known else unknown) if fits == count else partly
        if fits >= _NEAR * count:
            into.setdefault(type(one.schedule).__name__, Candidate(text, fits))
    return list(known.values()), list(unknown.values()), list(partly.values())


def _fits(steps: Int64s, logged: LoggedRates) -> Iterator[Fit]:
    if held := stairs(steps, logged):
        yield from held
        return
    seen = shape_of(steps, logged)
    few = np.unique(np.linspace(0, len(steps) - 1, _FITTED).astype(np.int64))
    found: set[type[Schedule]] = set()
    simplest = 99  # parameters; with more of them one that does as well says nothing new
    tried = list(guesses(seen))
    if turn := _turn(steps, logged):
        tried.append(triangle(seen, float(logged.values.min()), turn))
    for guess in tried:
        if guess.cls in found or len(guess.free) > simplest:
            continue
        one = _fitted(guess, steps, logged, few)
        if one is not None:
            yield one
            if one.known and logged.matches(rates_of(one.schedule, steps)).all():
                found.add(guess.cls)
                simplest = min(simplest, len(guess.free))
    yield from _after_warmup(seen, steps, logged)


def _after_warmup(seen: Shape, steps: Int64s, logged: LoggedRates) -> Iterator[Fit]:
    """What falls after a rise that is seen step by step, with that warmup before it."""
    peak = int(np.argmax(logged.values))
    exact = 0 < peak < len(steps) - _FEWEST and int(steps[peak]) == peak
    if not exact or not (np.diff(logged.values[: peak + 1]) > 0).all():
        return
    rest = logged.part(np.arange(peak, len(steps)))
    for one in _fits(steps[peak:] - peak, rest):
        if one.known:
            try:
                whole = Warmup(one.schedule, peak, seen.first)
            except Invalid:
                continue
            yield Fit(whole, True)


def _fitted(guess: Guess, steps: Int64s, logged: LoggedRates, few: Int64s) -> Fit | None:
    with np.errstate(all="ignore"):
        return fit(guess.cls, guess.start, guess.free, steps, logged, few)


def _turn(steps: Int64s, logged: LoggedRates) -> int:
    """The first step after which the rates turn down, where they rise again later; 0: never."""
    way = np.sign(np.diff(logged.values))
    down = np.flatnonzero(way < 0)
    if not len(down) or way[0] <= 0 or not (way[down[0] :] > 0).any():
        return 0
    return int(steps[down[0]])
