"""The table of a training on stdout, and its progress on stderr where that is a terminal."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

import click

from lrtui.cli.errors import report
from lrtui.export import shortest
from lrtui.training.record import Row, RunRecord

_BAR = 20
_HEADER = f"{'epoch':>5}  {'step':>8}  {'learning_rate':>13}  {'loss':>10}  {'val_loss':>10}  event"


class Table:
    """Prints a row an epoch as it arrives, and one line of progress that is drawn over itself."""

    def __init__(
        self, out: TextIO, progress: TextIO | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._progress = progress if progress is not None and progress.isatty() else None
        self._clock = clock
        self._began: float | None = None
        self._first = 0
        self._line = ""

    def loading(self) -> None:
        """Say so."""
        self._draw("loading TensorFlow ...")

    def advanced(self, record: RunRecord) -> None:
        """Draw the bar and the time left."""
        if self._began is None:
            self._began = self._clock()
            self._first = record.steps
        done, total = record.steps, record.settings.steps
        filled = "#" * (_BAR * done // total)
        line = f"[{filled:<{_BAR}}] step {done}/{total}"
        if done > self._first:
            pace = (self._clock() - self._began) / (done - self._first)
            line += f"  {duration(pace * (total - done))} left"
        self._draw(line)

    def row(self, row: Row) -> None:
        """Print an epoch; above the first one the header."""
        self._print(f"{_HEADER}\n{row_text(row)}" if row.epoch == 1 else row_text(row))

    def notice(self, text: str) -> None:
        """A line on stderr."""
        self.close()
        report(text, click.get_current_context(silent=True))

    def close(self) -> None:
        """Wipe the progress."""
        self._draw("")

    def _print(self, text: str) -> None:
        line = self._line
        self.close()
        self._out.write(text + "\n")
        self._out.flush()
        self._draw(line)

    def _draw(self, line: str) -> None:
        if self._progress is None or line == self._line:
            return
        width = shutil.get_terminal_size((80, 24)).columns - 1
        self._progress.write("\r\x1b[K" + line[:width])
        self._progress.flush()
        self._line = line


def row_text(row: Row) -> str:
    """An epoch as aligned columns; the last one, what happened in it, is not always there."""
    loss = f"{row.loss:.6g}"
    validation = "-" if row.validation_loss is None else f"{row.validation_loss:.6g}"
    counts = {"reset": row.resets, "cut": row.cuts}
    events = [name if count == 1 else f"{name}*{count}" for name, count in counts.items() if count]
    rate = shortest(row.learning_rate)
    columns = f"{row.epoch:>5}  {row.steps:>8}  {rate:>13}  {loss:>10}  {validation:>10}  "
    return f"{columns}{' '.join(events)}".rstrip()


def duration(seconds: float) -> str:
    """A time as short as one reads it: ``12 s``, ``3 min 5 s``, ``2 h 4 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def standard() -> Table:
    """On the process' own streams."""
    return Table(sys.stdout, sys.stderr)
