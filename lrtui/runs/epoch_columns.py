"""The columns of a table of epochs: one list that the screen, the command line and files read.

What Keras logs has a column by its name, so a metric needs no entry here.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from lrtui.protocol import MarkKind
from lrtui.runs.record import LOSS, EpochRecord, validation_of

Unit = Literal["count", "rate", "measure"]
"""How a value is shown: a whole number; a learning rate; a loss or metric."""


class EpochColumn(Struct, frozen=True):
    """One column."""

    name: str
    """In files, and on the command line."""
    heading: str
    """On the screen."""
    unit: Unit
    value: Callable[[EpochRecord], float | None]
    """What stands in it; None: it was not measured."""


def measure_column(name: str) -> EpochColumn:
    """The column of a loss or metric, as Keras calls it."""
    heading = name.replace("_", " ")
    return EpochColumn(name, heading, "measure", lambda record: record.logs.get(name))


def _marks_column(name: str, kind: MarkKind) -> EpochColumn:
    return EpochColumn(name, name, "count", lambda record: record.marks.get(kind, 0))


EPOCH = EpochColumn("epoch", "epoch", "count", lambda record: record.epoch)
STEP = EpochColumn("step", "step", "count", lambda record: record.steps)
RATE = EpochColumn(
    "learning_rate", "learning rate", "rate", lambda record: record.logs.get("learning_rate")
)
STANDARD = (EPOCH, STEP, RATE, measure_column(LOSS), measure_column(validation_of(LOSS)))
"""They are in every table."""
MARKS = (_marks_column("resets", "reset"), _marks_column("cuts", "plateau"))
"""In files: how often the run was steered."""


def metric_columns(records: Sequence[EpochRecord]) -> tuple[EpochColumn, ...]:
    """The columns of all that was logged besides, in the order in which it first was."""
    names = dict.fromkeys(name for record in records for name in record.logs)
    known = {column.name for column in STANDARD}
    return tuple(measure_column(name) for name in names if name not in known)


def measures(records: Sequence[EpochRecord]) -> tuple[str, ...]:
    """The loss, and the metrics that were logged: each stands for itself and its validation."""
    names = [LOSS, *(column.name for column in metric_columns(records))]
    validations = {validation_of(name) for name in names}
    return tuple(name for name in names if name not in validations)


def file_columns(records: Sequence[EpochRecord]) -> tuple[EpochColumn, ...]:
    """The columns of a file; new ones come at the end, so that who reads it by place still can."""
    return (*STANDARD, *MARKS, *metric_columns(records))
