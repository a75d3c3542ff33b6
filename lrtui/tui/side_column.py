"""What stands below the form where there is room: figures, runs, the line's meaning."""

import textwrap
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lrtui.plotting.cell_text import shorten
from lrtui.plotting.large_text import large_text
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.sparkline import sparkline
from lrtui.runs.record import LOSS, RunRecord
from lrtui.schedules.arrays import ArrayLike
from lrtui.tui import paints
from lrtui.tui.dialogs.parameter_help import ParameterHelp, parameter_help
from lrtui.tui.form.editor import Editor
from lrtui.tui.number_format import format_loss, format_rate
from lrtui.tui.scene.readout import painted
from lrtui.tui.scene.scene import Scene
from lrtui.tui.scene.scene_notes import scene_notes
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedText
from lrtui.tui.training import run_list
from lrtui.tui.training.session import Session

MOST_RUNS = 8
SPARK, LONGEST_SPARK = 8, 16
PICTURE_ROWS = 8
LARGE_PICTURE_ROWS = 13
WHOLE_FROM = 30
"""From so many rows on all is said of a line."""
LARGE_FROM = 20
"""With fewer rows than this the figures are not large: something else would have no room."""


class SideColumn:
    """What stands there now. Help is of the values that one came to the line with, so that turning
    draws none of it anew.

    Args:
        session: the runs.
        editor: knows the line that the form stands on.
    """

    def __init__(self, session: Session, editor: Editor) -> None:
        self._session, self._editor = session, editor
        self._told: ParameterHelp | None = None
        self._told_of: object = None
        """The line, and what else the help depends on."""

    def rows(self, scene: Scene, width: int, height: int) -> list[PaintedText]:
        """As :func:`side_rows`."""
        state, line = self._editor.form_state, self._editor.present_line
        present = line, state.parts.present.name, scene.total
        if self._told is None or self._told_of != present:
            self._told_of, self._told = present, parameter_help(state, line, scene.total)
        return side_rows(self._session, scene, self._told, width, height)


def side_rows(
    session: Session, scene: Scene, told: ParameterHelp, width: int, height: int
) -> list[PaintedText]:
    """What has room, the important first.

    Args:
        session: the runs.
        scene: what the plots show.
        told: help on the line that the form stands on.
        width: in cells.
        height: in rows.
    """
    ascii = scene.ascii
    rows: list[PaintedText] = []
    for title, block, picture in _blocks(session, scene, told, width, height):
        room = height - len(rows) - 1
        if block and room >= min(len(block), 3):
            block = block + picture if room >= len(block) + len(picture) else block
            rule = "-" if ascii else "─"
            rows.append([(f"{rule * 2} {title} ".ljust(width, rule)[:width], paints.HEADING)])
            rows += block[:room]
    return rows


def _blocks(
    session: Session, scene: Scene, told: ParameterHelp, width: int, height: int
) -> Iterator[tuple[str, list[PaintedText], list[PaintedText]]]:
    """Title, rows, and rows that are shown whole or not at all."""
    if session.record is not None and session.record.steps:
        yield (
            "now",
            _figures(session.record, width, large=height >= LARGE_FROM, ascii=scene.ascii),
            [],
        )
    yield "runs", _runs(session.runs, width, scene.ascii), []
    title = told.title.partition(" = ")[0].replace("_", " ")
    yield (title, *_about(told, scene.marker, width, whole=height >= WHOLE_FROM))
    wrapped = [row for note in scene_notes(scene) for row in textwrap.wrap(note, width)]
    yield "notes", [[(row, None)] for row in wrapped], []


def _figures(record: RunRecord, width: int, *, large: bool, ascii: bool) -> list[PaintedText]:
    """Rate, loss, validation loss and epoch, each with what it was before."""
    rows: list[PaintedText] = []
    for name, value, before, paint in _measured(record):
        spark = sparkline(
            before, min(max(4, width - len(name) - len(value) - 3), LONGEST_SPARK), ascii=ascii
        )
        if large and not ascii and len(value) * 4 <= width:
            rows.append([(f"{name} ", paints.FAINT), (spark[: width - len(name) - 1], paint)])
            rows += [[(row, paint)] for row in large_text(value)]
        else:
            rows.append([(f"{name} ", paints.FAINT), (f"{value} ", paint), (spark, paint)])
    return rows


def _measured(record: RunRecord) -> Iterator[tuple[str, str, ArrayLike, Paint]]:
    rates, losses = record.rates, record.losses
    whole = record.rows[-1].steps if record.rows else len(rates)  # a sparkline is sent whole
    yield "rate", format_rate(float(rates[-1]), 2), rates[:whole], paints.USED
    means = [row.loss for row in record.rows]
    if means:
        yield "loss of the epoch", format_loss(means[-1]), means, paints.TRAIN
    else:
        yield "loss of the batch", format_loss(float(losses[-1])), losses.tolist(), paints.TRAIN
    held = [row.validation(LOSS) for row in record.rows]
    known = [value for value in held if value is not None]
    if known:
        yield "validation loss", format_loss(known[-1]), known, paints.VALIDATION
    yield "epoch", str(len(record.rows)), [], paints.PLAIN


def _runs(runs: Sequence[RunRecord], width: int, ascii: bool) -> list[PaintedText]:
    if not runs:
        return [[("none yet: t trains", paints.FAINT)]]
    named = list(zip(run_list.run_names(runs), runs, strict=True))[-MOST_RUNS:]
    rows: list[PaintedText] = []
    for name, run in reversed(named):
        losses = run_list.held_out_losses(run)
        best = format_loss(min(losses)) if losses else ""
        tail = f" {sparkline(losses, SPARK, ascii=ascii):<{SPARK}} {best:>7} {run.state}"
        room = max(4, width - len(tail))
        rows.append([(f"{shorten(name, room, ascii):<{room}}", None), (tail, paints.FAINT)])
    return rows


@lru_cache(maxsize=4)
def _about(
    told: ParameterHelp, marker: MarkerName, width: int, *, whole: bool
) -> tuple[list[PaintedText], list[PaintedText]]:
    """What a line means, or all that there is to say of it, and its small picture.

    Kept: it is the same while one turns, and took a seventh of a key at 120x40.
    """
    meant = next((text for heading, text in told.facts if heading == "means"), "")
    texts = told.rows(width) if whole else textwrap.wrap(meant, width)
    rows: list[PaintedText] = [[(row, None)] for row in texts]
    drawn = len(told.curves) > 1
    high = LARGE_PICTURE_ROWS if whole else PICTURE_ROWS
    return rows, painted(told.picture(width, high, marker)) if drawn else []
