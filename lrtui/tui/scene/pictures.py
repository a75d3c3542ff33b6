"""The pictures of a scene: rate and loss over steps. Pure."""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from lrtui.plotting.columns import (
    Columns,
    column_of,
    points_columns,
    schedule_columns,
    series_columns,
)
from lrtui.plotting.drawing import bare_plot, plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Curve, Label, Mark, Picture
from lrtui.plotting.x_axis import Epochs, Percent, Steps, XAxis
from lrtui.protocol.events import Marked
from lrtui.protocol.marks import KINDS
from lrtui.protocol.settings import Settings
from lrtui.protocol.values import last_known
from lrtui.runs.record import LOSS, RunRecord, validation_of
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Anys, Float32s
from lrtui.tui.number_format import format_rate
from lrtui.tui.scene.scene import DrivingSchedule, Scene, driving_schedule, plan_is_followed

FORM, USED, VALIDATION, BATCHES = 1, 2, 3, 4
"""The paint of each kind of curve."""
PINS = 4
"""A pin's paint is its number after this."""
FAN = 13
"""The paint of the family of a parameter."""
OVERLAID = 13
"""An overlaid run's paint is its number after this."""
PLANNED, TRAIN = 17, 18

ROOMY = 60
"""Plots narrower than this need the room of their title for the legend."""
BLOW_UP = 10.0
"""A loss so many times the first one is part of a divergence, if there was one."""
SMOOTH_PARTS = 4
"""A smoothed loss is the mean over this part of an epoch."""

FAN_PLACES = np.array([1, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05])
"""Where on its curve the value of a fan may stand, as parts of what is seen."""


def rate_picture(scene: Scene, width: int, height: int) -> Picture:
    """Rate over steps: what the form describes, what was used, and what the run has planned."""
    start, stop = scene.window
    columns = columns_of(width)
    curves = [
        Curve(_kept_columns(schedule, start, stop, columns), FAN, behind=True)
        for _, schedule in scene.fan
    ]
    for pin, _ in scene.pins:
        curve_columns = _kept_columns(pin.schedule, start, stop, columns)
        curves.append(Curve(curve_columns, PINS + pin.paint, pin.paint))
    for place, (_, run) in enumerate(scene.overlaid, 1):
        curve_columns = series_columns(run.rates, start, stop, columns)
        curves.append(Curve(curve_columns, OVERLAID + place, place))
    used = scene.record
    if used is not None and scene.active:
        planned = driving_schedule(used)
        if planned is None or planned.schedule != scene.schedule:
            restarted = DrivingSchedule(used.steps, scene.schedule)
            there = _future(restarted, used.steps, scene, columns)
            curves.append(Curve(there, FORM, 2, "if reset"))
        ours = isinstance(used.settings, Settings)
        if planned is not None and (ours or plan_is_followed(used, planned)):
            ahead = _future(planned, used.steps, scene, columns)
            curves.append(Curve(ahead, PLANNED, 1, "planned"))
    else:
        curve_columns = schedule_columns(scene.schedule, start, stop, columns)
        curves.append(Curve(curve_columns, FORM, 2 if used else 0, "schedule" if used else ""))
    if used is not None and used.steps:
        curve_columns = series_columns(used.rates, start, stop, columns)
        curves.append(Curve(curve_columns, USED, name="used"))
    title = "learning rate" if width >= ROOMY else "rate"
    if scene.range_name and not scene.active:
        title += f" over the {scene.range_name}"
    return _plot(
        scene,
        width,
        height,
        curves,
        title=title,
        log=scene.view_state.axes.log,
        labels=_labels(scene),
        fill=USED if scene.fills else 0,
        grows=scene.active,
    )


def _labels(scene: Scene) -> list[Label]:
    """What is written into the plot of rates: the present rate, and names at the ends of curves."""
    (start, stop), record = scene.window, scene.record
    found = []
    if record is not None and scene.active and record.steps:
        now, rate = record.steps - 1, float(record.rates[-1])
        if np.isfinite(rate):
            found.append(Label(now, rate, format_rate(rate, 2), USED, head=True))
    last = stop - 1
    if not scene.active:
        found += _fan_labels(scene, start, last)
        for pin, name in scene.pins:
            found.append(Label(last, float(pin.schedule(last)), name, PINS + pin.paint))
    for place, (name, run) in enumerate(scene.overlaid, 1):
        end = min(last, run.steps - 1)
        if end >= start:
            found.append(Label(end, float(run.rates[end]), name, OVERLAID + place))
    return found


