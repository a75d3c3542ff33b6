"""A schedule of the user's own, from a Python file: its source and its sampled rates.

Here nothing of the file is opened, imported or run; whoever can do that fills the rates in.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec
import numpy as np

from lrtui.schedules.arrays import Float32s, Int64s
from lrtui.schedules.base import Composition, Schedule
from lrtui.schedules.parameters import Invalid
from lrtui.schedules.quantities import AnyText

MOST_STEPS = 2_000_000
"""No more steps are sampled."""
MOST_CORNERS = 1 << 17
"""Rates that turn more often are given by the extremes of short stretches."""
MOST_CHARACTERS = 4096

Source = Annotated[str, AnyText(example="mymodule.py:name")]


class UserSchedule(Schedule, frozen=True, tag="own"):
    """A schedule of your own, in a Python file.

    A function from a step to its rate, a Keras LearningRateSchedule, or a class of either kind that
    can be made without arguments. It is run in the training process, never in this one.

    Formula:
        rate[step], what your code gives for each step; a gap where that is no finite number

    Args:
        source: the file and the name in it, as in mymodule.py:name.

    Note:
        What is drawn is what was sampled when the file was last read; a training reads it anew.

    Reference:
        your file
    """

    step_dtype: ClassVar[str] = "int64"

    source: Source
    samples: bytes = b""
    """The rates of the steps from 0 on, as little-endian float32; no parameter, not in the text."""

    def check(self) -> None:
        """A file and a name in it."""
        if not is_source(self.source):
            allowed = "must be a Python file and a name in it, as in mymodule.py:name"
            raise Invalid("source", allowed, self.source)

    @property
    def path(self) -> str:
        """The path of the file, as it was given."""
        return self.source.rpartition(":")[0]

    @property
    def file(self) -> Path:
        """The file. A home folder that is not known stays a tilde."""
        return Path(os.path.expanduser(self.path))  # noqa: PTH111 - pathlib raises

    @property
    def name(self) -> str:
        """The name in the file, with dots where it is an attribute of something."""
        return self.source.rpartition(":")[2]

    @property
    def rates(self) -> Float32s:
        """The sampled rates, read-only, of shape (steps sampled,)."""
        return np.frombuffer(self.samples, "<f4")

    def formula(self, step: Any, xp: Any) -> Any:
        """The sampled rate; NaN where nothing is sampled."""
        rates = self.rates if self.samples else np.full(1, np.nan, np.float32)
        # Within a composition steps come as float32.
        place = xp.array(step, "int64")
        known = xp.take(rates, xp.clip(place, 0, len(rates) - 1))
        return xp.where(place < len(rates), known, xp.array(np.nan, "float32"))

    def corners(self, start: int, stop: int) -> Int64s:
        """Where the samples turn, and the edges of what is not finite."""
        corners = _corners(self.samples)
        return corners[(corners >= start) & (corners < stop)]

    def notes(self) -> Sequence[str]:
        """Rates that no training can use."""
        rates, found = self.rates, []
        wild = np.flatnonzero(~np.isfinite(rates))
        if wild.size:
            found.append(
                f"The rate of step {wild[0]} is {rates[wild[0]]}, which ruins the weights; "
                "return a finite number."
            )
        with np.errstate(invalid="ignore"):
            below = np.flatnonzero(rates < 0)
        if below.size:
            found.append(
                f"The rate is below 0 from step {below[0]} on, which climbs the loss; "
                "use max(0, ...)."
            )
        return found

    def __str__(self) -> str:
        """The source."""
        return self.source

    def inner_text(self) -> str:
        """The source as a string."""
        return repr(self.source)


def is_source(text: str) -> bool:
    """Whether a text has the form ``path/mymodule.py:name``."""
    if len(text) > MOST_CHARACTERS or not text.isprintable():
        return False
    path, _, name = text.rpartition(":")
    return path.endswith(".py") and all(part.isidentifier() for part in name.split("."))


def user_schedules(schedule: Schedule) -> tuple[UserSchedule, ...]:
    """Whatever is one's own in a schedule; mostly nothing."""
    if isinstance(schedule, UserSchedule):
        return (schedule,)
    if not isinstance(schedule, Composition):
        return ()
    return tuple(part for one in schedule.inner() for part in user_schedules(one))


def user_sources(schedule: Schedule) -> tuple[str, ...]:
    """The sources that a schedule is made of, each once."""
    return tuple(dict.fromkeys(part.source for part in user_schedules(schedule)))


def with_samples(schedule: Schedule, samples: Mapping[str, bytes]) -> Schedule:
    """The schedule with these samples, by source, wherever it is one's own."""
    return replace_user_schedules(
        schedule, lambda own: own.replace(samples=samples.get(own.source, b""))
    )


def replace_user_schedules(
    schedule: Schedule, change: Callable[[UserSchedule], UserSchedule]
) -> Schedule:
    """The schedule with everything in it that is one's own changed."""
    if isinstance(schedule, UserSchedule):
        return change(schedule)
    if not user_schedules(schedule):
        return schedule
    changes: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(schedule).items():
        if isinstance(value, Schedule):
            changes[name] = replace_user_schedules(value, change)
        elif isinstance(value, tuple) and value and isinstance(value[0], Schedule):
            changes[name] = tuple(replace_user_schedules(one, change) for one in value)
    return schedule.replace(**changes)


@lru_cache(maxsize=8)
def _corners(samples: bytes) -> Int64s:
    rates = np.frombuffer(samples, "<f4")
    known = np.isfinite(rates)
    with np.errstate(invalid="ignore"):
        way = np.sign(np.diff(rates))
    turns = np.flatnonzero(way[1:] != way[:-1]) + 1  # NaN differs from everything
    edges = np.flatnonzero(known[1:] != known[:-1]) + 1
    corners = np.union1d(turns, edges)
    if len(corners) > MOST_CORNERS:
        corners = _extremes(rates)
    end = len(rates)
    return np.append(corners, [end - 1, end]).astype(np.int64) if end else corners


def _extremes(rates: Float32s) -> Int64s:
    """The steps of the least and the greatest rate of each of many short stretches."""
    width = -(-len(rates) // (MOST_CORNERS // 2))
    rows = len(rates) // width
    table = rates[: rows * width].reshape(rows, width)
    begins = np.arange(rows) * width
    rest = np.arange(rows * width, len(rates))
    return np.union1d(np.concatenate([begins + table.argmin(1), begins + table.argmax(1)]), rest)
