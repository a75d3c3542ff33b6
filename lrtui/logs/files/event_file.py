"""Reads the scalars of a TensorBoard event file, in pieces, as it grows; needs no TensorBoard.

The events of one scalar differ in a few bytes only: time, step, value. So one of them is taken
apart, and all that look like it are read by NumPy at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lrtui.logs.files.protobuf import EventPlaces, Malformed, read_event, read_scalar, read_varint
from lrtui.logs.files.tfrecord import Records, SameLength
from lrtui.schedules.arrays import Bools, Float64s, Int64s, Uint8s

_MOST_LIKE = 64
"""So many kinds of events of one length are read at once; what is left then one by one."""
_FEW = 4
"""So few are read one by one."""
_WALL_TIME = slice(1, 9)
"""Field 1 of an event, a double, which comes first."""


class Points(NamedTuple):
    """Values of one scalar."""

    places: Int64s
    """Where each stands in the file: the order in which they were written."""
    steps: Int64s
    values: Float64s

    def of(self, which: Bools | Int64s) -> "Points":
        """Some of them, or all in another order."""
        return Points(self.places[which], self.steps[which], self.values[which])


def joined(pieces: Sequence[Points]) -> Points:
    """The points of all pieces, one piece after the other."""
    if len(pieces) == 1:
        return pieces[0]
    places, steps, values = zip(*pieces, strict=True)
    return Points(np.concatenate(places), np.concatenate(steps), np.concatenate(values))


class EventFile:
    """The scalars of one file, of which more may come."""

    def __init__(self) -> None:
        self._records = Records()
        self._found: dict[bytes, list[Points]] = defaultdict(list)
        self._malformed = 0

    @property
    def damaged(self) -> int:
        """Records that are left out: their sum is wrong, or they are no event."""
        return self._records.damaged + self._malformed

    def feed(self, block: bytes) -> None:
        """Take in more of the file."""
        for records in self._records.feed(block):
            self._take(records)

    def scalars(self) -> dict[str, Points]:
        """All values so far by their tag, in the order of the file."""
        whole = {}
        for tag, pieces in self._found.items():
            if len(pieces) > 1:
                points = joined(pieces)
                if (np.diff(points.places) < 0).any():
                    points = points.of(np.argsort(points.places, kind="stable"))
                pieces[:] = [points]
            whole[tag.decode(errors="replace")] = pieces[0]
        return whole

    def _take(self, records: SameLength) -> None:
        places, rows = records
        for _ in range(_MOST_LIKE):
            if len(rows) <= _FEW:
                break
            data = rows[0].tobytes()
            try:
                event = read_event(data)
            except Malformed:
                self._malformed += 1
                places, rows = places[1:], rows[1:]
                continue
            like = _alike(rows, event)
            for tag, steps, values in _read(rows[like], event):
                self._found[tag].append(Points(places[like], steps, values))
            places, rows = places[~like], rows[~like]
        self._one_by_one(places, rows)

    def _one_by_one(self, places: Int64s, rows: Uint8s) -> None:
        found: dict[bytes, list[tuple[int, int, float]]] = defaultdict(list)
        for place, row in zip(places.tolist(), rows, strict=True):
            data = row.tobytes()
            try:
                event = read_event(data)
            except Malformed:
                self._malformed += 1
                continue
            step = read_varint(data, *event.step)
            for scalar in event.scalars:
                found[scalar.tag].append((place, step, read_scalar(data, scalar)))
        for tag, points in found.items():
            at, steps, values = zip(*points, strict=True)
            self._found[tag].append(
                Points(np.array(at, np.int64), np.array(steps, np.int64), np.array(values))
            )


def _alike(rows: Uint8s, event: EventPlaces) -> Bools:
    """Which rows differ from the first one in nothing but time, step and values."""
    mask = np.full(rows.shape[1], 0xFF, np.uint8)
    first = rows[0]
    if first[0] == 0x09:  # field 1, 8 bytes
        mask[_WALL_TIME] = 0
    mask[slice(*event.step)] = 0x80  # whether the varint goes on
    for scalar in event.scalars:
        if scalar.begin >= 0:
            mask[scalar.begin : scalar.begin + scalar.size] = 0
    fixed = np.flatnonzero(mask)
    same: Bools = ((rows[:, fixed] ^ first[fixed]) & mask[fixed] == 0).all(axis=1)
    return same


def _read(rows: Uint8s, event: EventPlaces) -> list[tuple[bytes, Int64s, Float64s]]:
    """Tag, steps and values of each scalar in rows that look like this event."""
    steps = np.zeros(len(rows), np.uint64)
    for shift, column in enumerate(range(*event.step)):
        steps |= (rows[:, column].astype(np.uint64) & np.uint64(0x7F)) << np.uint64(7 * shift)
    found = []
    for tag, begin, size in event.scalars:
        values = np.zeros(len(rows))
        if begin >= 0:
            raw = np.ascontiguousarray(rows[:, begin : begin + size])
            values = raw.view(f"<f{size}")[:, 0].astype(np.float64)
        found.append((tag, steps.astype(np.int64), values))
    return found
