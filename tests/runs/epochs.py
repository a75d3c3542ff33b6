"""Epochs for tests, as a training tells them and as they are recorded."""

from typing import Any

from lrtui.protocol import Epoch, WireNumber
from lrtui.runs.record import EpochRecord


def epoch_event(
    epoch: int,
    steps: int,
    rate: WireNumber,
    loss: WireNumber,
    val_loss: WireNumber | None = None,
    **metrics: WireNumber,
) -> Epoch:
    logs: dict[str, WireNumber] = {"loss": loss, "learning_rate": rate, **metrics}
    return Epoch(epoch, steps, logs | ({} if val_loss is None else {"val_loss": val_loss}))


def epoch_record(
    epoch: int,
    steps: int,
    rate: float,
    loss: float,
    val_loss: float | None = None,
    marks: Any = None,
    **metrics: float,
) -> EpochRecord:
    logs = {"loss": loss, "learning_rate": rate, **metrics}
    logs |= {} if val_loss is None else {"val_loss": val_loss}
    return EpochRecord(epoch, steps, logs, marks or {})
