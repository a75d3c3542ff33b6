"""Trainings at once that are asked for, and what is known of them so far."""

import numpy as np
from msgspec import Struct

from lrtui.protocol import (
    Ended,
    Epoch,
    Event,
    Settings,
    Started,
    StepsDone,
    TrainedAtOnce,
    pack,
    to_wire,
    unpack,
)
from lrtui.runs.record import LOSS, RunRecord, validation_of
from lrtui.schedules.arrays import Float32s


class Asked(Struct, frozen=True, eq=False):
    """Trainings that are wanted."""

    settings: Settings
    """Of all of them; the seed does not count."""
    rates: Float32s
    """Shape (schedules, steps of a training)."""
    rows: tuple[tuple[int, int], ...]
    """Of each training which schedule it has, and its seed; in the order in which it is wanted."""
    losses: bool = True
    """Whether the loss of every batch is wanted, or only those of the epochs."""
    until_diverged: bool = False
    """Whether a training may end when its loss is not finite."""
    first_step: int = 0
    """The step that the first of the rates is of."""
    state: str = ""
    """The file with the state that they begin with; empty: that of their seeds."""
    most_seconds: float | None = None
    """What would take longer is given up as soon as that is known; None: it may take any time."""


class Trained:
    """What is known so far of trainings that were asked for. NaN: not yet.

    Args:
        asked: what.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        rows, steps = len(asked.rows), asked.rates.shape[1]
        self.losses = np.full((rows, steps if asked.losses else 0), np.nan, np.float32)
        """Of each batch, shape (trainings, steps)."""
        epochs = steps // asked.settings.steps_per_epoch
        self.means = np.full((rows, epochs), np.nan, np.float32)
        """Of each epoch, shape (trainings, epochs)."""
        self.validation = np.full_like(self.means, np.nan)
        """At the end of each epoch, of the same shape."""
        self.steps = np.zeros(rows, np.int64)
        """How many steps of each training are done."""
        self.stacked = False

    def add(self, event: TrainedAtOnce) -> None:
        """Some more is known."""
        rows = slice(event.first_row, event.first_row + event.rows)
        stop = event.first_step + event.steps
        self.steps[rows] = stop
        if event.losses:
            losses = unpack(event.losses).reshape(event.rows, -1)
            self.losses[rows, event.first_step : stop] = losses
        for kept, told in ((self.means, event.means), (self.validation, event.validation)):
            if told:
                values = unpack(told).reshape(event.rows, -1)
                epochs = slice(event.first_epoch, event.first_epoch + values.shape[1])
                kept[rows, epochs] = values

    @property
    def validated(self) -> bool:
        """Whether there are validation losses."""
        return bool(self.asked.settings.validation_share)

    def record(self, row: int, schedule: str) -> RunRecord:
        """A training as the record of a run.

        Args:
            row: which one.
            schedule: in its text form.
        """
        which, seed = self.asked.rows[row]
        settings = self.asked.settings.replace(seed=seed)
        steps, length = int(self.steps[row]), settings.steps_per_epoch
        rates = self.asked.rates[which]
        events: list[Event] = [Started(schedule, settings)]
        events.append(StepsDone(0, pack(rates[:steps]), pack(self.losses[row, :steps])))
        for epoch in range(steps // length):
            stop = (epoch + 1) * length
            logs = {
                "learning_rate": float(rates[stop - 1]),
                LOSS: to_wire(float(self.means[row, epoch])),
            }
            if self.validated:
                logs[validation_of(LOSS)] = to_wire(float(self.validation[row, epoch]))
            events.append(Epoch(epoch + 1, stop, logs))
        events.append(Ended("done" if steps == len(rates) else "stopped"))
        return RunRecord.of(events)
