"""What a schedule is. Arrays in, arrays out; NumPy and msgspec, nothing else."""

from lrtui.schedules.base import Schedule, short_name
from lrtui.schedules.catalogue import catalogue, find
from lrtui.schedules.docstrings import Docstring, read_docstring
from lrtui.schedules.naming import names_by_difference
from lrtui.schedules.notes import notes
from lrtui.schedules.parameters import Described, Invalid, Parameter, Quantity, parameters
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
