"""What follows from a sweep: a line a cell, the best of them, and what that cost. Pure."""

import math
import statistics
from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.store import Finished
from lrtui.runs.verdict import Verdict, judge
from lrtui.schedules import names_by_difference, parse


class CellAnswer(Struct, frozen=True):
    """What came of one cell."""

    place: tuple[int, ...]
    """Which schedule, and which value of each axis."""
    values: tuple[str, ...]
    """Of each axis, as a person writes them."""
    schedule: str
    """In its text form; empty: nothing of it is known."""
    losses: tuple[float, ...]
    """The final loss of each seed that is known, in the order of the seeds; NaN: it diverged."""
    bests: tuple[float, ...]
    """The lowest at any epoch's end, of those that did not diverge."""
    why: str = ""
    """Why it is not trained, or not with all seeds; empty: it is, or it was not tried yet."""

    @property
    def sound(self) -> tuple[float, ...]:
        """The final losses of those that did not diverge."""
        return tuple(loss for loss in self.losses if math.isfinite(loss))

    @property
    def diverged(self) -> int:
        """How many diverged."""
        return len(self.losses) - len(self.sound)

    @property
    def median(self) -> float:
        """Of the final losses; NaN: all diverged, or none is known."""
        return statistics.median(self.sound) if self.sound else math.nan

    @property
    def lowest(self) -> float:
        """Of the final losses; NaN as for the median."""
        return min(self.sound, default=math.nan)

    @property
    def highest(self) -> float:
        """Of the final losses; NaN as for the median."""
        return max(self.sound, default=math.nan)


class SweepAnswers(Struct, frozen=True):
    """What came of all cells, in the order of the axes."""

    sweep: SweepRequest
    cells: tuple[CellAnswer, ...]
    seconds: float
    """That all known trainings of it took, counted by core."""

    @property
    def known(self) -> int:
        """How many trainings are known."""
        return sum(len(one.losses) for one in self.cells)

    @property
    def verdict(self) -> Verdict:
        """Which is best, of those trained with all seeds; its numbers are places in `cells`."""
        whole = len(self.sweep.seeds)
        return judge([one.losses if len(one.losses) == whole else () for one in self.cells])


def answers_of(
    sweep: SweepRequest,
    found: Mapping[tuple[int, int], Finished],
    schedules: Mapping[int, str],
    whys: Mapping[int, str],
) -> SweepAnswers:
    """What is known.

    Args:
        sweep: what was asked for.
        found: by number of the cell, in the order of the axes, and seed.
        schedules: of cells, by their number, in their text form.
        whys: why cells are not trained, or not with all seeds.
    """
    told = []
    for number, place in enumerate(np.ndindex(sweep.shape)):
        values = tuple(axis.values[at] for axis, at in zip(sweep.axes, place[1:], strict=True))
        ends = [found[number, seed] for seed in sweep.seeds if (number, seed) in found]
        losses = tuple(math.nan if end.diverged else end.final for end in ends)
        bests = tuple(end.best for end in ends if not end.diverged)
        schedule, why = schedules.get(number, ""), whys.get(number, "")
        told.append(CellAnswer(place, values, schedule, losses, bests, why))
    return SweepAnswers(sweep, tuple(told), sum(end.seconds for end in found.values()))


def verdict_lines(answers: SweepAnswers) -> list[str]:
    """What may be said of the best cell, a sentence a line."""
    verdict, cells, sweep = answers.verdict, answers.cells, answers.sweep
    if verdict.lowest is None:
        return ["no cell was trained with all seeds without diverging"]
    lowest = cells[verdict.lowest]
    name, loss = name_of(lowest, sweep), f"{lowest.median:.4g}"
    sound = 1 + len(verdict.alike) if verdict.best is None else len(cells)
    if verdict.best is not None:
        lines = [f"best: {name} ({loss}), lower than every other cell by more than chance"]
    elif not verdict.told:
        lines = [f"lowest: {name} ({loss}); one seed tells no chance from a difference (--seeds)"]
    else:
        lines = [f"lowest: {name} ({loss}); {sound - 1} others are no different, beyond chance:"]
        lines += [_alike(axis_number, answers, verdict) for axis_number in range(len(sweep.axes))]
    return lines + _at_edges(verdict, answers)


def names_of(sweep: SweepRequest) -> list[str]:
    """The schedules by what they differ in."""
    return names_by_difference([parse(text) for text in sweep.schedules])


def name_of(answer: CellAnswer, sweep: SweepRequest) -> str:
    """A cell by its values: ``highest_rate=0.1 batch_size=32``."""
    said = [f"{axis.name}={value}" for axis, value in zip(sweep.axes, answer.values, strict=True)]
    schedule = [names_of(sweep)[answer.place[0]]] if len(sweep.schedules) > 1 else []
    return " ".join(schedule + said)


def _alike(number: int, answers: SweepAnswers, verdict: Verdict) -> str:
    """Over which values of an axis the cells lie that are as good."""
    axis = answers.sweep.axes[number]
    alike = [verdict.lowest, *verdict.alike]
    places = sorted({answers.cells[one].place[number + 1] for one in alike if one is not None})
    first, last = axis.values[places[0]], axis.values[places[-1]]
    if len(places) == len(axis.values):
        return f"  {axis.name}: any of {first} to {last}"
    if places == list(range(places[0], places[-1] + 1)) and len(places) > 2:
        return f"  {axis.name}: {first} to {last}"
    return f"  {axis.name}: {', '.join(axis.values[place] for place in places)}"


def _at_edges(verdict: Verdict, answers: SweepAnswers) -> list[str]:
    """Warnings where the lowest cell is at the end of an axis that goes on."""
    assert verdict.lowest is not None
    place = answers.cells[verdict.lowest].place
    said = []
    for axis, at in zip(answers.sweep.axes, place[1:], strict=True):
        numbers = len(axis.values) > 2 and all(map(_is_number, axis.values))
        if numbers and at in (0, len(axis.values) - 1):
            end = "lower" if at == 0 else "higher"
            value = axis.values[at]
            said.append(
                f"{axis.name}={value} is the {end[:-2]}est tried: a {end} one may be better"
            )
    return said


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
