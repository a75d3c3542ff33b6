"""Changes how the plots are looked at, as keys and the mouse ask for it: axes, zoom, cursor."""

from collections.abc import Sequence

from msgspec.structs import replace

from lrtui.plotting.markers import MARKERS
from lrtui.runs.epoch_columns import measures
from lrtui.schedules import Schedule
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.search import corner_after, corner_before, restart_after
from lrtui.tui.host import Host
from lrtui.tui.scene import scene as scenes
from lrtui.tui.scene.plot_view_state import OVERLAYS, PAN, UNITS, ZOOM, Axes, PlotViewState
from lrtui.tui.scene.scene import MOST_STEPS

PLACES = ("start", "peak", "half", "next", "previous", "restart", "end")
"""half: the first step at or below half the peak, after it; next, previous: corners; restart: the
next jump up."""


class PlotController:
    """Changes how the plots are looked at; it draws nothing.

    Args:
        host: the app.
        axes: how curves are drawn at first.
    """

    def __init__(self, host: Host, axes: Axes) -> None:
        self.view_state = PlotViewState(axes)
        self._host = host

    def toggle_log(self) -> None:
        """Make the axis of the rate logarithmic, or linear again."""
        self._axes(log=not self.view_state.axes.log)

    def toggle_log_loss(self) -> None:
        """Make the axis of the loss logarithmic, or linear again."""
        self._axes(log_loss=not self.view_state.axes.log_loss)

    def change_unit(self) -> None:
        """Take the next unit for the axis of steps."""
        self._axes(unit=_next(UNITS, self.view_state.axes.unit))

    def change_marker(self) -> None:
        """Draw curves with the next kind of marker."""
        self._axes(marker=_next(MARKERS, self._host.scene.marker))

    def toggle_fan(self) -> None:
        """Draw the family of the present parameter, or no longer."""
        self._put(replace(self.view_state, fan=not self.view_state.fan))

    def zoom(self, closer: bool) -> None:
        """Show fewer steps around the cursor, or more."""
        self._put(self.view_state.zoomed(1 / ZOOM if closer else ZOOM, self._host.scene.total))

    def pan(self, direction: int) -> None:
        """Go to earlier (-1) or later (1) steps."""
        self._put(self.view_state.panned(direction * PAN, self._host.scene.total))

    def show_all_steps(self) -> None:
        """Show all steps again."""
        self._put(replace(self.view_state, window=None))

    def lay_over(self, run: int) -> None:
        """Lay an earlier run over the present one, or no longer; at most :data:`OVERLAYS`."""
        there = self.view_state.overlaid
        kept = tuple(one for one in there if one != run) if run in there else (*there, run)
        self._put(replace(self.view_state, overlaid=kept[-OVERLAYS:]))

    def lay_over_all(self, runs: Sequence[int]) -> None:
        """Lay these and no others over the present one; of too many the last ones."""
        self.view_state = replace(self.view_state, overlaid=tuple(runs)[-OVERLAYS:])

    def toggle_smooth(self) -> None:
        """Smooth the losses of batches, or show them as they are."""
        self._put(replace(self.view_state, smooth=not self.view_state.smooth))

    def change_measure(self) -> None:
        """Draw the next metric of the latest run, after the last one the loss again."""
        scene = self._host.scene
        if scene.record is not None:
            measure = _next(measures(scene.record.rows), scene.measure)
            self._put(replace(self.view_state, measure=measure))

    # ------------------------------------------------------------------ the cursor

    def press(self, key: str) -> bool:
        """Obey a key that means nothing to a plot."""
        return self._host.obey(key)

    def move_cursor(self, cells: int) -> None:
        """Move the cursor by cells of the plot."""
        self._to(scenes.step_after_move(self._host.scene, self._host.plot_width, cells))

    def move_to_edge(self, last: bool) -> None:
        """The cursor goes to the first or last step that is scene."""
        start, stop = self._host.scene.window
        self._to(stop - 1 if last else start)

    def move_to_corner(self, forward: bool) -> None:
        """Move the cursor to the next or the previous corner of the curve."""
        self._jump("next" if forward else "previous")

    def point_at(self, x: int) -> None:
        """Move the cursor to a cell of the picture, counted from its left."""
        self._to(scenes.step_at(self._host.scene, self._host.plot_width, x))

    def show_cursor(self, shown: bool) -> None:
        """Show a cursor, or none."""
        start, stop = self._host.scene.window
        cursor = self.view_state.cursor
        within = cursor if cursor is not None and start <= cursor < stop else start
        self._put(replace(self.view_state, cursor=within if shown else None))

    def go_to(self) -> None:
        """Ask where the cursor shall go."""
        from lrtui.tui.dialogs.dialogs import AskDialog

        places = ", ".join(PLACES)
        hint = f"a step (500, 20k), an epoch (epoch 3), a fraction (50%), or {places}"
        self._host.push_screen(AskDialog("go to", self._place, "", hint), self._to)

    def _place(self, text: str) -> int:
        """The step that a text means.

        Raises:
            ValueError: it means none; the message says what does.
        """
        scene = self._host.scene
        word = text.strip().lower()
        found = [name for name in PLACES if word and name.startswith(word)]
        if found:
            step = place_of(found[0], scene.schedule, scene.total, scene.cursor or 0)
            if step is None:
                raise ValueError(f"there is no {found[0]} here")
            return step
        step = _step_in(word, scene.epoch_steps, scene.total)
        if step >= scene.total and scene.active:
            raise ValueError(f"the training has {scene.total} steps. Received: {text!r}")
        if step >= MOST_STEPS:
            raise ValueError(f"at most {MOST_STEPS} steps can be drawn. Received: {text!r}")
        return step

    def _jump(self, name: str) -> None:
        scene = self._host.scene
        step = place_of(name, scene.schedule, scene.total, scene.cursor or 0)
        if step is not None:
            self._to(step)

    def _to(self, step: int | None) -> None:
        if step is None:
            return
        if step >= self._host.scene.total:
            self._host.draw_steps(step + 1)
        self._put(self.view_state.at(step, self._host.scene.total))

    def _axes(self, **changes: object) -> None:
        self._put(replace(self.view_state, axes=self.view_state.axes.replace(**changes)))

    def _put(self, view_state: PlotViewState) -> None:
        self.view_state = view_state
        self._host.redraw()


