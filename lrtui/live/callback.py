"""LiveCallback: reports every step of a ``model.fit`` and obeys commands between two steps.

The one place where a training talks to whoever watches it, in our worker and in anybody's script.
It never computes a rate: what it reports was noted inside the compiled step.
"""

import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, assert_never

import keras

from lrtui.live.divergence import DivergenceWatch
from lrtui.live.link import Link, NoLink
from lrtui.live.pacer import Pacer
from lrtui.live.report import Reporter
from lrtui.live.steering import Steering
from lrtui.live.user_schedule import OwnFault, prepare, sample
from lrtui.protocol import (
    Command,
    Event,
    FindRate,
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
    TrainAtOnce,
    UndoSteering,
)
from lrtui.protocol.outside_text import harmless
from lrtui.protocol.range_test import Sweep
from lrtui.schedules import Invalid, parse
from lrtui.schedules.user_schedule import MOST_STEPS


class LiveCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Put it last in ``callbacks``. Steps are counted from 0 at the start of the fit.

    At each epoch's end ``logs["learning_rate"]`` is the rate of the epoch's last step, so that
    Keras' own ``History`` holds it.

    Commands that come during the last batch of an epoch are obeyed at the epoch's end, after the
    callbacks before this one.

    Args:
        link: who watches; None: nobody, which is enough for the history.
        steering: of the same model, kept attached after the fit. None: one for this fit only.
        script: steps and what is done before each; exact with one step per execution.
        pace: at most so many steps a second, to watch and steer; None: as fast as it can.
        pause_on_divergence: whether the first loss that is not finite pauses the fit. It then keeps
            checkpoints in memory, for a restore: the last three of those taken at the start, at
            epochs' ends and before the rate is steered upward, at most 512 MB together.
        finder: does a range test on a copy of the model, before the step that it is told.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        link: Link | None = None,
        *,
        steering: Steering | None = None,
        script: Sequence[tuple[int, Steer]] = (),
        pace: float | None = None,
        pause_on_divergence: bool = False,
        finder: Callable[[Sweep, int], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        if pause_on_divergence and link is None:
            raise ValueError("pause_on_divergence needs a link: someone who lets it go on")
        self._link = link if link is not None else NoLink()
        self._given = steering
        self._steering: Steering | None = None
        self._script = _in_order(script)
        self._pause_on_divergence = pause_on_divergence
        self._finder = finder
        self._clock = clock
        self._pacer = Pacer(pace, clock)
        self.successor: Start | None = None
        """The start that ended this run before its time."""
        self.stopped = False
        """Whether a command ended this run before its time."""

    @property
    def steering(self) -> Steering:
        """What steers the model, while it trains."""
        assert self._steering is not None, "only while it trains"
        return self._steering

    @property
    def steps(self) -> int:
        """Steps done since the start of the fit."""
        return self._report.steps

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Take over; what comes before step 0 is obeyed here."""
        steering = self._given if self._given is not None else Steering(self.model)
        self._steering = steering
        per_execution = int(self.model.steps_per_execution)
        self._report = Reporter(self._link, steering, per_execution, self._clock)
        wanted = [step for step, command in self._script if command is None]
        self._divergence = DivergenceWatch(self.model, steering, self._pause_on_divergence, wanted)
        self._divergence.keep()
        self._until_epoch_end = False
        self._mean_looked_at = False
        self._pacer.restart(0)
        self._obey()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keras' running mean begins anew."""
        self._mean_looked_at = False

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Report if it is time, obey what was commanded."""
        if self._report.due() or self._mean_is_bad(logs):
            self.flush()
        batches = self.params.get("steps")
        if batches is None or batch + 1 < batches:
            self._obey()
            self._keep_pace()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the rate into the logs, report the epoch, obey."""
        self._report.epoch(epoch, logs if logs is not None else {})
        if self._report.due():
            self.flush()
        self._divergence.keep()
        pausing, self._until_epoch_end = self._until_epoch_end, False
        self._obey()
        if pausing and epoch + 1 < (self.params.get("epochs") or math.inf):
            self._pause("epoch")
        self._keep_pace()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Report the rest, give the model back."""
        self.close()

    def close(self) -> None:
        """What :meth:`on_train_end` does. Call it when ``fit`` raised; harmless if it did not."""
        if self._steering is None:
            return
        self._tell_changes()
        self.flush()
        if self._given is None:
            self._steering.detach()
        self._steering = None

    def flush(self) -> None:
        """Report all that is done and not reported yet."""
        reported = self._report.flush()
        if reported is not None:
            self._divergence.look(*reported)

    def _mean_is_bad(self, logs: dict[str, Any] | None) -> bool:
        """Whether the losses must be looked at: once a loss is not finite, Keras' mean is not."""
        if not self._divergence.watching or self._mean_looked_at or not logs:
            return False
        self._mean_looked_at = not math.isfinite(logs.get("loss", 0.0))
        return self._mean_looked_at

    def _obey(self) -> None:
        """Do what is to be done before the next step; waits while it is paused."""
        diverged, self._divergence.found = self._divergence.found, None
        if diverged is not None:
            self._tell(diverged)
        while self._script and self.steps >= self._script[-1][0]:
            step, scripted = self._script.pop()
            if scripted is None:
                self._divergence.keep_wanted(step)
            else:
                self._carry_out(scripted)
        self._tell_changes()
        if diverged is not None and not self._divergence.watching:
            self._pause("diverged")
        while not self.model.stop_training and (command := self._link.poll()) is not None:
            self._carry_out(command)

    def _keep_pace(self) -> None:
        if self._pacer.pace is None:
            return
        while (early := self._pacer.early(self.steps)) > 0 and not self.model.stop_training:
            command = self._link.wait(early)
            if command is not None:
                self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        try:
            self._do(command)
            self._tell_changes()
        except (Invalid, OwnFault) as error:
            print(f"ignored a command: {harmless(str(error))}", file=sys.stderr, flush=True)

    def _do(self, command: Command) -> None:
        match command:
            case Reset():
                self._reset(command)
            case UndoSteering():
                self._divergence.keep()
                self.steering.undo()
            case Restore(checkpoint_step=step):
                self._restore(step)
            case Scale(factor=factor):
                if factor > 1:
                    self._divergence.keep()
                self.steering.scale(factor)
            case SetRate(learning_rate=rate):
                self._divergence.keep()
                self.steering.set_rate(rate)
            case Sample(source=source, steps=steps, allowed=allowed):
                self._link.send(sample(source, steps, allowed))
            case Pause():
                self._pause("asked")
            case Resume(until_epoch_end=until):
                self._until_epoch_end = until
            case Pace(steps_per_second=pace):
                self._pacer.pace = pace
                self._pacer.restart(self.steps)
            case FindRate(sweep=sweep):
                self._find(sweep)
            case Stop():
                self.stopped = self.model.stop_training = True
            case Start():
                self.successor = command
                self.stopped = self.model.stop_training = True
            case TrainAtOnce():
                pass  # another process does these
            case _:
                assert_never(command)

    def _find(self, sweep: Sweep) -> None:
        self.flush()
        if self._finder is None:
            error = "this training cannot be copied; call lrtui.find_rate(model, ...) before fit"
            self._link.send(RangeTestEnded(sweep, step=self.steps, error=error))
        else:
            self._finder(sweep, self.steps)
        self._pacer.restart(self.steps)

    def _reset(self, command: Reset) -> None:
        prepared = None
        if command.schedule is not None:
            # Of a fit whose length Keras does not know, as much as any run may have.
            steps = (self.params.get("epochs") or 0) * (self.params.get("steps") or 0)
            schedule = parse(command.schedule)
            prepared = prepare(schedule, steps or MOST_STEPS, self._link, command.allowed)
        if command.restore:
            self._restore()
        self._divergence.keep()
        self.steering.reset(prepared.driver if prepared else None)
        for event in prepared.events if prepared else ():
            self._link.send(event)

    def _restore(self, step: int | None = None) -> None:
        self.flush()
        self._divergence.restore(step)
        self._mean_looked_at = False

    def _tell_changes(self) -> None:
        """Report what was steered, whoever did it."""
        for change in self._report.changes():
            self._tell(change)

    def _pause(self, reason: PauseReason) -> None:
        self._tell(Paused(self.steps, reason))
        while not self.model.stop_training:
            command = self._link.wait()
            if isinstance(command, Resume):
                self._until_epoch_end = command.until_epoch_end
                self._tell(Resumed(self.steps))
                break
            if command is not None and not isinstance(command, Pause):
                self._carry_out(command)
        self._pacer.restart(self.steps)

    def _tell(self, event: Event) -> None:
        self.flush()
        self._link.send(event)


def _in_order(script: Sequence[tuple[int, Steer]]) -> list[tuple[int, Steer | None]]:
    """A script with the first entry last; None: keep the state for a restore that comes later."""
    wanted = {one.checkpoint_step for _, one in script if isinstance(one, Restore)} - {None}
    whole = [*((step, None) for step in wanted if step is not None), *script]
    return sorted(whole, key=lambda entry: entry[0])[::-1]
