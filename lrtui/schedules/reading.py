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
    others: tuple[Schedule, ...] = ()
    """The schedules of the optimizer's other groups of parameters, where their rates differ; the
    first one's is trained with."""
    named_only: bool = False
    """Whether a name was read and nobody gave a length: those that it has may be fitted."""


class Said:
    """What is found while a text is read, besides its schedule; readers add to it."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.others: list[Schedule] = []
        """As in :class:`Reading`."""


def require_arguments(cls: type[Schedule], given: Mapping[str, Any], text: str) -> None:
    """Refuse a call or a config without an argument that Keras has no default for.

    Raises:
        Invalid: one is missing.
    """
    for parameter in parameters(cls)[: cls.required]:
        if parameter.name not in given:
            raise Invalid(cls.__name__, f"must be given {parameter.name}", Piece(text.strip()))


def require_points(cls: type[Schedule], given: Mapping[str, Any]) -> None:
    """Refuse rates that Keras would work with as whole numbers: it takes the type of the first.

    Args:
        cls: a schedule's class.
        given: its arguments, as they are written: 1 is not 1.0.

    Raises:
        Invalid: the first rate is a whole number, or some of several are.
    """
    if cls.name_index is None:
        return  # Keras has no such class
    for name in ("initial_learning_rate", "values"):
        written = given.get(name)
        rates = written if isinstance(written, (list, tuple)) else [written]
        whole = [one for one in rates if type(one) is int and one >= 0]
        if whole and (name != "values" or len(whole) < len(rates)):
            why = "Keras works with the rates in the type of the first"
            raise Invalid(name, f"must be written with a point, as in 1.0: {why}", whole[0])
