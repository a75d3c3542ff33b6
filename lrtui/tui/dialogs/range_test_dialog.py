"""The dialog after a range test: the loss over the rate, and rates to choose from."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Picture
from lrtui.plotting.range_picture import range_picture
from lrtui.plotting.x_axis import Rates
from lrtui.protocol import RangeTestEnded
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.number_format import format_rate
from lrtui.tui.plots.plot_view import PictureView


class RangeTestDialog(Dialog[float]):
    """Shows a range test; returns the rate that is taken over: of a number, or the best one.

    Args:
        found: what came of it.
        marker: what curves are made of.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", show=False)]

    def __init__(self, found: RangeTestEnded, marker: MarkerName) -> None:
        super().__init__()
        self._found = found
        self._result = found.result()
        self._marker = marker

    def compose(self) -> ComposeResult:
        """Make the picture, and below it the suggestions."""
        frame = Vertical(id="frame")
        frame.border_title = "range test"
        keys = "enter takes the best · a number takes that rate · " if self._best else ""
        frame.border_subtitle = f"{keys}q leaves"
        with frame:
            yield PictureView(id="range")
            yield Static(self._told(), id="answer")

    @property
    def _best(self) -> float | None:
        """The rate that is recommended, or else suggested first; None: there is none."""
        rates = [one.rate for one in self._result.suggestions]
        one = self._result.recommendation
        return one.rate if one is not None else next(iter(rates), None)

    def action_take(self) -> None:
        """Return the best rate."""
        self.dismiss(self._best)

    def begin(self) -> None:
        """Draw the picture."""
        self.query_one(PictureView).show(self._draw)

    def _draw(self, width: int, height: int) -> Picture:
        result, sweep = self._result, self._found.sweep
        return range_picture(
            width,
            height,
            Rates(sweep.low, sweep.high, result.planned),
            result.losses,
            marks=result.marks,
            diverged=result.diverged_at is not None,
            marker=self._marker,
        )

    def _told(self) -> Text:
        text = Text()
        result = self._result
        for number, (name, rate, meaning) in enumerate(result.suggestions, 1):
            text.append(f"{number} {name} {format_rate(rate, 2)}", "bold")
            text.append(f"  {meaning}\n")
        if result.trouble:
            text.append(f"{result.trouble}\n")
        if result.divergence is not None:
            text.append(f"d from {format_rate(result.divergence, 2)} on", "bold")
            text.append("  training diverges\n")
        if (one := result.recommendation) is not None:
            text.append(f"recommended: {format_rate(one.rate, 2)}", "bold")
            text.append(f"  {one.why}\n")
        if self._found.stopped:
            text.append("it was stopped before its end\n")
        text.rstrip()
        return text

    def on_key(self, event: events.Key) -> None:
        """Return the suggestion with this number."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(self._result.suggestions):
            event.stop()
            self.dismiss(self._result.suggestions[int(event.key) - 1].rate)