@lru_cache(maxsize=256)
def curve_picture(
    schedule: Schedule, steps: int, marker: MarkerName, width: int, height: int
) -> Picture:
    """The bare curve of a schedule, small: without frame, axes and words. Kept."""
    columns = schedule_columns(schedule, 0, steps, 2 * width)
    return bare_plot(width, height, Curve(columns, FORM), marker)


def _fan_labels(scene: Scene, start: int, last: int) -> list[Label]:
    """The value of each curve of a fan, where it is furthest from the others and has room."""
    if not scene.fan:
        return []
    steps = start + (FAN_PLACES * (last - start)).astype(np.int64)
    rates = np.array([schedule(steps) for _, schedule in scene.fan])
    heights = np.log10(np.maximum(rates, 1e-38)) if scene.view_state.axes.log else rates
    apart = np.abs(heights[:, None] - heights)
    apart[np.arange(len(rates)), np.arange(len(rates))] = np.inf
    best = np.argsort(-apart.min(axis=1), axis=1, kind="stable")
    found = []
    for (value, _), own, places in zip(scene.fan, rates, best, strict=True):
        points = list(zip(steps[places].tolist(), own[places].tolist(), strict=True))
        found.append(Label(*points[0], value, FAN, elsewhere=points[1:]))
    return found


def loss_picture(scene: Scene, width: int, height: int, measure: str | None = None) -> Picture:
    """Loss over steps: each batch's, and the epochs' means for training and validation.

    Or a metric, of which there are the epochs' only: `measure`; None: what the scene draws.
    """
    columns, record, (start, stop) = columns_of(width), scene.record, scene.window
    measure = scene.measure if measure is None else measure
    log = scene.view_state.axes.log_loss and measure == LOSS

    def points(run: RunRecord, name: str) -> Columns:
        ends = [row.steps - 1 for row in run.rows]
        values = np.array([row.logs.get(name, np.nan) for row in run.rows])
        shown = values if log or measure != LOSS else _without_blow_up(values, run)
        return points_columns(ends, shown.tolist(), start, stop, columns)

    validation = validation_of(measure)
    curves = [
        Curve(points(run, validation), OVERLAID + place, place)
        for place, (_, run) in enumerate(scene.overlaid, 1)
    ]
    curves += _band(scene, columns) if measure == LOSS else []
    if record is not None:
        if measure == LOSS:
            curves.append(_batch_losses(scene, record, columns, log=log))
        curves += [
            Curve(points(record, measure), TRAIN, name="train"),
            Curve(points(record, validation), VALIDATION, dashed=True, name="validation"),
        ]
    title = measure.replace("_", " ")
    unnamed = [Mark(mark.step, "") for mark in _marks(scene)]
    return _plot(scene, width, height, curves, marks=unnamed, title=title, log=log, x_ticks=False)


def _band(scene: Scene, columns: int) -> list[Curve]:
    """What the form's training would have: filled from seed to seed, which no run is."""
    band, (start, stop) = scene.band, scene.window
    if band is None and scene.asked and not scene.active and not scene.trouble:
        nothing = np.full(columns, np.nan)
        return [Curve(Columns(nothing, nothing), FORM, 3, "at once: being trained")]
    if band is None or scene.active != bool(band.first):
        return []
    if band.first:
        reached = series_columns(band.middle, start, stop, columns, band.first)
        return [Curve(reached, FORM, 3, band.name)]
    low, high, middle = (
        series_columns(values, start, stop, columns)
        for values in (band.low, band.high, band.middle)
    )
    curves = [
        Curve(Columns(low.low, high.high), FAN, name=band.name, behind=True),
        Curve(middle, FORM, 3, "median"),
    ]
    if scene.record is None and len(band.validation):
        ends = np.arange(1, len(band.validation) + 1) * band.steps_per_epoch - 1
        validation = points_columns(ends, band.validation, start, stop, columns)
        curves.append(Curve(validation, VALIDATION, 1, "validation"))
    return curves


