"""A sweep as a person reads it: a heat map, or a line a value; then what follows from it."""

import math
import os
import sys
import textwrap
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

import numpy as np
from msgspec.structs import replace

from lrtui.cli.output import draw_over, put, put_painted
from lrtui.cli.progress import duration
from lrtui.cli.terminal import ascii_only, size
from lrtui.export.sweep import sweep_csv, sweep_json
from lrtui.plotting.heat_map import HeatMap, Way, heat_map_lines
from lrtui.runs.sweeps.answers import CellAnswer, SweepAnswers, names_of, verdict_lines
from lrtui.runs.sweeps.stored_trainings import TrainingKind

if TYPE_CHECKING:
    from lrtui.runs.sweeps.run import SweepRun

EVERY_SECONDS = 0.25
"""A picture is drawn at most so often while it fills."""
_STRIP = 24


def sweep_lines(answers: SweepAnswers, width: int, way: Way, ascii: bool) -> list[str]:
    """The picture and what follows from it.

    Args:
        answers: what is known.
        width: columns of the terminal.
        way: how cells are coloured.
        ascii: whether nothing but ASCII can be shown.
    """
    lines = verdict_lines(answers)
    whys = list(answers.whys.values())
    for why in dict.fromkeys(whys):
        lines.append(f"{whys.count(why)} cells: {why}")
    hours = answers.seconds / 3600
    cost = f"{hours:.2g} core-hours" if hours >= 0.1 else f"{answers.seconds:.3g} core-seconds"
    lines.append(f"({answers.trainings} trainings, at once, with the numbers of model.fit; {cost})")
    wrapped = [
        part for line in lines for part in textwrap.wrap(line, width, subsequent_indent="  ")
    ]
    pictures = _pictures(answers, width, way, ascii)
    return [*(line for one in pictures for line in one), "", *wrapped]


def _pictures(answers: SweepAnswers, width: int, way: Way, ascii: bool) -> list[list[str]]:
    """The lines of a map a schedule, or of one table."""
    sweep = answers.sweep
    if len(sweep.axes) < 2:
        return [_table(answers, width, ascii)]
    several, names = len(sweep.schedules) > 1, names_of(sweep)
    maps = [_map(answers, number, table) for number, table in enumerate(answers.medians)]
    beside = tuple(value for one in maps for row in one.values for value in row) if several else ()
    return [
        [*(["", name[:width]] if several else []), *heat_map_lines(one, width, way)]
        for name, one in zip(names, (replace(one, beside=beside) for one in maps), strict=True)
    ]


def _map(answers: SweepAnswers, schedule: int, table: "np.ndarray") -> HeatMap:
    """Over the last two axes; of others the lowest counts."""
    sweep = answers.sweep
    rows, columns = sweep.axes[-2], sweep.axes[-1]
    flat = table.reshape(-1, len(rows.values), len(columns.values))
    unknown, lost = (flat == -1).all(axis=0), np.isnan(flat)
    lowest = np.where(lost | (flat == -1), np.inf, flat).min(axis=0)
    values = tuple(
        tuple(
            None if unknown[row, column] else _finite(float(lowest[row, column]))
            for column in range(len(columns.values))
        )
        for row in range(len(rows.values))
    )
    best = answers.verdict.best
    at = None if best is None else answers.cell(best).place
    others = "" if len(sweep.axes) == 2 else " (the lowest of the other axes)"
    return HeatMap(
        values,
        rows.values,
        columns.values,
        rows.name,
        columns.name + others,
        None if at is None or at[0] != schedule else (at[-2], at[-1]),
    )


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _table(answers: SweepAnswers, width: int, ascii: bool) -> list[str]:
    """A line a cell: its value, the median, the range over the seeds, what diverged, a strip."""
    sweep, best = answers.sweep, answers.verdict.best
    axis = sweep.axes[0] if sweep.axes else None
    several, names = len(sweep.schedules) > 1, names_of(sweep)
    head = [*(["schedule"] if several else []), *([axis.name] if axis else []), "median", "lowest"]
    rows = [[*head, "highest", "diverged"]]
    for one in answers.cells:
        name = [names[one.place[0]]] if several else []
        counts = f"{one.diverged} of {len(one.losses)}" if one.losses else "-"
        numbers = [_short(one.median), _short(one.lowest), _short(one.highest)]
        rows.append([*name, *one.values, *numbers, counts])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = width - sum(widths) - 2 * len(widths)
    if several and room < _STRIP:
        widths[0] = max(min(12, widths[0]), widths[0] - (_STRIP - room))
    strip = min(40, width - sum(widths) - 2 * len(widths))
    ends = _ends(answers.cells)
    lines = []
    for number, row in enumerate(rows):
        cells = [
            text[:wide].ljust(wide) if several and not place else text[:wide].rjust(wide)
            for place, (text, wide) in enumerate(zip(row, widths, strict=True))
        ]
        line = "  ".join(cells)
        if number and strip >= 8:
            mark = "*" if number - 1 == best else ""
            line += "  " + _strip(answers.cells[number - 1], ends, strip, ascii) + mark
        lines.append(line.rstrip())
    return lines


