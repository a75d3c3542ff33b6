"""Times as Composer writes them, ``10ep`` or ``0.1dur``, in batches."""

import ast
import re
from dataclasses import dataclass
from typing import Annotated, Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.foreign.constructor import Bundle, Kind, Line
from lrtui.schedules.foreign.optimizers import OUR_RATE
from lrtui.schedules.parameters import Invalid, LearningRate, Steps
from lrtui.schedules.reading import Reading


@dataclass(frozen=True, repr=False)
class Time:
    """A time of Composer, of the argument `name`."""

    name: str
    value: float
    unit: str

    def batches(self, per_epoch: int | None, whole: "Time | None") -> int:
        """The batches that it takes, rounded down as Composer does.

        Raises:
            Invalid: what it counts on is not given.
        """
        if self.unit == "ba":
            return int(self.value)
        if self.unit == "dur":
            if whole is None or whole.unit == "dur":
                raise Invalid("max_duration", 'must be given for "dur", as in "10ep"', self.text)
            if whole.unit == "ba":
                return int(self.value * whole.value)
        if per_epoch is None:
            raise Invalid("steps_per_epoch", f"must be given for {self.text}", None)
        if self.unit == "ep":
            return int(self.value) * per_epoch
        assert whole is not None
        return int(self.value * per_epoch * whole.value)

    def __repr__(self) -> str:
        """As it is written in a line."""
        return repr(self.text)

    @property
    def text(self) -> str:
        """``10ep``."""
        return f"{self.value:g}{self.unit}"


class _TimeText(Kind):
    """A time as Composer writes it."""

    def read(self, name: str, node: ast.expr, line: Line) -> Time:
        """The time.

        Raises:
            Invalid: it is none, or of a unit that is not counted here.
        """
        text = node.value if isinstance(node, ast.Constant) else None
        found = re.fullmatch(r"(\d+(?:\.\d+)?(?:e-?\d+)?)(ep|ba|dur)", str(text))
        if not isinstance(text, str) or not found:
            allowed = 'must be a time in "ep", "ba" or "dur"'
            raise Invalid(name, allowed, line.reader.source(node))
        return Time(name, float(found[1]), found[2])


class _ManyTimes(_TimeText):
    """Several."""

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The times."""
        if not isinstance(node, (ast.List, ast.Tuple)):
            raise Invalid(name, 'must be times, as in ["10ep"]', line.reader.source(node))
        return [super(_ManyTimes, self).read(name, one, line) for one in node.elts]


TimeText = Annotated[Any, _TimeText()]
Times = Annotated[Any, _ManyTimes()]
WHOLE = Time("t_max", 1, "dur")


@dataclass(frozen=True)
class Beside(Bundle):
    """What Composer takes from its trainer, given beside the original's arguments."""

    lr: LearningRate | None = None
    steps_per_epoch: Steps | None = None
    max_duration: TimeText = None

    @property
    def rate(self) -> float:
        """The optimizer's, or what is assumed."""
        return OUR_RATE if self.lr is None else self.lr

    def batches(self, time: Time) -> int:
        """The batches that a time takes, as :meth:`Time.batches`."""
        return time.batches(self.steps_per_epoch, self.max_duration)

    def some_batches(self, time: Time) -> int:
        """The same, at least one."""
        batches = self.batches(time)
        if batches < 1:
            raise Invalid(time.name, "must be at least one batch", time.text)
        return batches

    def phases(self, t_warmup: Time, t_max: Time) -> tuple[int, int]:
        """The batches of a warmup, and those after it."""
        warmup = self.batches(t_warmup)
        after = self.batches(t_max) - warmup
        if after < 1:
            allowed = "must be longer than the warmup, which it includes"
            raise Invalid(t_max.name, allowed, t_max.text)
        return warmup, after

    def reading(self, schedule: Schedule) -> Reading:
        """The schedule, with a note where its rate is assumed."""
        if self.lr is not None:
            return Reading(schedule)
        note = f"The optimizer's rate is not in the line: {OUR_RATE:g} is assumed; give it as lr=."
        return Reading(schedule, (note,))
