"""A worker that is played: it answers commands as a real one would, whatever they are."""

import math
from random import Random
from typing import assert_never

import numpy as np

from lrtui.protocol import (
    Command,
    Diverged,
    Ended,
    Event,
    FindRate,
    Marked,
    Pace,
    Pause,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Reset,
    Restore,
    Resume,
    Resumed,
    Sample,
    Sampled,
    Scale,
    SetRate,
    Start,
    Started,
    StepsDone,
    Stop,
    TakeState,
    TrainAtOnce,
    UndoSteering,
    pack,
    to_wire,
)
from lrtui.schedules import Schedule, parse
from lrtui.tui.training.session import Session
from tests.runs.epochs import epoch_event
from tests.tui.fake import READY, FakeLink


class Player:
    """Reads what a link was sent, and says something."""

    def __init__(self, link: FakeLink, session: Session, random: Random) -> None:
        self._link, self._session, self._random = link, session, random
        self._heard = 0
        self._finding: FindRate | None = None

    def turn(self) -> None:
        """Answer what came, or go on a little."""
        if self._session.ready is None and self._session.starting:
            self._link.say(READY)
        elif self._session.ready is not None and self._random.random() < 0.01:
            self._finding = None
            self._link.die("killed by SIGKILL")
        while self._heard < len(self._link.sent):
            self._heard += 1
            for event in self._answers(self._link.sent[self._heard - 1]):
                self._link.say(event)
        for event in self._goes_on():
            self._link.say(event)

    def _answers(self, command: Command) -> list[Event]:
        run = self._session.active
        match command:
            case _ if self._session.ready is None:
                return []
            case Start(schedule=schedule, settings=settings):
                stopped: list[Event] = [Ended("stopped")] if run else []
                if self._random.random() < 0.05:
                    return [*stopped, Ended("failed", "no such optimizer: 'x'")]
                return [*stopped, Started(schedule, settings)]
            case FindRate():
                self._finding = command
                return [RangeTestSteps(0, pack([1e-6, 1e-5]), pack([1.0, 0.9]))]
            case Sample(source=source, steps=steps):
                return [Sampled(source, steps, b"", "there is no such file", absent=True)]
            case Stop() if self._finding is not None:
                return [self._found(stopped=True)]
            case _ if run is None:
                return []
            case Reset(schedule=other):
                shown = other or Session.driving_text(run)
                return [Marked(run.steps, "reset", shown, origin=run.steps)]
            case Scale(factor=by):
                factor = (run.marks[-1].factor if run.marks else 1.0) * by
                return [Marked(run.steps, "scale", Session.driving_text(run), factor, by)]
            case SetRate(learning_rate=rate):
                return [Marked(run.steps, "rate", Session.driving_text(run), rate=rate)]
            case UndoSteering():
                return [Marked(run.steps, "undo", run.schedule, origin=0)]
            case Pause() if run.state == "running":
                return [Paused(run.steps)]
            case Resume() if run.state == "paused":
                return [Resumed(run.steps)]
            case Stop():
                return [Ended("stopped")]
            case Pause() | Resume() | Pace() | Restore() | TakeState() | TrainAtOnce():
                return []
            case _:
                assert_never(command)

    def _goes_on(self) -> list[Event]:
        run = self._session.active
        if self._finding is not None:
            return [self._found()]
        if run is None or run.state == "paused":
            return []
        size = run.ours.steps_per_epoch
        first, left = run.steps, size - run.steps % size
        count = min(left, self._random.randrange(1, 400))
        said = self._steps(first, count, parse(run.schedule))
        if count == left:
            loss = to_wire(math.nan if self._random.random() < 0.1 else 1 / (1 + first))
            said.append(epoch_event(first // size + 1, first + count, 0.1, loss, loss))
        if self._random.random() < 0.05:
            kept = self._random.choice((None, first))
            said.append(Diverged(first, "inf", 0.5, first - 1 if first else None, 0.3, kept))
            said.append(Paused(first + count, "diverged"))
        elif first + count >= run.ours.steps:
            said.append(Ended("done"))
        return said

    def _steps(self, first: int, count: int, schedule: Schedule) -> list[Event]:
        losses = 1 / (1 + np.arange(first, first + count, dtype="f4") / 64)
        if self._random.random() < 0.1:
            losses[self._random.randrange(count)] = self._random.choice((np.nan, np.inf, 0, -1))
        rates = schedule(np.arange(first, first + count))
        return [StepsDone(first, pack(rates), pack(losses), 640 * 2**20)]

    def _found(self, *, stopped: bool = False) -> RangeTestEnded:
        asked, self._finding = self._finding, None
        assert asked is not None
        count = self._random.choice((0, 1, 2, asked.sweep.steps))
        losses = (
            np.linspace(2, 0.5, count) if self._random.random() < 0.7 else np.full(count, np.nan)
        )
        error = "the optimizer is of no use" if self._random.random() < 0.2 else ""
        rates = np.geomspace(asked.sweep.low, asked.sweep.high, max(1, asked.sweep.steps))[:count]
        return RangeTestEnded(asked.sweep, pack(rates), pack(losses), stopped=stopped, error=error)
