"""Runs to compare: each schedule with each seed, at once or by ``fit``; tuned before if asked."""

import asyncio
import sys
from collections.abc import Sequence

import numpy as np

from lrtui.cli.at_once import AtOnceRuns, Interrupted, NotAtOnce
from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import Failed
from lrtui.cli.follow import Follower
from lrtui.cli.progress import RunsProgress
from lrtui.cli.tune_rate import tune
from lrtui.cli.worker_session import opener
from lrtui.protocol import Ready, Settings, Start
from lrtui.protocol.at_once import rates_of
from lrtui.runs.record import RunRecord
from lrtui.runs.trained import Asked, Trained
from lrtui.runs.tuning import SEEDS, Tuned
from lrtui.schedules import Schedule, names_by_difference
from lrtui.schedules.rescale import at_highest_rate, same_rates


class Contest:
    """Schedules that are compared, and what came of them.

    Args:
        schedules: those that are compared; of the user's own with samples, to train at once.
        settings: of all runs but for the seed.
        seeds: of each schedule's runs, the same for all.
    """

    def __init__(
        self, schedules: Sequence[Schedule], settings: Settings, seeds: Sequence[int]
    ) -> None:
        self.schedules = list(schedules)
        self._settings, self._seeds = settings, seeds
        self.names = names_by_difference(schedules)
        self.runs: list[dict[int, RunRecord]] = [{} for _ in schedules]
        """Of each schedule its runs by seed, those that were done or diverged."""
        self.tuned: list[Tuned] = []
        """Of each schedule, if that was asked for."""
        self.same: dict[int, int] = {}
        """Schedules with the rates of an earlier one, but for rounding: they were trained once."""
        self.notices: list[str] = []
        """What a person should know of single runs."""
        self.ready: Ready | None = None
        """What the training process said of itself."""
        self.why_not = ""
        """Why it could not be had at once, as was found while that was tried."""
        self.failure = ""
        """Why it did not go to its end; empty: it did."""
        self.absent = False
        """Whether that is because a file of the user's own, or the name in it, is not there."""

    @property
    def tuning_seeds(self) -> Sequence[int]:
        """Those that follow: none of those that are compared. As many as were used, if any were."""
        first = self._seeds[-1] + 1
        count = max((one.seeds for one in self.tuned), default=SEEDS)
        return range(first, first + count)

    def by_fit(self, device: str, threads: int) -> None:
        """Train with ``model.fit``, seed by seed, so that what is done can be compared."""
        tried = [(index, seed) for seed in self._seeds for index in range(len(self.schedules))]
        stamped = consent_of_call().stamped
        starts = [
            stamped(Start(str(self.schedules[index]), self._settings.replace(seed=seed)))
            for index, seed in tried
        ]
        titles = [f"{self.names[index]}, seed {seed}" for index, seed in tried]
        progress = RunsProgress(titles, sys.stderr)
        follower = Follower(progress, on_nan="stop")
        try:
            asyncio.run(follower.follow(starts, opener(device, threads)))
        finally:
            progress.close()
        for (index, seed), record in zip(tried, follower.records, strict=False):
            if record.state == "done" or record.diverged_at is not None:
                self.runs[index][seed] = record
        self.ready, self.absent = follower.ready, follower.absent
        if follower.failure:
            self.failure = f"{progress.title}: {follower.failure}"

    def at_once(self, device: str, threads: int, *, tuned: bool, compared: bool = True) -> None:
        """Train at once.

        Args:
            device: ``cpu`` or ``gpu``.
            threads: at most so many compute.
            tuned: find each schedule's own best rate first.
            compared: train what is compared as well.

        Raises:
            Invalid: a schedule cannot be tuned: it has no rate above 0.
        """
        asyncio.run(self._at_once(device, threads, tuned, compared))

    async def _at_once(self, device: str, threads: int, tuned: bool, compared: bool) -> None:
        async with AtOnceRuns(device, threads, sys.stderr) as runs:
            try:
                if tuned:
                    await self._tune(runs)
                if compared:
                    await self._compare(runs)
            except Interrupted as interrupted:
                self.failure = str(interrupted)
                if not tuned or self.tuned:
                    self._keep(interrupted.trained)
            except Failed as failed:
                self.failure = failed.message
            except NotAtOnce as why:
                self.why_not = str(why)
            self.ready = runs.ready

    async def _tune(self, runs: AtOnceRuns) -> None:
        self._find_same()
        places = [place for place in range(len(self.schedules)) if place not in self.same]
        schedules = [self.schedules[place] for place in places]
        found = await tune(runs, schedules, self._settings, self.tuning_seeds)
        of = dict(zip(places, found, strict=True))
        self.tuned = [of[self.same.get(place, place)] for place in range(len(self.schedules))]
        for place, one in enumerate(self.tuned):
            if one.best is not None:
                steps = self._settings.steps
                tuned = at_highest_rate(self.schedules[place], one.best.rate, steps)
                self.schedules[place] = tuned

    async def _compare(self, runs: AtOnceRuns) -> None:
        self._find_same()
        rates = np.stack([rates_of(schedule, self._settings) for schedule in self.schedules])
        rows = tuple(
            (self.same.get(index, index), seed)
            for seed in self._seeds
            for index in range(len(self.schedules))
            if index not in self.same
        )
        asked = Asked(self._settings, rates, rows, until_diverged=True)
        self._keep(await runs.train(asked, f"{len(rows)} trainings at once"))

    def _find_same(self) -> None:
        rates = [rates_of(schedule, self._settings) for schedule in self.schedules]
        self.same = {}
        for place, one in enumerate(rates):
            for earlier in range(place):
                if earlier not in self.same and same_rates(one, rates[earlier]):
                    self.same[place] = earlier
                    break

    def _keep(self, trained: Trained) -> None:
        """The runs that were done, or diverged."""
        for row, (index, seed) in enumerate(trained.asked.rows):
            record = trained.record(row, str(self.schedules[index]))
            if record.state != "done" and record.diverged_at is None:
                continue
            self.runs[index][seed] = record
            if (step := record.diverged_at) is not None:
                loss, rate = str(record.losses[step]), str(record.rates[step])
                where = f"the loss of step {step} is {loss}, its learning rate {rate}"
                title = f"{self.names[index]}, seed {seed}"
                self.notices.append(f"{title}: diverged: {where}")
        for index, earlier in self.same.items():
            self.runs[index] = self.runs[earlier]
