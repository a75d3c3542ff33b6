"""What a log of a training holds, as frozen values: columns by name, each over steps or epochs."""

from typing import Literal

import msgspec
import numpy as np

from lrtui.schedules.arrays import Float64s, Int64s

Unit = Literal["step", "epoch"]
Role = Literal["rate", "loss", "validation_loss"]
ROLES: tuple[Role, ...] = ("rate", "loss", "validation_loss")


class Series(msgspec.Struct, frozen=True):
    """The numbers of one column, in the order in which they were written."""

    name: str
    """As the file calls it."""
    at: Int64s
    """The step or epoch of each, by the file's own count."""
    values: Float64s
    """The numbers; those that are not known are left out, NaN stays."""
    unit: Unit = "step"
    """What `at` counts."""

    def __len__(self) -> int:
        return len(self.at)


class Log(msgspec.Struct, frozen=True):
    """One training's log."""

    name: str
    """What a person calls it: a file's or a folder's name."""
    kind: str
    """What wrote it: ``CSV``, ``TensorBoard``, ``History``, ``trainer_state``, ``Lightning``."""
    series: tuple[Series, ...] = ()
    columns: dict[Role, str] = {}
    """Which column is what, as far as it was found."""
    steps_per_epoch: int | None = None
    """Where the log tells; None: it does not."""
    left_out: int = 0
    """How many earlier trainings of the same file are left out."""

    def column(self, role: Role) -> Series | None:
        """The column of that role; None: there is none."""
        return next((one for one in self.series if one.name == self.columns.get(role)), None)

    @property
    def rate(self) -> Series | None:
        """The learning rates; None: it has none."""
        return self.column("rate")

    @property
    def has_rates(self) -> bool:
        """Whether any learning rate is a number, at a step or epoch from 0 on."""
        rate = self.rate
        return rate is not None and bool((np.isfinite(rate.values) & (rate.at >= 0)).any())

    @property
    def last(self) -> int:
        """The largest step or epoch that any column has; -1: nothing is in it."""
        return max((int(one.at.max()) for one in self.series if len(one)), default=-1)


class LogsRead(msgspec.Struct, frozen=True):
    """What was found at a path."""

    logs: tuple[Log, ...] = ()
    """The trainings, oldest first where one can tell."""
    faults: tuple[str, ...] = ()
    """What could not be read, a line each."""


def series(name: str, at: list[int], values: list[float], unit: Unit = "step") -> Series:
    """A series of lists."""
    return Series(name, np.array(at, np.int64), np.array(values, np.float64), unit)
