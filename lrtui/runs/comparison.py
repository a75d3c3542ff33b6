"""Compares schedules that were trained with the same task and seeds: do their losses differ?

Pure: records in, values out. Prints nothing, trains nothing.

The schedules share their seeds, so the difference is taken seed by seed: that some seeds are easier
than others does not matter. Two schedules differ where the t interval around the mean difference
does not hold 0. Its level is such that all pairs together are wrong in one comparison of twenty
(Bonferroni), because which schedule is lowest was not known before.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lrtui.runs.record import LOSS, RunRecord, validation_of
from lrtui.runs.t_distribution import t_quantile

CONFIDENCE = 0.95
"""That all pairs together are judged rightly."""

Verdict = Literal["differs", "within the spread", "same numbers", "too few seeds", "not compared"]


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation over several seeds."""

    count: int
    mean: float
    """NaN of none."""
    deviation: float
    """Standard deviation over the seeds, with n - 1; NaN of fewer than two."""

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of these numbers, all finite."""
        return cls(
            len(values),
            statistics.fmean(values) if values else math.nan,
            statistics.stdev(values) if len(values) > 1 else math.nan,
        )


@dataclass(frozen=True)
class Outcome:
    """The losses of one run. `diverged`: a loss was not finite; then the rest says nothing."""

    seed: int
    diverged: bool
    final: float
    """The measure at the end of the last epoch."""
    best: float
    """The lowest at any epoch's end."""
    steps_to: int | None
    """Steps done at the end of the first epoch that has the loss asked for, or a lower one."""


@dataclass(frozen=True)
class Standing:
    """The runs of one schedule. Diverged ones are counted, and left out of everything else."""

    name: str
    schedule: str
    outcomes: tuple[Outcome, ...]

    @property
    def sound(self) -> tuple[Outcome, ...]:
        """The runs that did not diverge."""
        return tuple(one for one in self.outcomes if not one.diverged)

    @property
    def diverged(self) -> int:
        """How many runs diverged."""
        return len(self.outcomes) - len(self.sound)

    @property
    def final(self) -> Spread:
        """Of the last epochs."""
        return Spread.of([one.final for one in self.sound])

    @property
    def best(self) -> Spread:
        """Of each run's best epoch."""
        return Spread.of([one.best for one in self.sound])

    @property
    def steps_to(self) -> Spread:
        """Of the runs that reached the loss asked for; its `count` says how many did."""
        return Spread.of([one.steps_to for one in self.sound if one.steps_to is not None])


@dataclass(frozen=True)
class Difference:
    """How much higher the final measure of `other` is than that of the lowest, seed by seed."""

    other: str
    over: Spread
    """Of the differences, over the seeds on which neither diverged."""
    half_width: float
    """Of Student's interval around their mean; NaN of fewer than two seeds."""

    @property
    def verdict(self) -> Verdict:
        """Whether there is a difference."""
        if self.over.count == 0:
            return "not compared"
        if self.over.count == 1:
            return "too few seeds"
        if self.over.mean == 0 == self.over.deviation:
            return "same numbers"
        return "differs" if abs(self.over.mean) > self.half_width else "within the spread"


@dataclass(frozen=True)
class Comparison:
    """The table and what follows from it."""

    measure: str
    """What the logs call it: the validation loss, or the loss where nothing is validated."""
    to_loss: float | None
    """The loss to be reached, if one was asked for."""
    standings: tuple[Standing, ...]
    """In the order of the schedules."""
    lowest: str | None
    """The name of the one with the fewest diverged runs and, of these, the lowest mean; None:
    there is no mean."""
    differences: tuple[Difference, ...]
    """Of all others from the lowest."""
    level: float
    """Confidence of each interval."""


def compare_runs(
    names: Sequence[str],
    runs: Sequence[Mapping[int, RunRecord]],
    to_loss: float | None = None,
) -> Comparison:
    """The comparison of these runs.

    Args:
        names: of the schedules, all different.
        runs: of each schedule its runs by seed, with at least one epoch each unless it diverged.
        to_loss: steps are counted until the measure is not above this.
    """
    rows = [row for of_one in runs for record in of_one.values() for row in record.rows]
    validated = bool(rows) and all(row.validation() is not None for row in rows)
    measure = validation_of(LOSS) if validated else LOSS
    standings = tuple(
        Standing(
            name,
            next((record.schedule for record in of_one.values()), ""),
            tuple(_outcome(seed, record, measure, to_loss) for seed, record in of_one.items()),
        )
        for name, of_one in zip(names, runs, strict=True)
    )
    ranked = _ranked(standings)
    pairs = len(standings) * (len(standings) - 1) // 2
    level = 1 - (1 - CONFIDENCE) / max(pairs, 1)
    return Comparison(
        measure,
        to_loss,
        standings,
        ranked[0].name if ranked else None,
        tuple(
            _difference(ranked[0], other, level)
            for other in standings
            if ranked and other is not ranked[0]
        ),
        level,
    )


def _ranked(standings: Sequence[Standing]) -> list[Standing]:
    """The schedules from the lowest mean on, by the seeds that all of them were trained with.

    None at all, if there is no such seed: what was not measured has no rank.
    """
    seeds = set.intersection(*({run.seed for run in one.outcomes} for one in standings))
    means = []
    for one in standings:
        common = Standing(
            one.name, one.schedule, tuple(run for run in one.outcomes if run.seed in seeds)
        )
        if common.sound:
            means.append((common.diverged, common.final.mean, one))
    return [one for _, _, one in sorted(means, key=lambda entry: entry[:2])]


def _outcome(seed: int, record: RunRecord, measure: str, to_loss: float | None) -> Outcome:
    values = [row.loss if measure == LOSS else row.held_out() for row in record.rows]
    reached = [
        row.steps
        for row, value in zip(record.rows, values, strict=True)
        if to_loss is not None and value <= to_loss
    ]
    finite = [value for value in values if math.isfinite(value)]
    return Outcome(
        seed=seed,
        diverged=record.diverged_at is not None or len(finite) < len(values) or not values,
        final=values[-1] if values else math.nan,
        best=min(finite, default=math.nan),
        steps_to=reached[0] if reached else None,
    )


def _difference(lowest: Standing, other: Standing, level: float) -> Difference:
    base = {one.seed: one.final for one in lowest.sound}
    over = Spread.of([one.final - base[one.seed] for one in other.sound if one.seed in base])
    if over.count < 2:
        return Difference(other.name, over, math.nan)
    quantile = t_quantile(1 - (1 - level) / 2, over.count - 1)
    return Difference(other.name, over, quantile * over.deviation / math.sqrt(over.count))
