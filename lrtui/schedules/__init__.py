"""What a schedule is. Arrays in, arrays out; NumPy and msgspec, nothing else.

What reads texts is imported when first used: a training that is given none does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lrtui.schedules.base import Schedule, short_name
from lrtui.schedules.catalogue import catalogue, find
from lrtui.schedules.docstrings import Docstring, read_docstring
from lrtui.schedules.notes import notes
from lrtui.schedules.parameters import Described, Invalid, Parameter, Quantity, parameters

if TYPE_CHECKING:
    from lrtui.schedules.naming import names_by_difference
    from lrtui.schedules.reading import Reading
    from lrtui.schedules.text import parse, read

__all__ = [
    "Described",
    "Docstring",
    "Invalid",
    "Parameter",
    "Quantity",
    "Reading",
    "Schedule",
    "catalogue",
    "find",
    "names_by_difference",
    "notes",
    "parameters",
    "parse",
    "read",
    "read_docstring",
    "short_name",
]

_HOMES = {
    "Reading": "reading",
    "names_by_difference": "naming",
    "parse": "text",
    "read": "text",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lrtui.schedules' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"lrtui.schedules.{_HOMES[name]}"), name)
    return found
