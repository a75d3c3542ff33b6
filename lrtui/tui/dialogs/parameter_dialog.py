"""The dialog that explains a parameter, with a small picture of what it does to the curve."""

from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from lrtui.plotting.markers import MarkerName
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.dialogs.parameter_help import ParameterHelp
from lrtui.tui.plots.plot_view import PictureView

SCROLLBAR = 2
"""Cells of a scroll bar, whether there is one or not: the text is not set anew for it."""


class ParameterDialog(Dialog[None]):
    """A page about a line of the form.

    Args:
        told: what is said.
        marker: what the curves of its picture are made of.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "dismiss", "close", show=False)]

    def __init__(self, told: ParameterHelp, marker: MarkerName) -> None:
        super().__init__()
        self._told = told
        self._marker = marker

    def compose(self) -> ComposeResult:
        """Make the picture, and below it the text, which scrolls."""
        frame = VerticalScroll(id="frame")
        frame.border_title = Text(self._told.title)
        frame.border_subtitle = "↑↓ scroll · q closes"
        with frame:
            if self._told.curves:
                view = PictureView(id="picture")
                view.show(partial(self._told.picture, marker=self._marker))
                yield view
            yield Static(id="facts", markup=False)

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#frame").focus()

    def on_resize(self) -> None:
        """Wrap the text for the width there is."""
        if not self.is_composed:
            return
        frame = self.query_one("#frame")
        width = (frame.content_size.width or self.app.size.width - 4) - SCROLLBAR
        self.query_one("#facts", Static).update("\n".join(self._told.rows(max(1, width))))
