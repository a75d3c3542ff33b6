"""The meaning of a parameter: a page with a small picture of what it does to the curve."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Picture
from lrtui.tui.dialogs import Dialog
from lrtui.tui.parameter_help import ParameterHelp
from lrtui.tui.plot_view import PictureView

PICTURE_ROWS = 9
"""Rows of the picture."""
SCROLLBAR = 2
"""Cells of a scroll bar, whether there is one or not: the text is not set anew for it."""


class About(Dialog[None]):
    """A page about a line of the form.

    Args:
        tell: from width and height of the picture and what its curves are made of to what is said.
        marker: what they are made of.
    """

    def __init__(
        self, tell: Callable[[int, int, MarkerName], ParameterHelp], marker: MarkerName
    ) -> None:
        super().__init__()
        self._tell = tell
        self._marker = marker

    def compose(self) -> ComposeResult:
        """The picture above the text, which scrolls."""
        frame = VerticalScroll(id="frame")
        frame.border_subtitle = "↑↓ scroll · q closes"
        with frame:
            yield PictureView(id="picture")
            yield Static(id="facts", markup=False)

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#frame").focus()

    def on_resize(self) -> None:
        """Say it in the room there is."""
        if not self.stands:
            return
        frame = self.query_one("#frame")
        width = max(1, frame.content_size.width or self.app.size.width - 4)
        told = self._tell(width, PICTURE_ROWS, self._marker)
        frame.border_title = told.title.replace("[", "\\[")
        view = self.query_one(PictureView)
        view.display = told.picture is not None
        if told.picture is not None:
            view.show(self._draw)
        room = max(1, width - SCROLLBAR)
        self.query_one("#facts", Static).update("\n".join(told.rows(room)))

    def _draw(self, width: int, height: int) -> Picture:
        """The picture, where there is one, as wide as the scroll bar leaves it."""
        picture = self._tell(width, height, self._marker).picture
        assert picture is not None
        return picture
