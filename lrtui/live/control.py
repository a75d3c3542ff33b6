"""Commands of a training, obeyed between two steps: from a script, and from whoever watches.

Each is carried out in full before the next step begins. It never trains, and never waits unless it
was told to.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, assert_never

import msgspec

from lrtui.live.divergence import DivergenceWatch
from lrtui.live.link import Link
from lrtui.live.pacer import Pacer
from lrtui.live.report import Reporter
from lrtui.live.user_code import OwnFault
from lrtui.live.user_schedule import prepare, sample
from lrtui.protocol import (
    Command,
    Diverged,
    Event,
    FindRate,
    Marked,
    Pace,
    Pause,
    Paused,
    PauseReason,
    RangeTestEnded,
    Reset,
    Restore,
    Resume,
    Resumed,
    Sample,
    Scale,
    SetRate,
    Start,
    Steer,
    Stop,
    TakeState,
    TrainAtOnce,
    UndoSteering,
)
from lrtui.protocol.outside_text import harmless
from lrtui.protocol.range_test import Sweep
from lrtui.schedules import Invalid, parse
from lrtui.schedules.user_schedule import MOST_STEPS

if TYPE_CHECKING:
    from lrtui.live.host_steering import HostSteering
    from lrtui.live.loop_report import LoopReporter
    from lrtui.live.steering import Steering


class RunCopier(Protocol):
    """What is done with copies of a run, between two of its steps; none of it touches the run."""

    def __call__(self, sweep: Sweep, step: int) -> None:
        """Do a range test on a copy, before this step."""

    def take_state(self, step: int) -> None:
        """Write the state before this step to a file, and tell where."""


Script = Sequence[tuple[int, Steer]]


class Control:
    """Obeys the commands of one fit. Steps are counted from 0 at its start.

    Args:
        model: that trains; it is told when to stop.
        params: of the fit, as Keras tells them to callbacks.
        link: who commands, and is told what came of it.
        script: what is left of it, the first entry last.
        pacer: how fast it may go.
        finder: does a range test on a copy of the model; None: nobody does.
        on_diverged: is told of a first loss that is not finite, and says whether to stop.
    """

    def __init__(
        self,
        model: Any,
        params: Mapping[str, Any],
        link: Link,
        script: list[tuple[int, Steer | None]],
        pacer: Pacer,
        finder: RunCopier | None,
        on_diverged: Callable[[Diverged], bool] = lambda _: False,
    ) -> None:
        self._model, self._params, self._link = model, params, link
        self._on_diverged = on_diverged
        self._script, self._pacer, self._finder = script, pacer, finder
        self._until_epoch_end = False
        self.restored = False
        """Whether a state was put back since this was last set."""
        self.successor: Start | None = None
        """The start that ended this fit before its time."""
        self.stopped = False
        """Whether a command ended this fit before its time."""

    def begin(
        self,
        steering: "Steering | HostSteering",
        report: "Reporter | LoopReporter",
        watch: DivergenceWatch,
    ) -> None:
        """What is steered, what reports, and what watches for a divergence."""
        self._steering, self._report, self._watch = steering, report, watch
        self._changes, self._changes_told = steering.changes, len(steering.changes)
        self._pacer.restart(0)

    def flush(self) -> None:
        """Report all that is done and not reported yet."""
        reported = self._report.flush()
        if reported is not None:
            self._watch.look(*reported)

    def epoch_ended(self, last: bool) -> None:
        """Obey, pause if that was asked for, keep the pace."""
        pausing, self._until_epoch_end = self._until_epoch_end, False
        self.obey()
        if pausing and not last:
            self._pause("epoch")
        self.keep_pace()

    def obey(self) -> None:
        """Do what is to be done before the next step; waits while it is paused."""
        told = len(self._changes) == self._changes_told
        if self._script or self._watch.found is not None or not told:
            self._obey_what_is_here()
        while not self._model.stop_training and (command := self._link.poll()) is not None:
            self._carry_out(command)

    def _obey_what_is_here(self) -> None:
        """The script, what others have steered, and a divergence."""
        diverged, self._watch.found = self._watch.found, None
        if diverged is not None:
            self._tell(diverged)
        while self._script and self._report.steps >= self._script[-1][0]:
            step, scripted = self._script.pop()
            if scripted is None:
                self._watch.keep_wanted(step)
            else:
                self._carry_out(scripted)
        self.tell_changes()
        if diverged is not None and self._on_diverged(diverged):
            self.stopped = self._model.stop_training = True
        elif diverged is not None and not self._watch.watching:
            self._pause("diverged")

    def keep_pace(self) -> None:
        """Wait until the next step may begin, and obey meanwhile."""
        pacer, report = self._pacer, self._report
        while (early := pacer.early(report.steps)) > 0 and not self._model.stop_training:
            command = self._link.wait(early)
            if command is not None:
                self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        try:
            self._do(command)
            self.tell_changes()
            self._link.answer()
        except (Invalid, OwnFault) as error:
            self._link.answer(str(error))
            print(f"ignored a command: {harmless(str(error))}", file=sys.stderr, flush=True)

    def _do(self, command: Command) -> None:
        match command:
            case Reset():
                self._reset(command)
            case UndoSteering():
                self._watch.keep()
                self._steering.undo()
            case Restore(checkpoint_step=step):
                self._restore(step)
            case Scale(factor=factor):
                if factor > 1:
                    self._watch.keep()
                self._steering.scale(factor)
            case SetRate(learning_rate=rate):
                self._watch.keep()
                self._steering.set_rate(rate)
            case Sample(source=source, steps=steps, allowed=allowed):
                self._link.send(sample(source, steps, allowed, in_mid_run=True))
            case Pause():
                self._pause("asked")
            case Resume(until_epoch_end=until):
                self._until_epoch_end = until
            case Pace(steps_per_second=pace):
                self._pacer.pace = pace
                self._pacer.restart(self._report.steps)
            case FindRate(sweep=sweep):
                self._find(sweep)
            case TakeState():
                self._take_state()
            case Stop():
                self.flush()  # whoever asked is told after which step
                self.stopped = self._model.stop_training = True
            case Start():
                self.successor = command
                self.stopped = self._model.stop_training = True
            case TrainAtOnce():
                pass  # another process does these
            case _:
                assert_never(command)

    def _find(self, sweep: Sweep) -> None:
        self.flush()
        if self._finder is None:
            error = "this training cannot be copied; call lrtui.find_rate(model, ...) before it"
            self._link.send(RangeTestEnded(sweep, step=self._report.steps, error=error))
        else:
            self._finder(sweep, self._report.steps)
        self._pacer.restart(self._report.steps)

    def _take_state(self) -> None:
        self.flush()
        if self._finder is None:
            raise Invalid("run", "must be lrtui's own to be copied", "a script's")
        self._finder.take_state(self._report.steps)

    def _reset(self, command: Reset) -> None:
        prepared = None
        if command.schedule is not None:
            # Of a fit whose length Keras does not know, as much as any run may have.
            steps = (self._params.get("epochs") or 0) * (self._params.get("steps") or 0)
            schedule = parse(command.schedule)
            prepared = prepare(
                schedule, steps or MOST_STEPS, self._link, command.allowed, in_mid_run=True
            )
        if command.restore:
            self._restore()
        self._watch.keep()
        self._steering.reset(prepared.driver if prepared else None)
        for event in prepared.events if prepared else ():
            self._link.send(event)

    def _restore(self, step: int | None = None) -> None:
        self.flush()
        self._watch.restore(step)
        self.restored = True

    def tell_changes(self) -> None:
        """Report what was steered, whoever did it, since this was last called."""
        new = self._changes[self._changes_told :]
        self._changes_told += len(new)
        for change in new:
            self._tell(_counted_from(self._report.begun, change))

    def _pause(self, reason: PauseReason) -> None:
        self._tell(Paused(self._report.steps, reason))
        self._link.answer()
        while not self._model.stop_training:
            command = self._link.wait()
            if isinstance(command, Resume):
                self._until_epoch_end = command.until_epoch_end
                self._tell(Resumed(self._report.steps))
                self._link.answer()
                break
            if isinstance(command, Pause):
                self._link.answer()
            elif command is not None:
                self._carry_out(command)
        self._pacer.restart(self._report.steps)

    def _tell(self, event: Event) -> None:
        self.flush()
        self._link.send(event)


def _counted_from(begun: int, change: Marked) -> Marked:
    """A change whose steps are counted from there."""
    steps = ("step", "origin", "checkpoint_step")
    told = {name: getattr(change, name) for name in steps}
    moved = {name: at - begun for name, at in told.items() if at is not None}
    return msgspec.structs.replace(change, **moved)


def in_order(script: Script) -> list[tuple[int, Steer | None]]:
    """A script with the first entry last; None: keep the state for a restore that comes later."""
    wanted = {one.checkpoint_step for _, one in script if isinstance(one, Restore)} - {None}
    whole = [*((step, None) for step in wanted if step is not None), *script]
    return sorted(whole, key=lambda entry: entry[0])[::-1]