def _batch_losses(scene: Scene, record: RunRecord, columns: int, *, log: bool) -> Curve:
    start, stop = scene.window
    losses, name, first = record.losses, "batch", 0
    if not log:
        losses = _without_blow_up(losses, record)
    if scene.smooth:
        window = max(2, (record.settings.steps_per_epoch or 64) // SMOOTH_PARTS)
        first = max(0, start - window + 1)
        losses, name = trailing_mean(losses[first:stop], window), f"mean of {window}"
    batches = series_columns(losses, start, stop, columns, first)
    return Curve(batches, BATCHES, 2, name, behind=True)


def _without_blow_up(losses: Anys, run: RunRecord) -> Anys:
    """The losses of a run without those of its divergence, beside which no other could be seen.

    A run that has not diverged keeps all of them.
    """
    finite = run.losses[np.isfinite(run.losses)]
    if not (run.divergences or run.diverged_at is not None) or not finite.size:
        return losses
    return np.where(losses > BLOW_UP * np.abs(finite[0]), np.nan, losses)


@lru_cache(maxsize=64)
def _kept_columns(schedule: Schedule, start: int, stop: int, columns: int) -> Columns:
    """The columns of a curve, kept: it stays while another is turned. Read only."""
    return schedule_columns(schedule, start, stop, columns)


def loss_picture_key(scene: Scene, measure: str | None = None) -> Hashable:
    """All that the picture of losses depends on. A run is what it is and how much is recorded."""
    shown = [run for _, run in scene.overlaid] + ([scene.record] if scene.record else [])
    return (
        tuple((id(run), run.steps, len(run.rows), len(run.marks)) for run in shown),
        (scene.window, scene.cursor, scene.total, scene.epoch_steps),
        (id(scene.band), scene.asked, scene.active),
        (scene.view_state.axes, scene.smooth, scene.marker, measure or scene.measure),
    )


def _plot(scene: Scene, width: int, height: int, curves: Sequence[Curve], **more: Any) -> Picture:
    start, stop = scene.window
    more.setdefault("marks", _marks(scene))
    return plot(
        width,
        height,
        curves,
        start=start,
        stop=stop,
        cursor=scene.cursor,
        marker=scene.marker,
        x_axis=_axis(scene),
        **more,
    )


def trailing_mean(values: Float32s, window: int) -> Float32s:
    """The mean of each value and the `window` - 1 before it; of those there are, at the beginning.

    What is not finite is left out of it, and stays a gap itself.
    """
    known = np.isfinite(values)
    sums = np.cumsum(np.where(known, values, 0), dtype=np.float64)
    counts = np.cumsum(known)
    sums[window:] -= sums[:-window].copy()
    counts[window:] -= counts[:-window].copy()
    means = sums / np.maximum(counts, 1)
    return np.where(known, means, np.nan).astype(np.float32)


def _axis(scene: Scene) -> XAxis:
    unit = scene.view_state.axes.unit
    if unit == "epochs":
        return Epochs(scene.epoch_steps)
    return Percent(scene.total) if unit == "fraction" else Steps()


def named_curves(scene: Scene, step: int | None = None) -> list[Curve]:
    """The curves that the legend below the plot names, with their rates at `step`."""
    nothing = Columns(np.empty(0), np.empty(0))

    def curve(name: str, style: int, dash: int, rate: float | None) -> Curve:
        return Curve(nothing, style, dash, name if rate is None else f"{name} {format_rate(rate)}")

    found = []
    for pin, name in scene.pins:
        rate = None if step is None else float(pin.schedule(step))
        found.append(curve(name, PINS + pin.paint, pin.paint, rate))
    for place, (name, run) in enumerate(scene.overlaid, 1):
        rate = None if step is None else last_known(run.rates[step : step + 1])
        found.append(curve(name, OVERLAID + place, place, rate))
    known = any(pin.schedule == scene.schedule for pin, _ in scene.pins)
    if scene.pins and step is None and not scene.active and not known:
        found.append(curve(scene.name, FORM, 0, None))
    return found


def _future(stretch: DrivingSchedule, now: int, scene: Scene, columns: int) -> Columns:
    """The rates of a schedule from the present step on."""
    start, stop = scene.window
    low, high = schedule_columns(stretch.schedule, start, stop, columns, origin=stretch.begin)
    past = column_of(min(max(now, start), stop), start, stop, columns)
    low[:past] = high[:past] = np.nan
    return Columns(low * stretch.factor, high * stretch.factor)


def _marks(scene: Scene) -> Sequence[Mark]:
    return () if scene.record is None else marks_of(scene.record, ascii=scene.ascii)


def marks_of(run: RunRecord, *, ascii: bool) -> list[Mark]:
    """Where a run was steered, each with what it is called on the axis."""
    return [Mark(mark.step, _letter(mark, ascii=ascii)) for mark in run.marks]


def _letter(mark: Marked, *, ascii: bool) -> str:
    """What a mark is called on the axis: how far a rate was scaled, if that is known."""
    if mark.kind != "scale" or mark.by in (0.0, 1.0):
        return KINDS[mark.kind].letter
    sign, by = ("×", mark.by) if mark.by > 1 else ("÷", 1 / mark.by)
    told = f"{by:.2g}"
    return f"{sign}{told}" if not ascii else f"{'x' if mark.by > 1 else '/'}{told}"
