"""LiveCallback: reports every step of a ``model.fit`` and obeys commands between two steps.

The one place where a training talks to whoever watches it, in our worker and in anybody's script.
It never computes a rate: what it reports was noted inside the compiled step.
"""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras
import msgspec

from lrtui.schedules import Invalid, parse
from lrtui.schedules.own import MOST_STEPS
from lrtui.training.link import Link, NoLink
from lrtui.training.own import OwnFault, prepare, sample
from lrtui.training.pacer import Pacer
from lrtui.training.protocol import (
    Command,
    Epoch,
    Event,
    Pace,
    Pause,
    Paused,
    Reset,
    Resume,
    Resumed,
    Sample,
    Scale,
    Start,
    Steps,
    Stop,
    pack,
    to_wire,
)
from lrtui.training.resident import resident_bytes
from lrtui.training.steer import Steering

REPORT_SECONDS = 0.1
"""Steps are reported at most this often."""


class LiveCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Put it last in ``callbacks``. Steps are counted from 0 at the start of the fit.

    At each epoch's end ``logs["learning_rate"]`` is the rate of the epoch's last step, so that
    Keras' own ``History`` holds it.

    Args:
        link: who watches; None: nobody, which is enough for the history.
        steering: of the same model, kept attached after the fit. None: one for this fit only.
        resets_at: steps before which the schedule is reset; exact with one step per execution.
        pace: at most so many steps a second, to watch and steer; None: as fast as it can.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        link: Link | None = None,
        *,
        steering: Steering | None = None,
        resets_at: Sequence[int] = (),
        pace: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._link = link if link is not None else NoLink()
        self._given = steering
        self._steering: Steering | None = None
        self._resets_at = sorted(set(resets_at), reverse=True)
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
        return self.steering.steps - self._begun

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Take over; a pause or a reset at step 0 is obeyed here."""
        self._steering = self._given if self._given is not None else Steering(self.model)
        self._begun = self._steering.steps
        self._reported = 0
        self._changes_told = len(self._steering.changes)
        self._unread_batches = 0
        self._batches_held = self._steering.capacity // (2 * int(self.model.steps_per_execution))
        self._epochs: list[Epoch] = []
        self._last_rate = float("nan")
        self._due = self._clock() + REPORT_SECONDS
        self._pacer.restart(0)
        self._obey()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Report if it is time, obey what was commanded."""
        self._unread_batches += 1
        if self._clock() >= self._due or self._unread_batches >= self._batches_held:
            self.flush()
        self._obey()
        self._keep_pace()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the rate into the logs, report the epoch."""
        logs = logs if logs is not None else {}
        steps = self.steps
        if steps:
            rates, _ = self.steering.read(self._begun + steps - 1, self._begun + steps)
            self._last_rate = float(rates[0])
        logs["learning_rate"] = self._last_rate
        self._epochs.append(
            Epoch(
                epoch=epoch + 1,
                steps=steps,
                learning_rate=to_wire(self._last_rate),
                loss=to_wire(float(logs.get("loss", "nan"))),
                validation_loss=to_wire(float(logs["val_loss"])) if "val_loss" in logs else None,
            )
        )
        if self._clock() >= self._due:
            self.flush()
        self._obey()

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
        self._unread_batches = 0
        self._due = self._clock() + REPORT_SECONDS
        steps = self.steps
        if steps > self._reported:
            rates, losses = self.steering.read(self._begun + self._reported, self._begun + steps)
            self._link.send(Steps(self._reported, pack(rates), pack(losses), resident_bytes()))
            self._reported = steps
        for epoch in self._epochs:
            self._link.send(epoch)
        self._epochs.clear()

    def _obey(self) -> None:
        while self._resets_at and self.steps >= self._resets_at[-1]:
            self._resets_at.pop()
            self.steering.reset()
        self._tell_changes()
        while not self.model.stop_training and (command := self._link.poll()) is not None:
            self._carry_out(command)

    def _keep_pace(self) -> None:
        while (early := self._pacer.early(self.steps)) > 0 and not self.model.stop_training:
            command = self._link.wait(early)
            if command is not None:
                self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        try:
            self._do(command)
            self._tell_changes()
        except (Invalid, OwnFault) as error:
            print(f"ignored a command: {error}", file=sys.stderr, flush=True)

    def _do(self, command: Command) -> None:
        match command:
            case Reset(schedule=text):
                self._reset(text)
            case Sample(source=source, steps=steps):
                self._link.send(sample(source, steps))
            case Scale(factor=factor):
                self.steering.scale(factor)
            case Pause():
                self._pause()
                self._pacer.restart(self.steps)
            case Pace(steps_per_second=pace):
                self._pacer.pace = pace
                self._pacer.restart(self.steps)
            case Stop():
                self.stopped = self.model.stop_training = True
            case Start():
                self.successor = command
                self.stopped = self.model.stop_training = True
            case Resume():
                pass

    def _reset(self, text: str | None) -> None:
        if text is None:
            self.steering.reset()
            return
        # Of a fit whose length Keras does not know, as much as any run may have.
        steps = (self.params.get("epochs") or 0) * (self.params.get("steps") or 0)
        prepared = prepare(parse(text), steps or MOST_STEPS, self._link)
        self.steering.reset(prepared.driver)
        for event in prepared.events:
            self._link.send(event)

    def _tell_changes(self) -> None:
        """Report what was steered, whoever did it."""
        changes = self.steering.changes[self._changes_told :]
        self._changes_told += len(changes)
        for change in changes:
            self._tell(msgspec.structs.replace(change, step=change.step - self._begun))

    def _pause(self) -> None:
        self._tell(Paused(self.steps))
        while not self.model.stop_training:
            command = self._link.wait()
            if isinstance(command, Resume):
                self._tell(Resumed(self.steps))
                return
            if command is not None and not isinstance(command, Pause):
                self._carry_out(command)

    def _tell(self, event: Event) -> None:
        self.flush()
        self._link.send(event)
