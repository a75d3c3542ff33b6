"""Recorded runs for tests: events as a worker sends them."""

import numpy as np

from lrtui.protocol import (
    Ended,
    Epoch,
    Event,
    Marked,
    Settings,
    Started,
    StepsDone,
    pack,
    to_wire,
)
from lrtui.runs.record import RunRecord
from tests.runs.epochs import epoch_event

SCHEDULE = "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)"
OTHER = "Constant(0.5)"
NAN, INF = float("nan"), float("inf")


def single(value: float) -> float:
    """What a float32 makes of a number, as Keras reports it."""
    return float(np.float32(value))


def epoch(number: int, steps: int, rate: float, loss: float, val_loss: float | None) -> Epoch:
    validated = None if val_loss is None else to_wire(single(val_loss))
    return epoch_event(number, steps, to_wire(single(rate)), to_wire(single(loss)), validated)


def a_run() -> RunRecord:
    """Two epochs of two steps; another schedule from step 2 on, cut before step 3; it diverges."""
    events: list[Event] = [
        Started(SCHEDULE, Settings(epochs=2, steps_per_epoch=2)),
        StepsDone(0, pack([0.1, 0.0999]), pack([0.7, 0.6])),
        epoch(1, 2, 0.0999, 0.65, None),
        Marked(step=2, kind="reset", schedule=OTHER),
        Marked(step=3, kind="plateau", schedule=OTHER, factor=0.1),
        StepsDone(2, pack([0.5, 0.05]), pack([INF, NAN])),
        epoch(2, 4, 0.05, INF, NAN),
        Ended(
            "done",
            history={
                "loss": [single(0.65), "inf"],
                "learning_rate": [single(0.0999), single(0.05)],
            },
        ),
    ]
    return RunRecord.of(events)


def an_empty_run() -> RunRecord:
    """Lost before its first step."""
    record = RunRecord.of([Started(SCHEDULE, Settings())])
    record.lose("the worker was killed")
    return record
