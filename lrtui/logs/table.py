"""Rows of named numbers, as CSV files and lists of JSON objects hold them, into logs."""

from array import array
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from lrtui.logs import columns
from lrtui.logs.values import Log, Series, Unit
from lrtui.schedules.arrays import Float64s, Int64s

_MOST_COLUMNS = 1000
"""Further columns of a file are left out: no training logs so many."""
MOST_TRAININGS = 64
"""Of more in one file the last ones are taken, and the first of them says how many are not."""


class Table:
    """Columns of numbers that grow row by row; what is no number is left out."""

    def __init__(self) -> None:
        self._rows: dict[str, array[int]] = {}
        self._values: dict[str, array[float]] = {}
        self._count = 0
        self._begins: list[int] = []
        """Rows before which the file itself says that another training begins."""

    def __len__(self) -> int:
        return self._count

    def add(self, row: Mapping[str, float]) -> None:
        """A row at the end."""
        for name, value in row.items():
            if name not in self._rows:
                if len(self._rows) >= _MOST_COLUMNS:
                    continue
                self._rows[name], self._values[name] = array("q"), array("d")
            self._rows[name].append(self._count)
            self._values[name].append(value)
        self._count += 1

    def begin_another(self) -> None:
        """Another training begins with the next row."""
        self._begins.append(self._count)

    def logs(
        self, name: str, kind: str, chosen: Mapping[str, str], *, counts_done: bool = False
    ) -> tuple[Log, ...]:
        """The trainings in it: more than one where the steps begin again.

        Args:
            name: what a person calls the file.
            kind: what wrote it.
            chosen: which column is what, where a person said it.
            counts_done: whether its steps are the number of those done, one more than the last.
        """
        if not self._rows:
            return ()
        counted, at, unit = self._counted(chosen)
        names = [one for one in self._rows if one not in counted]
        epochs = next((self._filled(one) for one in self._rows if columns.is_epoch(one)), None)
        begins = [0, *self._starts(names, at), self._count]
        left_out = max(0, len(begins) - 1 - MOST_TRAININGS)
        if counts_done and unit == "step":
            at = at - 1
        logs: list[Log] = []
        for first, stop in pairwise(begins[left_out:]):
            found = tuple(self._series(one, at, unit, first, stop) for one in names)
            found = tuple(one for one in found if len(one))
            if found:
                length = _epoch_length(at, epochs, first, stop) if unit == "step" else None
                roles = columns.roles([one.name for one in found], chosen)
                logs.append(Log(name, kind, found, roles, length, 0 if logs else left_out))
        return tuple(logs)

    def _counted(self, chosen: Mapping[str, str]) -> tuple[set[str], Float64s, Unit]:
        """The columns that count; the step or epoch of each row, NaN where it has none."""
        names = list(self._rows)
        counts = {one for one in names if columns.is_step(one) or columns.is_epoch(one)}
        counts |= {chosen[role] for role in ("step", "epoch") if chosen.get(role) in names}
        step = chosen.get("step") or next(filter(columns.is_step, names), None)
        if step in self._rows and "epoch" not in chosen:
            return counts, self._filled(step), "step"
        epoch = chosen.get("epoch") or next(filter(columns.is_epoch, names), None)
        if epoch in self._rows:
            at = self._filled(epoch)
            known = at[np.isfinite(at)]
            moves = np.count_nonzero(np.diff(known)) > 0.5 * (len(known) - 1)
            if (known == np.rint(known)).all() and (moves or len(known) == 1):
                return counts, at, "epoch"
        return counts, np.arange(self._count, dtype=np.float64), "step"

    def _filled(self, name: str) -> Float64s:
        filled = np.full(self._count, np.nan)
        filled[np.frombuffer(self._rows[name], np.int64)] = np.frombuffer(self._values[name])
        return filled

    def _starts(self, names: list[str], at: Float64s) -> list[int]:
        """Rows before which a column's steps go back: another training begins there."""
        starts = set(self._begins)
        for name in names:
            rows = np.frombuffer(self._rows[name], np.int64)
            steps = at[rows]
            rows, steps = rows[np.isfinite(steps)], steps[np.isfinite(steps)]
            starts |= set(rows[1:][np.diff(steps) < 0].tolist())
        return sorted(starts - {0})

    def _series(self, name: str, at: Float64s, unit: Unit, first: int, stop: int) -> Series:
        rows = np.frombuffer(self._rows[name], np.int64)
        values = np.frombuffer(self._values[name])
        within = slice(*np.searchsorted(rows, [first, stop]).tolist())
        steps = at[rows[within]]
        known = np.isfinite(steps) & (np.abs(steps) < 2.0**53)
        return Series(name, np.rint(steps[known]).astype(np.int64), values[within][known], unit)


def _epoch_length(at: Float64s, epochs: Float64s | None, first: int, stop: int) -> int | None:
    """Steps of an epoch, where steps and epochs of the rows tell it."""
    if epochs is None:
        return None
    known = np.isfinite(at[first:stop]) & np.isfinite(epochs[first:stop])
    steps, passed = at[first:stop][known], epochs[first:stop][known]
    if len(steps) < 2:
        return None
    if (passed != np.rint(passed)).any():  # parts of epochs, as transformers writes them
        later = passed > 0
        lengths = steps[later] / passed[later]
        length = float(np.median(lengths[-8:])) if later.any() else 0.0
        good = length >= 1 and np.abs(lengths - length).max() <= 0.51 / passed[later].min()
        return round(length) if good else None
    changes: Int64s = np.flatnonzero(np.diff(passed) == 1) + 1
    lengths = np.diff(steps[changes])
    if len(lengths) and (lengths == lengths[0]).all() and lengths[0] >= 1:
        return int(lengths[0])
    return None
