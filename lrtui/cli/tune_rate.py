"""``compare --tune-rate``: the best base rate of each schedule, and how it is told."""

import math
from collections.abc import Sequence

import numpy as np

from lrtui.cli.at_once import AtOnceRuns
from lrtui.protocol import Settings
from lrtui.protocol.at_once import rates_of
from lrtui.runs.trained import Asked, Trained
from lrtui.runs.tuning import GRID, SEEDS_IN_TURN, Tried, Tuned, contenders
from lrtui.schedules import Schedule
from lrtui.schedules.rescale import at_highest_rate


async def tune(
    runs: AtOnceRuns, schedules: Sequence[Schedule], settings: Settings, seeds: Sequence[int]
) -> list[Tuned]:
    """Try each schedule at the rates of the grid.

    Args:
        runs: what trains.
        schedules: what is tuned.
        settings: of all trainings but for the seed.
        seeds: of the trainings, ``SEEDS`` of them, of which ``SEEDS_IN_TURN`` are used where models
            are not trained as one; none of those that are compared.

    Raises:
        Invalid: a schedule has no rate above 0.
        Failed: they cannot be trained.
        Interrupted: a signal came.
    """
    places = range(len(schedules))
    whole = [(index, rate) for index in places for rate in GRID]
    losses, stacked = await _final(runs, schedules, settings, whole, seeds[:1])
    seeds = seeds if stacked else seeds[:SEEDS_IN_TURN]
    found = [{rate: losses[index, rate] for rate in GRID} for index in places]
    again = [
        (index, rate)
        for index in places
        for rate in contenders({rate: first[0] for rate, first in found[index].items()})
    ]
    more = (await _final(runs, schedules, settings, again, seeds[1:]))[0] if again else {}
    return [
        Tuned(
            tuple(Tried(rate, (*found[index][rate], *more.get((index, rate), ()))) for rate in GRID)
        )
        for index in places
    ]


async def _final(
    runs: AtOnceRuns,
    schedules: Sequence[Schedule],
    settings: Settings,
    tried: Sequence[tuple[int, float]],
    seeds: Sequence[int],
) -> tuple[dict[tuple[int, float], tuple[float, ...]], bool]:
    """The final losses of each schedule at each rate, a seed each; NaN where it diverged.

    And whether many models were trained as one.
    """
    scaled = [at_highest_rate(schedules[index], rate, settings.steps) for index, rate in tried]
    rates = np.stack([rates_of(schedule, settings) for schedule in scaled])
    rows = tuple((row, seed) for seed in seeds for row in range(len(tried)))
    asked = Asked(settings, rates, rows, losses=False, until_diverged=True)
    trained = await runs.train(asked, f"tuning, {len(rows)} trainings")
    finals = final_losses(trained)
    found = {
        key: tuple(float(finals[place + len(tried) * number]) for number in range(len(seeds)))
        for place, key in enumerate(tried)
    }
    return found, trained.stacked


def final_losses(trained: Trained) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Of each training: validated where that is done; NaN where it diverged."""
    losses = trained.validation if trained.validated else trained.means
    return np.where(np.isfinite(trained.means).all(axis=1), losses[:, -1], np.float32(math.nan))


def about_tuning(
    names: Sequence[str],
    schedules: Sequence[Schedule],
    tuned: Sequence[Tuned],
    seeds: Sequence[int],
) -> list[str]:
    """What was tried and found, a line a schedule: the mean final loss at each rate."""
    width = max(map(len, names))
    grid = "".join(f"{rate:>9g}" for rate in GRID)
    lines = [f"{'highest rate':<{width}}{grid}   best"]
    for name, schedule, one in zip(names, schedules, tuned, strict=True):
        cells = "".join(f"{_cell(tried):>9}" for tried in one.tried)
        best = "none" if one.best is None else f"{one.best.rate:g}: {schedule}"
        lines.append(f"{name:<{width}}{cells}   {best}")
    said = f"(mean final loss on seeds {seeds[0]} to {seeds[-1]}; of rates that were not among the"
    return [*lines, f"{said} best with seed {seeds[0]}, on that alone; - diverged)"]


def _cell(tried: Tried) -> str:
    return f"{tried.mean:.3g}" if tried.sound else "-"


def warnings_of(names: Sequence[str], tuned: Sequence[Tuned]) -> list[str]:
    """Which of them might be better at a rate that was not tried; none was tuned: none."""
    said = []
    for name, one in zip(names, tuned, strict=False):
        if one.best is not None and one.at_end:
            end = "lower" if one.best.rate == GRID[0] else "higher"
            said.append(
                f"{name}: its best rate, {one.best.rate:g}, is at the end of the grid; "
                f"a {end} one may be better"
            )
    return said
