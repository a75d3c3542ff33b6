"""Trains copies of the present run at once, each on one of the ways from its present step on."""

from collections.abc import Callable, Sequence

import numpy as np

from lrtui.protocol import AtOnceEnded, StateTaken
from lrtui.protocol.at_once import MOST_RATES
from lrtui.runs.forks import Fork, forks
from lrtui.runs.record import RunRecord
from lrtui.runs.trained import Asked, Trained
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Float32s
from lrtui.tui.scene.scene import driving_schedule
from lrtui.tui.training.loss_follower import LossFollower


def why_no_fork(record: RunRecord) -> str:
    """Why copies of this run would not do what it would do; empty: they do."""
    settings = record.ours
    if settings.plateau_patience is not None:
        return "a plateau cuts the rate when it is found: what is planned is not known"
    if settings.drive == "callback":
        return "a callback drives this run, once an epoch: a copy would be driven each step"
    if settings.steps - record.steps < 1:
        return "the run is at its last step"
    if settings.steps - record.steps > MOST_RATES:
        return f"more than {MOST_RATES} steps are left: too many to have at once"
    return ""


class ForkTrials:
    """The ways of one run from one step on, and the losses that copies reach on them.

    Args:
        record: of the run, as it is now.
        taken: the state of the run.
        shown: what the form shows.
        losses: trains.
        on_change: told whenever more is known.
    """

    def __init__(
        self,
        record: RunRecord,
        taken: StateTaken,
        shown: Schedule,
        losses: LossFollower,
        on_change: Callable[[], None],
    ) -> None:
        self.record, self.step = record, taken.step
        self._taken, self._shown = taken, shown
        self._losses, self._on_change = losses, on_change
        driving = driving_schedule(record)
        assert driving is not None, "of our own trainings all is known"
        self._driving = driving
        left = record.ours.steps - taken.step
        self.cooldown_steps = max(1, left // 2)
        self.trouble = ""
        self.forks: Sequence[Fork] = ()
        self.reached: list[Float32s] = []
        """Of each fork the loss of each step so far."""

    def begin(self) -> None:
        """Have the ways trained that are not yet: another length of the cooldown, for instance."""
        before = {
            one.name: (one, losses) for one, losses in zip(self.forks, self.reached, strict=True)
        }
        stop = self.record.ours.steps
        self.forks = forks(self._planned, self.step, stop, self.cooldown_steps, self._shown)
        self.reached = []
        for one in self.forks:
            known = before.get(one.name)
            same = known is not None and np.array_equal(known[0].rates, one.rates)
            self.reached.append(known[1] if known and same else np.empty(0, np.float32))
        self._next(0)

    def turn(self, notches: int) -> None:
        """Another length of the cooldown: 1, 2, 5 and so on, at most what is left."""
        left, now = self.record.ours.steps - self.step, self.cooldown_steps
        lengths = {one * 10**power for power in range(7) for one in (1, 2, 5)} | {left}
        above = [one for one in lengths if now < one <= left]
        below = [one for one in lengths if one < min(now, left)]
        self.cooldown_steps = min(above, default=now) if notches > 0 else max(below, default=now)
        self.begin()

    def _planned(self, start: int, stop: int) -> Float32s:
        driving = self._driving
        rates = np.asarray(driving.schedule(np.arange(start, stop) - driving.begin), np.float32)
        return rates * np.float32(driving.factor)

    def _next(self, place: int) -> None:
        while place < len(self.forks) and len(self.reached[place]) == len(self.forks[place].rates):
            place += 1
        self._on_change()
        if place == len(self.forks):
            return
        fork, settings = self.forks[place], self.record.ours
        asked = Asked(
            settings,
            fork.rates[None],
            ((0, settings.seed),),
            first_step=self.step,
            state=self._taken.path,
        )

        def known(trained: Trained) -> None:
            self.reached[place] = trained.losses[0, : int(trained.steps[0])].copy()
            self._on_change()

        def ended(trained: Trained, event: AtOnceEnded) -> None:
            if event.reason == "dropped":
                return
            known(trained)
            if event.reason != "done":
                self.trouble = event.message
                self._on_change()
                return
            self._next(place + 1)

        self._losses.ask(asked, known, ended)
