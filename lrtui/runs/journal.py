"""The journal of a training, read: every step exactly, and whatever else happened."""

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lrtui.protocol import Event, Ready, Started, StepsDone, pack
from lrtui.protocol.journal import JournalLine, decode_line
from lrtui.protocol.registry import Place, open_own
from lrtui.protocol.values import last_known
from lrtui.runs.record import RunRecord

BLOCK_STEPS = 1 << 20
"""Steps that are folded into a record at once."""
FIRST_LINES = 2
"""What trains, and how it began."""
LOOKED_BACK = 128
"""Steps among which the last rate is looked for: where gradients accumulate, most use none."""
TAIL_BYTES = 1 << 16
"""Of the events, what is read to know how a training is now."""


class JournalRead(NamedTuple):
    """What a journal holds."""

    steps: NDArray[np.float32]
    """Rate and loss of each step, shape (steps, 2), mapped and not read."""
    lines: list[JournalLine]
    """The events that are understood here."""
    line_count: int
    """How many there are, with those that only a newer version understands."""

    def events(self) -> Iterator[Event]:
        """Everything as the events that it once was, the steps in large pieces."""
        told = 0
        for line in self.lines:
            stop = min(line.steps, len(self.steps))
            yield from self._steps(told, stop)
            told = max(told, stop)
            if not isinstance(line.event, StepsDone):  # that only tells which steps were skipped
                yield line.event
        yield from self._steps(told, len(self.steps))

    def record(self) -> RunRecord | None:
        """The record of the run; None: it had not begun."""
        events = self.events()
        for event in events:
            if isinstance(event, Started):
                return RunRecord.of(itertools.chain([event], events))
        return None

    @property
    def ready(self) -> Ready | None:
        """What trains: versions and devices; None: it did not say."""
        found = (line.event for line in self.lines if isinstance(line.event, Ready))
        return next(found, None)

    def _steps(self, first: int, stop: int) -> Iterator[StepsDone]:
        skipped = [
            step
            for line in self.lines
            if isinstance(line.event, StepsDone)
            for step in line.event.skipped
        ]
        for begin in range(first, stop, BLOCK_STEPS):
            end = min(begin + BLOCK_STEPS, stop)
            rates, losses = self.steps[begin:end].T
            within = tuple(step for step in skipped if begin <= step < end)
            yield StepsDone(begin, pack(rates), pack(losses), skipped=within)


def read_journal(place: Place) -> JournalRead:
    """What is in the journal now, also while it is written. What is cut at its end is left out."""
    written = _bytes(place.events).splitlines(keepends=True)
    if written and not written[-1].endswith(b"\n"):
        written.pop()
    lines = []
    for line in written:
        if line == b"\n":  # none of ours, and dear to refuse by the million
            continue
        with contextlib.suppress(msgspec.DecodeError):
            lines.append(decode_line(line))
    return JournalRead(_mapped(place.steps), lines, len(written))


def last_lines(place: Place) -> list[JournalLine]:
    """The first and the last events, enough to know how a training is now; costs a few 100 us."""
    found = []
    try:
        with open_own(place.events) as file:
            size = os.fstat(file.fileno()).st_size
            blocks = [file.readline(TAIL_BYTES) for _ in range(FIRST_LINES)]
            told = file.tell()
            begin = max(told, size - TAIL_BYTES)
            file.seek(begin)
            tail = file.read().splitlines(keepends=True)
            blocks += tail if begin == told else tail[1:]
    except OSError:
        return []
    for block in blocks:
        try:
            found.append(decode_line(block))
        except msgspec.DecodeError:
            continue
    return found


def last_step(place: Place) -> tuple[int, float | None, float | None]:
    """How many steps were done; the last rate that was used and the last batch's loss.

    None: there is none yet, or it is not known.
    """
    try:
        with open_own(place.steps) as file:
            count = os.fstat(file.fileno()).st_size // 8
            if not count:
                return 0, None, None
            file.seek(8 * max(0, count - LOOKED_BACK))
            rows = np.frombuffer(file.read(8 * LOOKED_BACK), "<f4").reshape(-1, 2)
    except (OSError, ValueError):
        return 0, None, None
    rates, losses = rows.T.copy()
    return count, last_known(rates), last_known(losses[-1:])


def _mapped(path: Path) -> NDArray[np.float32]:
    try:
        with open_own(path) as file:
            count = os.fstat(file.fileno()).st_size // 8
            if count:
                return np.memmap(file, "<f4", "r", shape=(count, 2))
    except (OSError, ValueError):
        pass
    return np.empty((0, 2), np.float32)


def _bytes(path: Path) -> bytes:
    try:
        with open_own(path) as file:
            return file.read()
    except OSError:
        return b""
