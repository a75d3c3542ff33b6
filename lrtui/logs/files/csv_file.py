"""Reads a CSV log in pieces, as it grows: Keras' CSVLogger, Lightning's metrics.csv, one's own."""

import csv
import math
from collections.abc import Mapping

from lrtui.logs.table import Table
from lrtui.logs.values import Log

_DELIMITERS = (",", ";", "\t")
_LONGEST_LINE = 1 << 20
"""A longer line is no line of a log."""
_LONG_LINE = 1 << 16
_LARGEST_NAME = 200
_OURS = {"epoch", "step", "learning_rate", "resets", "cuts"}
"""What is in a file of ours with a row an epoch; its `step` is the number of those done."""


class CsvFile:
    """The rows of one file, of which more may come; a cut last line waits for its end."""

    def __init__(self) -> None:
        self._rest = b""
        self._delimiter = ""
        self._names: list[str] | None = None
        self._table = Table()
        self.damaged = 0
        """Lines that hold no number, or far too long ones: they are left out."""

    def feed(self, block: bytes) -> None:
        """Take in more of the file."""
        whole, newline, self._rest = (self._rest + block).rpartition(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            self._rest, self.damaged = b"", self.damaged + 1
        if not newline:
            return
        lines = whole.decode("utf-8-sig", errors="replace").replace("\0", "").splitlines()
        if not self._delimiter:
            head = next((line for line in lines if line.strip()), "")
            self._delimiter = max(_DELIMITERS, key=head.count)
        for line in lines:
            self._add(line)

    def logs(self, name: str, chosen: Mapping[str, str]) -> tuple[Log, ...]:
        """The trainings in it."""
        ours = self._names is not None and set(self._names) >= _OURS
        return self._table.logs(name, "lrtui" if ours else "CSV", chosen, counts_done=ours)

    def _add(self, line: str) -> None:
        if not line.strip() or line.startswith("#"):
            return
        try:
            if (
                '"' not in line and len(line) < _LONG_LINE
            ):  # a reader a line takes as long as all else
                cells = [cell.lstrip() for cell in line.split(self._delimiter)]
            else:
                cells = next(csv.reader([line], delimiter=self._delimiter, skipinitialspace=True))
        except (csv.Error, StopIteration):
            self.damaged += 1
            return
        if self._names is None:
            if any(_number(cell) is None and cell.strip() for cell in cells):
                self._names = [cell.strip()[:_LARGEST_NAME] for cell in cells]
                return
            self._names = [str(place) for place in range(1, len(cells) + 1)]
        if [cell.strip() for cell in cells] == self._names:
            self._table.begin_another()
            return
        numbers = ((name, _number(cell)) for name, cell in zip(self._names, cells, strict=False))
        row = {name: number for name, number in numbers if number is not None}
        if row:
            self._table.add(row)
        else:
            self.damaged += 1


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if len(cell) < 64 or math.isfinite(number) else None
