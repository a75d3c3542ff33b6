"""Beside a run: what a copy of it would do from here with what the form shows."""

from typing import TYPE_CHECKING

import numpy as np

from lrtui.protocol import AtOnceEnded, StateTaken
from lrtui.runs.record import RunRecord
from lrtui.schedules import Schedule
from lrtui.tui.host import Host
from lrtui.tui.scene.loss_band import LossBand
from lrtui.tui.training.loss_follower import LossFollower
from lrtui.tui.training.session import Session

if TYPE_CHECKING:
    from lrtui.runs.trained import Trained


class RunFollower:
    """Asks for the form's schedule from the present step on, whenever it is something else.

    Args:
        session: holds the run, whose state is copied.
        losses: trains.
        host: the app, which draws.
    """

    def __init__(self, session: Session, losses: LossFollower, host: Host) -> None:
        self._session, self._losses, self._host = session, losses, host
        self._run: RunRecord | None = None
        self._shown: Schedule | None = None
        self._waiting = self._again = self._asked = False

    def follow(self, run: RunRecord, schedule: Schedule) -> None:
        """Ask for this schedule, unless nothing was turned since the run began; costs nothing then.

        Args:
            run: the one under way.
            schedule: with samples of what is the user's own.
        """
        if run is not self._run:
            self.end()
            self._run, self._shown = run, schedule
        if not self._losses.on or schedule == self._shown:
            return
        self._shown = schedule
        if self._waiting:
            self._again = True
        else:
            self._waiting = True
            self._session.take_state(self._taken)

    def end(self) -> None:
        """No run is under way any more."""
        if self._asked:
            self._losses.ask_no_more()
            self._losses.band = None
        self._run = self._shown = None
        self._waiting = self._again = self._asked = False

    def _taken(self, taken: StateTaken) -> None:
        from lrtui.runs.trained import Asked
        from lrtui.tui.training.fork_trials import why_no_fork

        self._waiting = False
        run, schedule = self._run, self._shown
        if self._again:
            self._again, self._waiting = False, True
            self._session.take_state(self._taken)
            return
        if run is None or schedule is None or run.over or taken.error or self._host.covered:
            return
        rates = np.asarray(schedule(np.arange(run.ours.steps - taken.step)), np.float32)
        if why_no_fork(run) or not rates.size or not np.isfinite(rates).all():
            return
        settings = run.ours
        asked = Asked(
            settings,
            rates[None],
            ((0, settings.seed),),
            first_step=taken.step,
            state=taken.path,
            most_seconds=60.0,
        )
        self._asked = True
        self._losses.ask(asked, self._known, self._ended)

    def _known(self, trained: "Trained") -> None:
        from lrtui.tui.scene.pictures import SMOOTH_PARTS, trailing_mean

        run, first = self._run, trained.asked.first_step
        reached = trained.losses[0, : int(trained.steps[0])]
        if run is None or not reached.size:
            return
        window = max(2, run.ours.steps_per_epoch // SMOOTH_PARTS)
        whole = trailing_mean(np.concatenate([run.losses[:first], reached]), window)[first:]
        nothing = np.empty(0, np.float32)
        length = run.ours.steps_per_epoch
        self._losses.band = LossBand(whole, whole, whole, nothing, length, 1, first=first)
        self._host.redraw()

    def _ended(self, trained: "Trained", event: AtOnceEnded) -> None:
        if event.reason == "done":
            self._known(trained)
        elif event.reason != "dropped":
            self._losses.band, self._losses.trouble = None, f"at once: {event.message}"
            self._host.redraw()
