"""The dialog with the ways that a run could go on, and the losses that copies reach on them."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from lrtui.plotting.columns import series_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Curve, Picture
from lrtui.runs.forks import Fork
from lrtui.schedules.arrays import Float32s
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.number_format import format_loss
from lrtui.tui.plots.plot_view import PictureView
from lrtui.tui.scene.pictures import BATCHES, OVERLAID, SMOOTH_PARTS, trailing_mean
from lrtui.tui.training.fork_trials import ForkTrials


class ForkDialog(Dialog[Fork]):
    """Shows the ways; returns the one that the run shall go.

    Args:
        marker: what curves are made of.
    """

    TURNS: ClassVar[dict[str, int]] = {"left": -1, "right": 1}
    MOVES: ClassVar[dict[str, int]] = {"up": -1, "down": 1}

    def __init__(self, marker: MarkerName) -> None:
        super().__init__()
        self._marker = marker
        self.trials: ForkTrials | None = None
        """What is shown, once the state of the run is known."""
        self.place = 0
        self.on_left: Callable[[], object] = lambda: None

    def compose(self) -> ComposeResult:
        """Make the picture, below it the ways, and the keys."""
        frame = Vertical(id="frame")
        frame.border_title = "what if, from here on"
        frame.border_subtitle = "q leaves, the run goes on as it is"
        with frame:
            yield PictureView(id="picture")
            yield Static(id="ways", markup=False)
            yield Static(
                "↑↓ choose, ← → steps of the cooldown, Enter steers the run that way",
                id="answer",
                markup=False,
            )

    def begin(self) -> None:
        """Show what is known."""
        trials = self.trials
        self.query_one("#ways", Static).update(self._ways())
        if trials is not None:
            self.query_one(PictureView).show(lambda width, height: self._draw(width, height))

    def redraw(self) -> None:
        """Show what is known now."""
        if self.is_mounted and self.is_composed:
            self.begin()

    def on_key(self, event: events.Key) -> None:
        """Choose a way, turn the cooldown, or go that way."""
        trials = self.trials
        if trials is None or not trials.forks:
            return
        if event.key in self.MOVES:
            self.place = (self.place + self.MOVES[event.key]) % len(trials.forks)
            self.redraw()
        elif event.key in self.TURNS:
            trials.turn(self.TURNS[event.key])
        elif event.key == "enter":
            self.dismiss(trials.forks[min(self.place, len(trials.forks) - 1)])
        else:
            return
        event.stop()
        event.prevent_default()

    # ------------------------------------------------------------------ what is shown

    @property
    def _window(self) -> int:
        """Over so many steps losses are smoothed."""
        assert self.trials is not None
        return max(2, self.trials.record.ours.steps_per_epoch // SMOOTH_PARTS)

    def _ways(self) -> Text:
        trials, text = self.trials, Text()
        if trials is None:
            return Text("copying the run ...")
        width = max((len(one.name) for one in trials.forks), default=0)
        for place, (fork, losses) in enumerate(zip(trials.forks, trials.reached, strict=True)):
            mark = ">" if place == self.place else " "
            text.append(f"{mark} {fork.name:<{width}}  ", "bold" if place == self.place else "")
            text.append(f"{self._told(fork, losses)}\n")
        text.append(f"from step {trials.step} on, batch losses, mean of {self._window}")
        if trials.trouble:
            text.append(f"; {trials.trouble}")
        return text

    def _told(self, fork: Fork, losses: Float32s) -> str:
        steps = len(fork.rates)
        if len(losses) < steps:
            return f"{len(losses)} of {steps} steps"
        if not np.isfinite(losses).all():
            return f"diverges after {int(np.argmin(np.isfinite(losses)))} steps"
        end = float(losses[-self._window :].mean())
        return f"{format_loss(end)} after {steps} steps"

    def _draw(self, width: int, height: int) -> Picture:
        trials = self.trials
        assert trials is not None
        run, step, stop = trials.record, trials.step, trials.record.ours.steps
        start, columns, window = max(0, step - (stop - step)), columns_of(width), self._window
        past = trailing_mean(run.losses[:step], window)
        curves = [Curve(series_columns(past, start, stop, columns, 0), BATCHES, 0, "the run")]
        for place, (fork, losses) in enumerate(zip(trials.forks, trials.reached, strict=True), 1):
            # Smoothed with what the run did before, as it would be.
            whole = trailing_mean(np.concatenate([run.losses[:step], losses]), window)[step:]
            drawn = series_columns(whole, start, stop, columns, step)
            curves.append(
                Curve(drawn, OVERLAID + place, place, fork.name.partition(", ")[2] or fork.name)
            )
        return plot(
            width, height, curves, start=start, stop=stop, title="loss", marker=self._marker
        )
