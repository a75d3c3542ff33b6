"""What is to be seen, as a value, and the pictures of it. Pure: no widget, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrtui.plotting import (
    Columns,
    Curve,
    Mark,
    Picture,
    column_at,
    column_of,
    columns_of,
    plot,
    points_columns,
    schedule_columns,
    series_columns,
    step_of,
)
from lrtui.schedules import Schedule, parse
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.own import sampled
from lrtui.training.record import Row, RunRecord
from lrtui.tui import figures

FORM, USED, VALIDATION, BATCHES = 1, 2, 3, 4
"""The paint of each kind of curve."""

EPOCH_COLUMNS = (
    ("epoch", 5),
    ("step", 6),
    ("learning rate", 13),
    ("loss", 8),
    ("val loss", 8),
)
"""The columns of the table of epochs, with their widths in cells."""

ROOMY = 60
"""Plots narrower than this need the room of their title for the legend."""
LANDMARKS_UP_TO = 200_000
"""Beyond so many steps, looking at each of them would be felt at every key press."""


@dataclass(frozen=True)
class Scene:
    """All that the plots and the readout show."""

    schedule: Schedule
    """What the form shows."""
    total_steps: int
    """How many steps the form asks to see."""
    steps_per_epoch: int
    record: RunRecord | None = None
    """The latest run."""
    log: bool = False
    cursor: int | None = None
    ascii: bool = False

    @property
    def active(self) -> bool:
        """Whether the latest run is under way."""
        return self.record is not None and not self.record.over

    @property
    def stop(self) -> int:
        """The step after the last that is drawn."""
        if self.record is not None and self.active:
            return self.record.settings.steps
        return self.total_steps

    @property
    def form_origin(self) -> int:
        """The step at which the form's schedule begins: where a reset would start it now."""
        return self.record.steps if self.record is not None and self.active else 0


@dataclass(frozen=True)
class Stretch:
    """A schedule that drives from `begin` on, counting its own steps from there."""

    begin: int
    schedule: Schedule
    factor: float = 1.0


def driving(record: RunRecord) -> Stretch:
    """What drives a run from its present step on."""
    begin, schedule, factor = 0, record.schedule, 1.0
    for mark in record.marks:
        schedule, factor = mark.schedule, mark.factor
        begin = mark.step if mark.kind == "reset" else begin
    return Stretch(begin, sampled(parse(schedule), record.samples), factor)


def rate_picture(scene: Scene, width: int, height: int) -> Picture:
    """Rate over steps: what the form describes, what was used, and what the run has planned."""
    columns = columns_of(width)
    curves = []
    used = scene.record
    if used is not None and scene.active:
        planned = driving(used)
        if planned.schedule != scene.schedule:
            restarted = Stretch(used.steps, scene.schedule)
            curves.append(_future(restarted, used.steps, scene.stop, columns, FORM, "if reset"))
        curves.append(_future(planned, used.steps, scene.stop, columns, USED, "planned"))
    else:
        seen = schedule_columns(scene.schedule, 0, scene.stop, columns)
        curves.append(Curve(seen, FORM, name="schedule" if used else ""))
    if used is not None and used.steps:
        seen = series_columns(used.rates, 0, scene.stop, columns)
        curves.append(Curve(seen, USED, name="used"))
    return plot(
        width,
        height,
        curves,
        start=0,
        stop=scene.stop,
        log=scene.log,
        title="learning rate" if width >= ROOMY else "rate",
        marks=_marks(scene),
        cursor=scene.cursor,
        ascii=scene.ascii,
    )


def loss_picture(scene: Scene, width: int, height: int) -> Picture:
    """Loss over steps: each batch's, and the epochs' means for training and validation."""
    columns, record, stop = columns_of(width), scene.record, scene.stop
    curves = []
    if record is not None:
        ends = [row.steps - 1 for row in record.rows]
        batches = series_columns(record.losses, 0, stop, columns)
        means = points_columns(ends, [row.loss for row in record.rows], 0, stop, columns)
        held_out = [
            np.nan if row.validation_loss is None else row.validation_loss for row in record.rows
        ]
        validation = points_columns(ends, held_out, 0, stop, columns)
        curves = [
            Curve(batches, BATCHES, name="batch", behind=True),
            Curve(means, USED, name="train"),
            Curve(validation, VALIDATION, dashed=True, name="validation"),
        ]
    return plot(
        width,
        height,
        curves,
        start=0,
        stop=stop,
        title="loss",
        x_ticks=False,
        marks=_marks(scene),
        cursor=scene.cursor,
        ascii=scene.ascii,
    )


