"""The cells of a sweep: a schedule and settings for each place on its axes. Pure."""

import itertools
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from lrtui.protocol import Settings
from lrtui.runs.sweeps.axes import SweepAxis, with_parameter
from lrtui.schedules import Invalid, Parameter, Schedule, parameters, parse
from lrtui.schedules.rescale import at_highest_rate

MOST_CELLS = 100_000


class SweepRequest(Struct, frozen=True):
    """What is asked for. It can be told to another process, and kept."""

    schedules: tuple[str, ...]
    """In their text form, one beside another."""
    axes: tuple[SweepAxis, ...]
    seeds: tuple[int, ...]
    settings: Settings
    """Of all trainings, but for the seed and what the axes change."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many schedules, and how many values of each axis."""
        return (len(self.schedules), *(len(axis.values) for axis in self.axes))

    def number_of(self, place: tuple[int, ...]) -> int:
        """Which cell a place is, in the order of the axes."""
        return int(np.ravel_multi_index(place, self.shape))


class SweepCell(Struct, frozen=True):
    """A place on the axes and what is trained there."""

    place: tuple[int, ...]
    """Which schedule, and which value of each axis."""
    schedule: Schedule
    settings: Settings
    refused: str = ""
    """Why there can be no such training; empty: there can."""


def check_size(sweep: SweepRequest) -> None:
    """Refuse what no one meant.

    Raises:
        Invalid: there are too many cells, or an axis twice.
    """
    names = [axis.name for axis in sweep.axes]
    for name in names:
        if names.count(name) > 1:
            raise Invalid("--over", "must name each parameter once", name)
    cells = 1
    for length in sweep.shape:
        cells *= length
    if cells > MOST_CELLS:
        raise Invalid("--over", f"must give at most {MOST_CELLS} cells", cells)


def cells_of(sweep: SweepRequest, schedules: Sequence[Schedule] = ()) -> list[SweepCell]:
    """All cells, coarse to fine: the first ones lie far from each other.

    A cell whose values are not allowed together is among them, and says why.

    Args:
        sweep: what is asked for.
        schedules: its schedules, where they are more than their texts: of the user's own, with
            samples.
    """
    schedules = schedules or [parse(text) for text in sweep.schedules]
    return [_cell(sweep, schedules, place) for place in coarse_to_fine(sweep.shape)]


def coarse_to_fine(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """All places of a grid, those of a coarse grid first, then those between them, and so on.

    Args:
        shape: lengths of the axes. Of the first all places come in each round: schedules stand one
            beside another and have nothing between them.
    """
    levels = [[0] * shape[0], *(levels_of(length) for length in shape[1:])]
    places = itertools.product(*(range(length) for length in shape))
    return sorted(places, key=lambda place: max(map(list.__getitem__, levels, place), default=0))


def levels_of(length: int) -> list[int]:
    """In which round each place of an axis comes: 0 for every eighth or so, then halves of that."""
    stride = 1
    while length > 3 * stride:
        stride *= 2
    levels = [0] * length
    for place in range(length):
        level, step = 0, stride
        while place % step:
            level, step = level + 1, step // 2
        levels[place] = level
    return levels


def _cell(sweep: SweepRequest, schedules: Sequence[Schedule], place: tuple[int, ...]) -> SweepCell:
    schedule, settings = schedules[place[0]], sweep.settings
    values = [(axis, axis.values[at]) for axis, at in zip(sweep.axes, place[1:], strict=True)]
    try:
        for axis, value in values:
            if axis.of == "setting":
                settings = settings.replace(**{axis.name: _setting(axis.name).read(value)})
        for axis, value in values:
            if axis.of == "schedule":
                schedule = with_parameter(schedule, axis.name, value)
        for axis, value in values:
            if axis.of == "rate":
                schedule = at_highest_rate(schedule, float(value), settings.steps)
    except Invalid as refusal:
        return SweepCell(place, schedule, settings, str(refusal))
    return SweepCell(place, schedule, settings)


def _setting(name: str) -> Parameter:
    return next(one for one in parameters(Settings) if one.name == name)
