"""What follows from a sweep: a line a cell, the best of them, and what that cost. Pure."""

import math
import statistics
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from msgspec import Struct

from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.stored_trainings import SweepEnds
from lrtui.runs.verdict import Verdict, judge
from lrtui.schedules import names_by_difference, parse
from lrtui.schedules.arrays import Float64s


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


class SweepAnswers:
    """What came of all cells, in the order of the axes.

    Args:
        sweep: what was asked for.
        ends: what is known.
        schedules: of cells, by their number, in their text form.
        whys: why cells are not trained, or not with all seeds, likewise.
    """

    def __init__(
        self,
        sweep: SweepRequest,
        ends: SweepEnds,
        schedules: Mapping[int, str],
        whys: Mapping[int, str],
    ) -> None:
        self.sweep, self.whys, self._schedules = sweep, whys, schedules
        shape = (math.prod(sweep.shape), len(sweep.seeds))
        self.known = np.zeros(shape, np.bool_)
        """Whether a training is known, shape (cells, seeds)."""
        self.finals = np.full(shape, np.nan)
        """Its final loss, of the same shape; NaN: it diverged, or is not known."""
        self.bests = np.full(shape, np.nan)
        """Its lowest loss at any epoch's end, likewise."""
        place = {seed: number for number, seed in enumerate(sweep.seeds)}
        at = ends.cells, np.array([place[seed] for seed in ends.seeds.tolist()], np.int64)
        self.known[at] = True
        self.finals[at], self.bests[at] = ends.finals, ends.bests
        self.seconds = float(ends.seconds.sum())
        """That all known trainings took, counted by core."""

    @property
    def trainings(self) -> int:
        """How many are known."""
        return int(self.known.sum())

    @cached_property
    def medians(self) -> Float64s:
        """Of each cell's final losses, shape of the sweep; NaN: all diverged; -1: none is known."""
        ordered = np.sort(self.finals, axis=1)  # NaN at the end
        sound = np.isfinite(ordered).sum(axis=1)
        row = np.arange(len(ordered))
        upper, lower = ordered[row, sound // 2], ordered[row, np.maximum(sound - 1, 0) // 2]
        medians = np.where(sound > 0, (lower + np.where(sound > 0, upper, 0)) / 2, np.nan)
        return np.where(self.known.any(axis=1), medians, -1).reshape(self.sweep.shape)

    @cached_property
    def verdict(self) -> Verdict:
        """Which is best, of those trained with all seeds; its numbers are places in `cells`."""
        return judge(np.where(self.known.all(axis=1, keepdims=True), self.finals, np.nan))

    def cell(self, number: int) -> CellAnswer:
        """What came of one cell."""
        place = tuple(int(at) for at in np.unravel_index(number, self.sweep.shape))
        known = self.known[number]
        bests = self.bests[number][np.isfinite(self.bests[number])]
        return CellAnswer(
            place,
            tuple(axis.values[at] for axis, at in zip(self.sweep.axes, place[1:], strict=True)),
            self._schedules.get(number, ""),
            tuple(self.finals[number][known].tolist()),
            tuple(bests.tolist()),
            self.whys.get(number, ""),
        )

    @cached_property
    def cells(self) -> tuple[CellAnswer, ...]:
        """What came of each cell."""
        return tuple(map(self.cell, range(len(self.finals))))


def verdict_lines(answers: SweepAnswers) -> list[str]:
    """What may be said of the best cell, a sentence a line."""
    verdict, sweep = answers.verdict, answers.sweep
    if verdict.lowest is None:
        return ["no cell was trained with all seeds without diverging"]
    lowest = answers.cell(verdict.lowest)
    name, loss = name_of(lowest, sweep), f"{lowest.median:.4g}"
    if verdict.best is not None:
        lines = [f"best: {name} ({loss}), lower than every other cell by more than chance"]
    elif not verdict.told:
        lines = [f"lowest: {name} ({loss}); one seed tells no chance from a difference (--seeds)"]
    else:
        lines = [
            f"lowest: {name} ({loss}); {len(verdict.alike)} others are no different, beyond chance:"
        ]
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
    alike = [one for one in (verdict.lowest, *verdict.alike) if one is not None]
    places = sorted(set(np.unravel_index(alike, answers.sweep.shape)[number + 1].tolist()))
    first, last = axis.values[places[0]], axis.values[places[-1]]
    if len(places) == len(axis.values):
        return f"  {axis.name}: any of {first} to {last}"
    if places == list(range(places[0], places[-1] + 1)) and len(places) > 2:
        return f"  {axis.name}: {first} to {last}"
    return f"  {axis.name}: {', '.join(axis.values[place] for place in places)}"


def _at_edges(verdict: Verdict, answers: SweepAnswers) -> list[str]:
    """Warnings where the lowest cell is at the end of an axis that goes on."""
    assert verdict.lowest is not None
    place = answers.cell(verdict.lowest).place
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
