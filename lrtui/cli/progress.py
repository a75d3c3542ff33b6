"""Prints the table of a training on stdout, and its progress on stderr if that is a terminal."""

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO

import click

from lrtui.cli.errors import report
from lrtui.export import shortest
from lrtui.protocol.marks import KINDS
from lrtui.protocol.outside_text import harmless
from lrtui.runs.epoch_columns import STANDARD, EpochColumn, metric_columns
from lrtui.runs.record import EpochRecord, RunRecord

LOADING = "loading TensorFlow ..."
_BAR = 20
_WIDTHS = {"epoch": 5, "step": 8, "learning_rate": 13}
"""Characters of a column, at least."""
_WIDTH = 10


class ProgressLine:
    """One line of progress, drawn over itself; nothing if the stream is no terminal."""

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._clock = clock
        self._began: float | None = None
        self._first = 0
        self.text = ""
        """What is drawn now."""

    def draw(self, text: str) -> None:
        """Draw this in its place; nothing wipes it."""
        if self._stream is None or text == self.text:
            return
        width = shutil.get_terminal_size((80, 24)).columns - 1
        self._stream.write("\r\x1b[K" + harmless(text)[:width])
        self._stream.flush()
        self.text = text

    def bar(self, done: int, total: int, what: str) -> None:
        """Draw how much is done, what that is, and the time left at the pace so far."""
        if self._began is None:
            self._began, self._first = self._clock(), done
        line = f"[{'#' * (_BAR * done // total):<{_BAR}}] {what}"
        if done > self._first:
            pace = (self._clock() - self._began) / (done - self._first)
            line += f"  {duration(pace * (total - done))} left"
        self.draw(line)


class ProgressTable:
    """Prints a row an epoch as it arrives, and its progress."""

    def __init__(
        self, out: TextIO, progress: TextIO | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._line = ProgressLine(progress, clock)

    def loading(self) -> None:
        """Say so."""
        self._line.draw(LOADING)

    def began(self, record: RunRecord) -> None:
        """Nothing to say yet."""

    def advanced(self, record: RunRecord) -> None:
        """Draw the bar and the time left."""
        done, total = record.steps, record.ours.steps
        self._line.bar(done, total, f"step {done}/{total}")

    def row(self, row: EpochRecord) -> None:
        """Print an epoch; above the first one the header."""
        head = f"{header_text(row)}\n" if row.epoch == 1 else ""
        self._print(head + row_text(row))

    def notice(self, text: str) -> None:
        """A line on stderr."""
        self.close()
        report(text, click.get_current_context(silent=True))

    def close(self) -> None:
        """Wipe the progress."""
        self._line.draw("")

    def _print(self, text: str) -> None:
        line = self._line.text
        self.close()
        self._out.write(harmless(text, keep="\n") + "\n")
        self._out.flush()
        self._line.draw(line)


class RunsProgress:
    """The progress of several runs, one after another.

    Args:
        titles: what each run is, in their order.
        progress: where it is drawn.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        titles: Sequence[str],
        progress: TextIO | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._titles = titles
        self._line = ProgressLine(progress, clock)
        self._begun = 0

    @property
    def title(self) -> str:
        """The run that began last, and its number."""
        title = f"{self._titles[self._begun - 1]}: " if self._begun else ""
        return f"{title}run {self._begun} of {len(self._titles)}"

    def loading(self) -> None:
        """Say so."""
        self._line.draw(LOADING)

    def began(self, record: RunRecord) -> None:
        """The next run."""
        self._begun += 1

    def advanced(self, record: RunRecord) -> None:
        """Draw the bar over all runs and the time left."""
        steps = record.ours.steps
        done = (self._begun - 1) * steps + record.steps
        self._line.bar(done, len(self._titles) * steps, self.title)

    def row(self, row: EpochRecord) -> None:
        """Not told."""

    def notice(self, text: str) -> None:
        """A line on stderr, with the run it is about."""
        self.close()
        report(f"{self.title}: {text}", click.get_current_context(silent=True))

    def close(self) -> None:
        """Wipe the progress."""
        self._line.draw("")


def header_text(row: EpochRecord) -> str:
    """The names of the columns that :func:`row_text` has for such an epoch."""
    return (
        "".join(f"{name:>{_width(name)}}  " for name in (one.name for one in _columns(row)))
        + "event"
    )


def row_text(row: EpochRecord) -> str:
    """An epoch as aligned columns; the last column, how it was steered, may be empty."""
    cells = [f"{_cell(one, row):>{_width(one.name)}}  " for one in _columns(row)]
    words = [(kind.epoch_word, row.marks.get(name, 0)) for name, kind in KINDS.items()]
    events = [word if count == 1 else f"{word}*{count}" for word, count in words if word and count]
    return f"{''.join(cells)}{' '.join(events)}".rstrip()


def _columns(row: EpochRecord) -> tuple[EpochColumn, ...]:
    return (*STANDARD, *metric_columns([row]))


def _width(name: str) -> int:
    return _WIDTHS.get(name, max(_WIDTH, len(name)))


def _cell(column: EpochColumn, row: EpochRecord) -> str:
    value = column.value(row)
    if value is None:
        return "-"
    if column.unit == "count":
        return str(value)
    return f"{value:.6g}" if column.unit == "measure" else shortest(value)


def duration(seconds: float) -> str:
    """A time as short as one reads it: ``12 s``, ``3 min 5 s``, ``2 h 4 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def standard_table() -> ProgressTable:
    """On the process' own streams."""
    return ProgressTable(sys.stdout, sys.stderr)
