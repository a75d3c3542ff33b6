"""The runs of earlier sessions of the program, read back from their journals."""

from collections.abc import Iterator

from lrtui.protocol import Settings
from lrtui.runs.journal import read_journal
from lrtui.runs.record import RunRecord
from lrtui.runs.trainings import record_in, trainings

MOST = 20
"""So many are read back, the latest ones."""


def earlier_runs(before: float) -> list[RunRecord]:
    """The runs of lrtui's own that began before a time and are over, oldest first.

    One whose process was killed is there with all but its last second.

    Args:
        before: seconds since 1970.
    """
    found = []
    for record in _records(before):
        found.append(record)
        if len(found) == MOST:
            break
    return found[::-1]


def _records(before: float) -> Iterator[RunRecord]:
    for training in trainings():
        if training.alive or training.entry.began >= before:
            continue
        record = record_in(read_journal(training.place), training)
        if record is not None and isinstance(record.settings, Settings):
            yield record