def readout(scene: Scene, width: int) -> str:
    """The rates under the cursor, or the landmarks of the form's schedule: what `width` holds."""
    parts = _landmarks(scene) if scene.cursor is None else _under_cursor(scene, scene.cursor)
    between = " - " if scene.ascii else " · "
    while len(between.join(parts)) > width and len(parts) > 1:
        parts.pop()
    return between.join(parts)


def _landmarks(scene: Scene) -> list[str]:
    found = landmarks(scene.schedule, scene.total_steps, exact_up_to=LANDMARKS_UP_TO)
    parts = []
    for mark in found:
        place = f" at {mark.step}" if mark.name in ("peak", "half") and mark.step else ""
        above = mark.name == "peak" and mark.rate > found[0].rate
        if mark.name in ("start", "half", "end", "mean") or above:
            parts.append(f"{mark.name} {figures.rate(mark.rate, 2)}{place}")
    return parts


def _under_cursor(scene: Scene, step: int) -> list[str]:
    parts = [f"step {step} (epoch {step // scene.steps_per_epoch + 1})"]
    record = scene.record
    if record is not None and step < record.steps:
        parts.append(f"used {figures.rate(float(record.rates[step]), 4)}")
        parts.append(f"loss {figures.loss(float(record.losses[step]))}")
    elif record is not None and scene.active:
        planned = driving(record)
        due = float(planned.schedule(step - planned.begin)) * planned.factor
        parts.append(f"planned {figures.rate(due, 4)}")
    if not scene.active:
        parts.append(f"schedule {figures.rate(float(scene.schedule(step)), 4)}")
    return parts


def epoch_cells(row: Row) -> tuple[str, ...]:
    """The cells of an epoch's row; beside the epoch an r: a reset fell into it, a c: a cut."""
    marks = "r" * (row.resets > 0) + "c" * (row.cuts > 0)
    texts = (
        f"{row.epoch}{marks:>2}",
        f"{row.steps}",
        figures.rate(row.learning_rate),
        figures.loss(row.loss),
        figures.loss(row.validation_loss),
    )
    return tuple(text.rjust(width) for text, (_, width) in zip(texts, EPOCH_COLUMNS, strict=True))


def cursor_moved(scene: Scene, width: int, cells: int) -> int:
    """The step under the cursor after moving it by cells of a plot `width` cells wide."""
    columns = columns_of(width)
    if scene.cursor is None:
        return 0 if cells > 0 else scene.stop - 1
    column = column_of(scene.cursor, 0, scene.stop, columns) + 2 * cells
    step = step_of(min(max(column, 0), columns), 0, scene.stop, columns)
    nearest = scene.cursor + (1 if cells > 0 else -1)
    step = max(step, nearest) if cells > 0 else min(step, nearest)
    return min(max(step, 0), scene.stop - 1)


def step_at(scene: Scene, width: int, x: int) -> int:
    """The first step that cell `x` of a plot `width` cells wide shows."""
    return step_of(column_at(x, width), 0, scene.stop, columns_of(width))


def _future(stretch: Stretch, now: int, stop: int, columns: int, style: int, name: str) -> Curve:
    """The curve of a schedule from the present step on."""
    low, high = schedule_columns(stretch.schedule, 0, stop, columns, origin=stretch.begin)
    past = column_of(min(now, stop), 0, stop, columns)
    low[:past] = high[:past] = np.nan
    return Curve(Columns(low * stretch.factor, high * stretch.factor), style, True, name)


def _marks(scene: Scene) -> Sequence[Mark]:
    if scene.record is None:
        return ()
    letters = {"reset": "r", "scale": "x", "plateau": "c"}
    return [Mark(mark.step, letters[mark.kind]) for mark in scene.record.marks]
