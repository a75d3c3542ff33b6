"""All that the plots and the readout show, as one value. Pure: no widget, no clock."""

import math

from msgspec import Struct, field

from lrtui.plotting.columns import column_of, step_of
from lrtui.plotting.layout import column_at, columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.window import Window
from lrtui.runs.epoch_columns import measures
from lrtui.runs.record import LOSS, RunRecord, known_schedule
from lrtui.schedules import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.user_schedule import with_samples
from lrtui.tui.scene.loss_band import LossBand
from lrtui.tui.scene.pins import Pin
from lrtui.tui.scene.plot_view_state import PlotViewState

FEWEST_STEPS, MOST_STEPS = 2, 10**9
"""So many are drawn beside a log, however short it is or long the schedule."""


class Scene(Struct, frozen=True):
    """All that the plots and the readout show."""

    schedule: Schedule
    """What the form shows."""
    total_steps: int
    """How many steps the form asks to see."""
    steps_per_epoch: int
    record: RunRecord | None = None
    """The latest run."""
    view_state: PlotViewState = field(default_factory=PlotViewState)
    marker: MarkerName = "braille"
    """What curves are made of; ascii: and everything else too."""
    pins: tuple[tuple[Pin, str], ...] = ()
    """The pins that are shown, each with its name."""
    name: str = "schedule"
    """What the form's curve is called beside them."""
    fan: tuple[tuple[str, Schedule], ...] = ()
    """The family of curves of the present parameter: each value, and the schedule with it."""
    fanned: str = ""
    """What that parameter is called."""
    overlaid: tuple[tuple[str, RunRecord], ...] = ()
    """Earlier runs that are laid over the present one, each with its name."""
    smooth: bool = False
    """Whether losses are smoothed."""
    training_steps: int = 0
    """How many steps a training takes that the form describes; 0: as many as it asks to see."""
    fills: bool = False
    """Whether what was used is filled: only where there are colours enough for a faint one."""
    range_name: str = ""
    """Whose steps are drawn: schedule or training, where they differ and nobody set a number."""
    band: LossBand | None = None
    """The losses that the form's training would have."""
    asked: bool = False
    """Whether the losses at once were asked for, also if nothing of them is known yet."""
    trouble: str = ""
    """Why there are no such losses, a line; empty: there are, or none were asked for."""
    verdict: str = ""
    """Of a log that is watched: whether its rates are the schedule's, and where they depart."""

    @property
    def active(self) -> bool:
        """Whether the latest run is under way."""
        return self.record is not None and not self.record.over

    @property
    def measure(self) -> str:
        """The loss or metric that is drawn: the chosen one, if the latest run has it."""
        wanted = self.view_state.measure
        return wanted if self.record and wanted in measures(self.record.rows) else LOSS

    @property
    def beside(self) -> str | None:
        """What is drawn beside it where there is room: the next one; None: there is no other."""
        known = measures(self.record.rows) if self.record else ()
        return known[(known.index(self.measure) + 1) % len(known)] if len(known) > 1 else None

    @property
    def ascii(self) -> bool:
        """Whether nothing but ASCII can be shown."""
        return self.marker == "ascii"

    @property
    def cursor(self) -> int | None:
        """The step whose rates are read out, among those that could be seen; None: none is."""
        cursor = self.view_state.cursor
        return None if cursor is None else min(cursor, self.total - 1)

    @property
    def total(self) -> int:
        """All steps that could be seen."""
        if self.record is not None and self.active:
            # Of unknown length: what there is, and as much again.
            planned = self.record.settings.steps or max(2 * self.record.steps, 1000)
            return max(planned, self.record.steps)
        if self.watched and self.record is not None:
            asked = self.total_steps or self.schedule.end() or 0
            return max(min(asked, MOST_STEPS), self.record.steps, FEWEST_STEPS)
        return self.total_steps

    @property
    def watched(self) -> bool:
        """Whether the latest run is known from a log alone."""
        return self.record is not None and self.record.state == "watched"

    @property
    def window(self) -> Window:
        """The steps that are seen."""
        return self.view_state.window_of(self.total)

    @property
    def epoch_steps(self) -> int:
        """Steps of an epoch of what is seen."""
        if self.record is not None and (self.active or self.watched):
            return self.record.settings.steps_per_epoch or self.steps_per_epoch
        return self.steps_per_epoch


class DrivingSchedule(Struct, frozen=True):
    """A schedule that drives from `begin` on, counting its own steps from there."""

    begin: int
    schedule: Schedule
    factor: float = 1.0

    def rate(self, step: int) -> float:
        """The rate at a step of the run."""
        return float(self.schedule(step - self.begin)) * self.factor


def driving_schedule(record: RunRecord) -> DrivingSchedule | None:
    """What drives a run from its present step on; None: it is the script's own, not known here."""
    begin, schedule, factor, rate = record.origin, record.schedule, 1.0, None
    for mark in record.marks:
        schedule, factor, rate = mark.schedule, mark.factor, mark.rate
        told = mark.step if mark.kind == "reset" else begin
        begin = told if mark.origin is None else mark.origin
    if rate is not None:
        return DrivingSchedule(begin, Constant(rate), factor)
    known = known_schedule(schedule)
    if known is None:
        return None
    return DrivingSchedule(begin, with_samples(known, record.samples), factor)


def plan_is_followed(record: RunRecord, driving: DrivingSchedule) -> bool:
    """Whether the last step used what drives it, as far as is known.

    A loop of one's own may change its rate by itself, as schedulers of torch do: what it will use
    is not known then.
    """
    last = record.steps - 1
    if last < 0 or (record.marks and record.marks[-1].step > last):
        return True
    used = float(record.rates[last])
    return not math.isfinite(used) or math.isclose(used, driving.rate(last), rel_tol=1e-3)


def step_after_move(scene: Scene, width: int, cells: int) -> int:
    """The step under the cursor after moving it by cells of a plot `width` cells wide."""
    start, stop = scene.window
    if scene.cursor is None:
        return start if cells > 0 else stop - 1
    span = (stop - start) / columns_of(width)
    column = column_of(scene.cursor, start, stop, columns_of(width)) + 2 * cells
    step = scene.cursor + 2 * cells * span
    if 0 <= column <= columns_of(width):
        step = step_of(column, start, stop, columns_of(width))
    nearest = scene.cursor + (1 if cells > 0 else -1)
    step = max(step, nearest) if cells > 0 else min(step, nearest)
    return int(min(max(step, 0), scene.total - 1))


def step_at(scene: Scene, width: int, x: int) -> int:
    """The first step that cell `x` of a plot `width` cells wide shows."""
    return step_of(column_at(x, width), *scene.window, columns_of(width))
