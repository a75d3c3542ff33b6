"""A run or a schedule as text to take home: CSV and JSON. Imports no framework."""

from lrtui.export.files import write_atomically
from lrtui.export.history import HISTORY_ENDINGS, export_run
from lrtui.export.numbers import shortest
from lrtui.export.values import values_csv, values_json

__all__ = [
    "HISTORY_ENDINGS",
    "export_run",
    "shortest",
    "values_csv",
    "values_json",
    "write_atomically",
]
