"""A schedule as source code to take home. Text only: imports no framework, evaluates nothing."""

from collections.abc import Callable
from types import MappingProxyType

from lrtui.export.code.to_keras import keras_code
from lrtui.export.code.to_optax import optax_code
from lrtui.export.code.to_torch import torch_code
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.user_schedule import UserSchedule, user_sources

__all__ = ["TARGETS", "code"]

_WRITERS: MappingProxyType[str, Callable[[Schedule], str]] = MappingProxyType(
    {"keras": keras_code, "torch": torch_code, "optax": optax_code}
)
TARGETS = tuple(_WRITERS)
"""The libraries that code is written for."""


def code(schedule: Schedule, to: str = "keras") -> str:
    """A source that runs as it stands and gives the rates of `schedule` in another library.

    Args:
        schedule: any schedule.
        to: one of :data:`TARGETS`.

    Returns:
        A whole module. For keras and optax it defines ``schedule``; for torch
        ``make_scheduler(optimizer)``.

    Raises:
        Invalid: there is no such target, or the schedule is code of the user's own.
    """
    if to not in _WRITERS:
        raise Invalid("to", f"must be one of {', '.join(TARGETS)}", to)
    if sources := user_sources(schedule):
        raise Invalid(
            "schedule", f"is code already, in {UserSchedule(sources[0]).path}", str(schedule)
        )
    return _WRITERS[to](schedule)
