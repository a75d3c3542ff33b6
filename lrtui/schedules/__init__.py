"""What a schedule is. Arrays in, arrays out; NumPy and msgspec, nothing else.

What reads texts is imported when the first is read: neither the first frame nor a training that is
given none waits for it.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lrtui.schedules.base import Schedule, short_name
from lrtui.schedules.catalogue import catalogue, find
from lrtui.schedules.docstrings import Docstring, read_docstring
from lrtui.schedules.notes import notes
from lrtui.schedules.parameters import Described, Invalid, Parameter, Quantity, parameters
from lrtui.schedules.quantities.described import reader_of
from lrtui.schedules.reading import Reading


def _imported_when_called(home: str, name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(import_module(home), name)(*arguments, **options)

    return call


if TYPE_CHECKING:
    from lrtui.schedules.naming import names_by_difference
    from lrtui.schedules.text import parse, read
else:
    names_by_difference = _imported_when_called("lrtui.schedules.naming", "names_by_difference")
    parse = _imported_when_called("lrtui.schedules.text", "parse")
    read = _imported_when_called("lrtui.schedules.text", "read")


@reader_of(Schedule)
def _nested_schedule(text: str) -> Schedule:
    """A schedule that stands alone in a form or a file, without parameters beside it."""
    return parse(text)


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