def _ends(cells: Sequence[CellAnswer]) -> tuple[float, float]:
    sound = [loss for one in cells for loss in one.sound if loss > 0]
    return (min(sound), max(sound)) if sound else (1.0, 1.0)


def _strip(one: CellAnswer, ends: tuple[float, float], room: int, ascii: bool) -> str:
    """The losses of the seeds on a line, by their ratio: how far they lie apart, and the median."""
    if not one.sound or min(one.sound) <= 0 or ends[0] == ends[1]:
        return ""
    share = [math.log(loss / ends[0]) / math.log(ends[1] / ends[0]) for loss in one.sound]
    places = [round(part * (room - 1)) for part in share]
    middle = round(math.log(one.median / ends[0]) / math.log(ends[1] / ends[0]) * (room - 1))
    cells = [" "] * room
    for place in range(min(places), max(places) + 1):
        cells[place] = "-" if ascii else "─"
    cells[middle] = "o" if ascii else "●"
    return "".join(cells).rstrip()


def _short(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "-"


def way_of(stream: TextIO) -> Way:
    """How cells can be coloured on a stream."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return "none"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256color" in os.environ.get("TERM", "") else "none"


def put_answers(
    answers: SweepAnswers, format: str, kinds: Sequence[TrainingKind], left_out: Sequence[str]
) -> None:
    """Print what came of a sweep.

    Args:
        answers: what is known.
        format: text, csv or json.
        kinds: how its trainings were made.
        left_out: what a budget left out, a sentence each.
    """
    if format == "csv":
        put(sweep_csv(answers), end="")
    elif format == "json":
        put(sweep_json(answers, kinds, list(left_out)), end="")
    else:
        lines = sweep_lines(answers, size()[0], way_of(sys.stdout), ascii_only())
        put_painted([*lines, *left_out])


class SweepProgress:
    """Draws a sweep on stderr while it fills, if that is a terminal: the picture, and a bar.

    Args:
        stream: where.
        picture: whether the picture is drawn too, and not only the bar.
        ascii: whether nothing but ASCII can be shown.
    """

    def __init__(self, stream: TextIO, picture: bool, ascii: bool) -> None:
        self._stream, self._picture, self._ascii = stream, picture, ascii
        self._there = stream.isatty()
        self._began = time.monotonic()
        self._due = 0.0
        self._lines = 0
        self._first: int | None = None

    def draw(self, run: "SweepRun") -> None:
        """Draw what is known, if the last time was long enough ago."""
        now = time.monotonic()
        if not self._there or now < self._due:
            return
        self._due = now + EVERY_SECONDS
        columns, lines = size()
        shown = [self._bar(run, now)]
        if self._picture and run.known.trained:
            for picture in reversed(
                _pictures(run.answers, columns - 1, way_of(self._stream), self._ascii)
            ):  # of several as many as there is room for, the last ones
                if len(picture) + len(shown) + 1 < lines:
                    shown = [*picture, *shown]
        draw_over(self._stream, shown, self._lines)
        self._lines = len(shown)

    def wipe(self) -> None:
        """Take away what was drawn."""
        if self._lines:
            draw_over(self._stream, (), self._lines)
            self._lines = 0

    def _bar(self, run: "SweepRun", now: float) -> str:
        done, wanted = run.done, max(run.wanted, 1)
        self._first = done if self._first is None else self._first
        bar = f"[{'#' * (20 * done // wanted):<20}] {done} of {wanted} trainings"
        gained = done - self._first
        if gained <= 0:
            return f"{bar}  loading TensorFlow ..." if not run.known.trained else bar
        pace = gained / (now - self._began)
        left = duration((wanted - done) / pace)
        return f"{bar}  {pace:.3g} a second  {left} left"
