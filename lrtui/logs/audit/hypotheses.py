"""What is known to go wrong with learning rates, each as the rates that would come of it. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from lrtui.logs.audit.logged import LoggedRates, rates_of
from lrtui.logs.audit.values import Kind
from lrtui.logs.audit.warmups import warmup_end
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Bools, Float64s, Int64s
from lrtui.schedules.family.sequence import Sequence

LARGEST_SHIFT = 256
LARGEST_FACTOR = 1024
_TRIED = 48
"""So many rates are looked at while a whole number is sought."""
_CHECKED, _MOST_ALIKE = 1 << 14, 64
"""So many of them then, for so many numbers that did for those."""
_MOST = 0.9
_FAR = 8
"""A factor so many times another is no rival of it."""
_SEARCHED_FOR_RESTARTS = 1 << 18
_JUMP = 1.2
"""A schedule begins again where its rate jumps up by more than this factor."""
_MOST_RESUMES = 8
_MOST_PLACES = 4096


class Hypothesis(NamedTuple):
    """A way in which the rates may have come about."""

    kind: Kind
    rates: Float64s
    """What would have been logged."""
    free: int
    """How many numbers were chosen so that it fits."""
    values: dict[str, float]
    unique: bool = True
    """Whether no other whole number would do as well."""


class Case(NamedTuple):
    """What all hypotheses are made from."""

    schedule: Schedule
    logged: LoggedRates
    steps: Int64s
    """The step of the schedule for each rate, as the log's count is read."""
    length: int | None
    """Steps of an epoch."""
    wrong: Bools
    """Which rates are not the schedule's."""
    resets: tuple[int, ...] = ()
    """Steps before which the schedule was meant to begin again."""

    def at(self, steps: Int64s) -> Float64s:
        """The rates that the schedule alone gives at these steps."""
        return rates_of(self.schedule, steps)


def hypotheses(case: Case, *, last: bool) -> Iterator[Hypothesis]:
    """All that are known, those that need no number first.

    Args:
        case: what they are made from.
        last: whether a rate is read as that of a step itself, or of an epoch's last one.
    """
    steps, length = case.steps, case.length
    yield Hypothesis("step_early", case.at(steps + 1), 0, {"steps": 1})
    yield Hypothesis("step_late", case.at(steps - 1), 0, {"steps": 1})
    if length:
        epochs = case.logged.at if case.logged.unit == "epoch" else steps // length
        yield Hypothesis("epoch_late", case.at(steps - length), 0, {"steps": length})
        if last:
            yield Hypothesis("epoch_early", case.at(steps + length), 0, {"steps": length})
        yield Hypothesis("epochs_for_steps", case.at(epochs), 0, {"steps_per_epoch": length})
        fast = case.at(steps * length)
        yield Hypothesis("steps_for_epochs", fast, 0, {"steps_per_epoch": length})
    yield from _reset_ignored(case)
    yield from _warmup(case)
    yield from _factors(case)
    yield from _resumed(case)
    yield from _floor(case)
    if last:
        yield from _shifts(case)


