"""Carries out a sweep, within a budget if there is one, and says what is known of it meanwhile."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrtui.runs.sweeps.answers import SweepAnswers
from lrtui.runs.sweeps.cells import SweepCell, SweepRequest, cells_of
from lrtui.runs.sweeps.engine import Engine
from lrtui.runs.sweeps.halving import Rung, best_half, rungs_of, told
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.stored_trainings import SweepEnds
from lrtui.runs.sweeps.trainings import Allowed, SweepTraining, refusal_of, trainings_of
from lrtui.schedules import Schedule

PACE_TRAININGS = 64
"""From so many a budget of time learns how long trainings take."""


class Budget:
    """How much may be done. Both given: whichever is used up first.

    Args:
        trainings: whole ones.
        seconds: from now on.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        trainings: float | None = None,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trainings, self.seconds = trainings, seconds
        self._clock, self._began = clock, clock()

    @property
    def left(self) -> float | None:
        """Seconds; None: there is no limit."""
        return None if self.seconds is None else self.seconds - (self._clock() - self._began)


class SweepRun:
    """A sweep that is carried out.

    Args:
        sweep: what is asked for.
        executor: does it.
        store: keeps it.
        schedules: of the sweep, where they are more than their texts.
        width: so many chunks are given to the executor at a time.
        threads: of each training process.
        allowed: own files that may be run, with their digests.
        budget: None: all is done.
        on_progress: called with this, whenever more is known, and now and then.
        stopping: whether to give up; asked now and then.
    """

    def __init__(
        self,
        sweep: SweepRequest,
        executor: Any,
        store: Store,
        *,
        schedules: Sequence[Schedule] = (),
        width: int = 2,
        threads: int = 1,
        allowed: Allowed = (),
        budget: Budget | None = None,
        on_progress: "Callable[[SweepRun], None]" = lambda run: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.sweep, self._store, self._allowed, self._budget = sweep, store, allowed, budget
        self._cells = cells_of(sweep, schedules)
        numbered = [(sweep.number_of(one.place), one) for one in self._cells]
        self._refused = {number: why for number, one in numbered if (why := refusal_of(one))}
        self._sound = {number: one for number, one in numbered if number not in self._refused}
        self._all = trainings_of(self._sound.values(), sweep, sweep.seeds, allowed)
        self._whole: dict[bytes, list[tuple[int, int]]] = {}
        """Cell and seed by key; several where their rates are the same."""
        for one in self._all:
            self._whole.setdefault(one.wanted.key, []).append((one.wanted.cell, one.wanted.seed))
        self._asked = set(self._whole)
        self._stopping = stopping
        self.number = store.begin(sweep, (one.wanted for one in self._all))
        self.left_out: list[str] = []
        """What a budget did, and left out, a sentence each."""
        self._engine = Engine(
            executor,
            store,
            width=width,
            threads=threads,
            allowed=allowed,
            on_progress=lambda: on_progress(self),
            stopping=self._ends,
        )
        self.known = self._engine.known

    @property
    def idle_axes(self) -> list[str]:
        """Names whose values change nothing: neither a rate nor what is trained."""
        keys = {one.wanted.cell: one.wanted.key for one in reversed(self._all)}
        table = np.array([keys.get(cell, b"") for cell in range(math.prod(self.sweep.shape))])
        table = table.reshape(self.sweep.shape)
        return [
            axis.name
            for number, axis in enumerate(self.sweep.axes, 1)
            if len(axis.values) > 1 and (table == table.take([0], number)).all()
        ]

    @property
    def wanted(self) -> int:
        """How many trainings are wanted, as far as that is known."""
        return len(self._asked)

    @property
    def done(self) -> int:
        """How many of these are known, or known to fail."""
        return sum(key in self.known for key in self._asked)

    def run(self) -> None:
        """Do it, or as much as there is budget and time for.

        Raises:
            EngineGone: the executor is gone.
            OSError: the store cannot be written.
        """
        if self._budget is None:
            self._engine.train(self._all)
        elif self._sound:
            self._climb(self._budget)

    @property
    def answers(self) -> SweepAnswers:
        """What is known now."""
        found = self.known.found
        ends = [
            (cell, seed, found[key].final, found[key].best, found[key].seconds)
            for key, places in self._whole.items()
            if key in found
            for cell, seed in places
        ]
        whys = dict(self._refused)
        for key, why in self.known.failures.items():
            for cell, _ in self._whole.get(key, ()):
                whys.setdefault(cell, why)
        schedules = {number: str(cell.schedule) for number, cell in self._sound.items()}
        return SweepAnswers(self.sweep, SweepEnds.of(ends), schedules, whys)

    def _climb(self, budget: Budget) -> None:
        """Successive halving, as far as the budget goes."""
        cells = self._sound
        seeds, epochs = self.sweep.seeds, max(cell.settings.epochs for cell in self._sound.values())
        self._asked = set()
        most = budget.trainings
        if budget.left is not None:
            most = min(x for x in (most, self._affordable(budget)) if x is not None)
        rungs = rungs_of(len(cells), len(seeds), epochs, most or 1)
        kept = list(cells)[: rungs[0].cells]
        climbed: list[Rung] = []
        for rung in rungs:
            some = [cells[number] for number in kept[: rung.cells]]
            trainings = self._trainings(some, rung)
            self._engine.train(trainings)
            if self._ends():
                break
            climbed.append(rung)
            kept = best_half(self._losses(trainings), len(some))
            following = rungs[len(climbed)].cells if len(climbed) < len(rungs) else 0
            kept = kept[:following]
        self.left_out = told(climbed, epochs, len(self._cells)) if climbed else ["nothing was done"]
        if len(climbed) < len(rungs):
            self.left_out.append("the time was over before the best cells were trained whole")

    def _affordable(self, budget: Budget) -> float:
        """How many whole trainings there is time for, by how long the first ones take."""
        began = budget.left or 0.0
        some = trainings_of(self._sound.values(), self.sweep, self.sweep.seeds[:1], self._allowed)
        self._asked.update(one.wanted.key for one in some[:PACE_TRAININGS])
        before = self.known.trained
        self._engine.train(some[:PACE_TRAININGS])
        trained, left = self.known.trained - before, budget.left or 0.0
        if not trained:
            return float(len(self._all))  # the store has them: so it may have the rest
        return max(1.0, trained * left / max(began - left, 1e-6))

    def _trainings(self, cells: Sequence[SweepCell], rung: Rung) -> list[SweepTraining]:
        seeds = self.sweep.seeds[: rung.seeds]
        trainings = trainings_of(cells, self.sweep, seeds, self._allowed, rung.share)
        self._asked.update(one.wanted.key for one in trainings)
        return trainings

    def _losses(self, trainings: Sequence[SweepTraining]) -> dict[int, list[float]]:
        losses: dict[int, list[float]] = {}
        for one in trainings:
            found = self.known.found.get(one.wanted.key)
            final = float("nan") if found is None else found.final
            losses.setdefault(one.wanted.cell, []).append(final)
        return losses

    def _ends(self) -> bool:
        over = self._budget is not None and self._budget.left is not None and self._budget.left <= 0
        return over or self._stopping()