def _next(choices: tuple[str, ...], present: str) -> str:
    return choices[(choices.index(present) + 1) % len(choices)]


def _step_in(text: str, epoch_steps: int, total: int) -> int:
    number = text.removeprefix("epoch").removeprefix("step").removesuffix("%").strip()
    scale = {"k": 1e3, "m": 1e6, "g": 1e9}.get(number[-1:], 0)
    try:
        value = float(number[:-1]) * scale if scale else float(number)
        if text.endswith("%"):
            value *= (total - 1) / 100
        elif text.startswith("epoch"):
            value = (value - 1) * epoch_steps
        step = int(value)
    except (ValueError, OverflowError):
        step = -1
    if step < 0:
        raise ValueError(f"must be a step, an epoch or a place by name. Received: {text!r}")
    return step


def place_of(name: str, schedule: Schedule, steps: int, at: int) -> int | None:
    """The step of a place; None if there is none.

    Args:
        name: one of :data:`PLACES`.
        schedule: what is looked at.
        steps: how many.
        at: where the cursor is.
    """
    match name:
        case "start":
            return 0
        case "end":
            return steps - 1
        case "next":
            return corner_after(schedule, at, steps)
        case "previous":
            return corner_before(schedule, at)
        case "restart":
            return restart_after(schedule, at, steps)
    return next((mark.step for mark in landmarks(schedule, steps) if mark.name == name), None)