def _some(case: Case) -> Int64s:
    """The places of a few rates, mostly such as the schedule does not explain."""
    wrong, right = np.flatnonzero(case.wrong), np.flatnonzero(~case.wrong)
    picked = [
        places[np.unique(np.linspace(0, len(places) - 1, count).astype(np.int64))]
        for places, count in ((wrong, 2 * _TRIED // 3), (right, _TRIED // 3))
        if len(places)
    ]
    return np.sort(np.concatenate(picked))


def _whole_numbers(
    case: Case, numbers: Int64s, rates: Callable[[Int64s, Int64s], Float64s]
) -> list[int]:
    """The numbers under which most of a few rates come out, if most do.

    Args:
        case: what is tried on.
        numbers: what is tried.
        rates: from numbers, as a column, and steps, as a row, to what would be logged.
    """
    some = _some(case)
    logged = case.logged.part(some)
    right = logged.matches(rates(numbers[:, None], case.steps[some])).mean(axis=1)
    best = float(right.max(initial=0.0))
    if best < _MOST:
        return []
    numbers = numbers[right == best][:_MOST_ALIKE]
    if len(numbers) > 1:
        every = max(1, len(case.steps) // _CHECKED)
        logged, steps = case.logged.part(np.arange(0, len(case.steps), every)), case.steps[::every]
        right = np.array([logged.matches(rates(n, steps)).mean() for n in numbers[:, None]])
        numbers = numbers[right == right.max()]
    return [int(number) for number in numbers]


def _is_one(factors: list[int]) -> bool:
    """Whether there is no other near the smallest: a multiple of a period looks the same."""
    return sum(factor < _FAR * min(factors) for factor in factors) == 1


def _shifts(case: Case) -> Iterator[Hypothesis]:
    far = np.arange(2, LARGEST_SHIFT + 1)
    found = _whole_numbers(case, np.concatenate([far, -far]), lambda d, k: case.at(k - d))
    if found:
        shift = min(found, key=abs)
        kind: Kind = "steps_late" if shift > 0 else "steps_early"
        rates = case.at(case.steps - shift)
        yield Hypothesis(kind, rates, 1, {"steps": abs(shift)}, unique=len(found) == 1)


def _factors(case: Case) -> Iterator[Hypothesis]:
    """The schedule's count runs a whole number faster or slower than the steps do."""
    numbers = np.arange(2, LARGEST_FACTOR + 1)
    if found := _whole_numbers(case, numbers, lambda n, k: case.at(k * n)):
        n, unique = min(found), _is_one(found)
        yield Hypothesis("per_replica", case.at(case.steps * n), 1, {"factor": n}, unique)
    if found := _whole_numbers(case, numbers, lambda n, k: case.at(k // n)):
        n, unique = min(found), _is_one(found)
        held = case.at(case.steps // n)
        yield Hypothesis("per_accumulated_update", held, 1, {"factor": n}, unique)


def _warmup(case: Case) -> Iterator[Hypothesis]:
    """It was left out, or came twice, each in the ways in which that happens."""
    end = warmup_end(case.schedule, int(case.steps.max(initial=0)))
    if end:
        for warmup in (end, end + 1, end - 1):  # its peak may be the last of it or the next
            yield from _warmup_of(case, warmup)


def _warmup_of(case: Case, warmup: int) -> Iterator[Hypothesis]:
    steps, values = case.steps, {"steps": float(warmup)}
    planned, within = case.at(steps), steps < warmup
    yield Hypothesis("warmup_missing", case.at(steps + warmup), 0, values)
    yield Hypothesis("warmup_missing", case.at(np.maximum(steps, warmup)), 0, values)
    peak = float(case.at(np.array([warmup]))[0])
    again = np.where(within, planned, case.at(steps - warmup))
    yield Hypothesis("warmup_twice", again, 0, values)
    if peak > 0:
        squared = np.where(within, planned * np.minimum(planned / peak, 1), planned)
        yield Hypothesis("warmup_twice", squared, 0, values)
        ramp = np.where(within, planned * (steps / max(warmup, 1)), planned)
        yield Hypothesis("warmup_twice", ramp, 0, values)


def _reset_ignored(case: Case) -> Iterator[Hypothesis]:
    """What was meant to begin again goes on as it was."""
    steps = case.steps
    if case.resets:
        yield Hypothesis("reset_ignored", case.at(steps), 0, {"step": float(case.resets[0])})
        return
    if isinstance(case.schedule, Sequence):
        begins = (0, *case.schedule.boundaries)
        for place, boundary in enumerate(case.schedule.boundaries):
            before, begin = case.schedule.schedules[place], begins[place]
            rates = np.where(steps < boundary, case.at(steps), rates_of(before, steps - begin))
            yield Hypothesis("reset_ignored", rates, 0, {"step": float(boundary)})
    last = min(int(steps.max(initial=0)), _SEARCHED_FOR_RESTARTS)
    known = rates_of(case.schedule, np.arange(last + 1))
    jumps = np.flatnonzero(known[1:] > _JUMP * known[:-1]) + 1
    falling = [int(j) for j in jumps if j >= 3 and known[j - 1] < known[j - 2]]
    if falling:
        first = falling[0]
        ending = known[first - 3 : first]
        # Held there, or where it was falling to: along a parabola, as a cosine ends.
        for end in (ending[2], max(0.0, 3 * ending[2] - 3 * ending[1] + ending[0])):
            rates = np.where(steps < first, case.at(steps), end)
            yield Hypothesis("reset_ignored", rates, 0, {"step": float(first)})


def _resumed(case: Case) -> Iterator[Hypothesis]:
    """From some step on the schedule's own count began again at 0, perhaps several times."""
    origins: list[int] = []
    rates, wrong = case.at(case.steps), case.wrong.copy()
    unique = True
    while len(origins) < _MOST_RESUMES and wrong.any():
        first = int(np.argmax(wrong))
        if first == 0:
            return
        before, at = int(case.steps[first - 1]), int(case.steps[first])
        places = np.unique(np.linspace(before + 1, at, _MOST_PLACES).astype(np.int64))
        later = np.arange(first, min(first + _TRIED, len(case.steps)))
        some = case.logged.part(later)
        steps = np.maximum(case.steps[later] - places[:, None], 0)
        # So many in a row are right, as another may follow.
        run = np.logical_and.accumulate(some.matches(case.at(steps)), axis=1).sum(axis=1)
        best = int(run.max())
        if best < min(3, len(later)):
            return
        good = places[run == best]
        unique = unique and len(good) == 1
        origins.append(int(good[0]))
        after = case.steps >= origins[-1]
        rates = np.where(after, case.at(case.steps - origins[-1]), rates)
        wrong = ~case.logged.matches(rates)
        wrong[: first + 1] = False
    if origins:
        yield Hypothesis("resumed_at_zero", rates, 1, {"step": float(origins[0])}, unique)


def _floor(case: Case) -> Iterator[Hypothesis]:
    """The rate does not fall below a constant."""
    planned = case.at(case.steps)
    held = case.logged.values[case.wrong & (case.logged.values > planned)]
    if not len(held):
        return
    floor = float(np.median(held))
    yield Hypothesis("floor", np.maximum(planned, floor), 1, {"rate": floor})
