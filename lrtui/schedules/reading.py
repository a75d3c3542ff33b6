"""What comes of reading a text: a schedule, and notes on what was assumed to read it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lrtui.schedules.base import Schedule
from lrtui.schedules.lines.arithmetic import Piece
from lrtui.schedules.parameters import Invalid, parameters


class Reading(msgspec.Struct, frozen=True):
    """A schedule that was read from a text.

    A function of ``foreign/`` may return one in place of a schedule; the notes of schedules within
    others come together.
    """

    schedule: Schedule
    notes: tuple[str, ...] = ()
    """One sentence each for a person: what is assumed that the text does not say, or what the text
    says that the curve does not show; and what to do about it."""


def require_arguments(cls: type[Schedule], given: Mapping[str, Any], text: str) -> None:
    """Refuse a call or a config without an argument that Keras has no default for.

    Raises:
        Invalid: one is missing.
    """
    for parameter in parameters(cls)[: cls.required]:
        if parameter.name not in given:
            raise Invalid(cls.__name__, f"must be given {parameter.name}", Piece(text.strip()))
