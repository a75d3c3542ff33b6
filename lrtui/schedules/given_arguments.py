"""Refuses a constructor's call whose arguments Keras would not take, or take otherwise."""

from collections.abc import Mapping
from typing import Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.lines.arithmetic import Piece
from lrtui.schedules.parameters import Invalid, parameters


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
