"""The record of a run that somebody else's log tells: steps it does not name are not known."""

import math

import numpy as np

from lrtui.logs.values import Log, Series
from lrtui.protocol import Epoch, Started, StepsDone, pack, to_wire
from lrtui.protocol.script import Script
from lrtui.protocol.values import NOT_KNOWN
from lrtui.runs.record import RunRecord
from lrtui.schedules.arrays import Float32s, Int64s

MOST_STEPS = 20_000_000
"""A log of more steps is not drawn: it would need memory for each of them."""
_BLOCK = 1 << 20


class TooManySteps(ValueError):
    """The log has steps beyond those that can be drawn."""


def record_of(log: Log, steps_per_epoch: int | None) -> RunRecord:
    """What the screen shows of a log.

    Args:
        log: what was read.
        steps_per_epoch: steps of an epoch, where it counts epochs; None: as it says, else 1.

    Raises:
        TooManySteps: it has steps beyond :data:`MOST_STEPS`.
    """
    length = steps_per_epoch or log.steps_per_epoch
    rates, losses = (log.column(role) for role in ("rate", "loss"))
    stop = 1 + max((int(steps_of(one, length).max()) for one in log.series if len(one)), default=-1)
    if stop > MOST_STEPS:
        raise TooManySteps(f"{log.name}: step {stop - 1} is too far to draw; at most {MOST_STEPS}")
    of_batches = losses if losses is not None and losses.unit == "step" else None
    script = Script(log.name, steps_per_epoch=length)
    record = RunRecord.of([Started(log.name, script=script)])
    rate, loss = (_filled(one, length, stop) for one in (rates, of_batches))
    for first in range(0, stop, _BLOCK):
        part = slice(first, min(first + _BLOCK, stop))
        record.add(StepsDone(first, pack(rate[part]), pack(loss[part])))
    for epoch in _epochs(log, length):
        record.add(epoch)
    record.state = "watched"
    return record


def steps_of(series: Series, length: int | None) -> Int64s:
    """The step of each value; an epoch's is its last one, or the epoch's number."""
    if series.unit == "step":
        return series.at
    return (series.at + 1) * length - 1 if length else series.at


def _filled(series: Series | None, length: int | None, stop: int) -> Float32s:
    values = np.full(stop, NOT_KNOWN, np.float32)
    if series is not None:
        steps = steps_of(series, length)
        within = (steps >= 0) & (steps < stop)
        values[steps[within]] = series.values[within].astype(np.float32)
    return values


def _epochs(log: Log, length: int | None) -> list[Epoch]:
    """A row for each epoch that the log tells of, and for each validation."""
    rows: dict[int, dict[str, float]] = {}
    names = {name: role for role, name in log.columns.items()}
    called = {"rate": "learning_rate", "loss": "loss", "validation_loss": "val_loss"}
    for series in log.series:
        role = names.get(series.name)
        if series.unit != "epoch" and role != "validation_loss":
            continue
        name = called[role] if role else series.name.replace("epoch_", "")
        for step, value in zip(
            steps_of(series, length).tolist(), series.values.tolist(), strict=True
        ):
            if not math.isnan(value) or role:
                rows.setdefault(step, {}).setdefault(name, value)
    return [
        Epoch(number, step + 1, {name: to_wire(value) for name, value in logs.items()})
        for number, (step, logs) in enumerate(sorted(rows.items()), 1)
    ]
