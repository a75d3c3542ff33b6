"""The dialog with the final loss over two parameters, which fills while one moves in it."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from lrtui.runs.landscape import Place
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.plots.heat_map_rows import heat_map_rows
from lrtui.tui.terminal.painted_rows import PaintedRows, PaintedText
from lrtui.tui.training.landscape import Landscape

_MOVES = {"left": (0, -1), "right": (0, 1), "up": (1, 0), "down": (-1, 0)}


class LandscapeDialog(Dialog[None]):
    """Shows a landscape; arrows move in it, other keys act on the cell.

    Args:
        landscape: fills while it is shown.
        act: called with ``open``, ``train``, ``export`` or ``next`` and the cell.
        ascii: whether the terminal shows ASCII only.
    """

    KEYS: ClassVar[dict[str, str]] = {"enter": "open", "t": "train", "e": "export", "n": "next"}

    def __init__(
        self, landscape: Landscape, act: Callable[[str, Place], None], *, ascii: bool
    ) -> None:
        super().__init__()
        self._landscape, self._act, self._ascii = landscape, act, ascii
        self.cursor: Place = (landscape.up.present, landscape.across.present)
        """The cell that is looked at: at first that of the form."""

    def compose(self) -> ComposeResult:
        """Make the map, and below it the keys."""
        frame = Vertical(id="frame")
        frame.border_title = self._landscape.title
        frame.border_subtitle = "q leaves"
        keys = "arrows move, Enter into the form, t train, e export"
        if self._landscape.maps > 1:
            keys += f", n next of {self._landscape.maps} maps"
        with frame:
            yield PaintedRows(id="map")
            yield Static(keys, id="answer", markup=False)

    def show(self, landscape: Landscape) -> None:
        """Show another one, at the same place."""
        self._landscape = landscape
        self.query_one("#frame").border_title = landscape.title
        self.redraw()

    def begin(self) -> None:
        """Show what is known."""
        view = self.query_one(PaintedRows)
        view.fit(lambda width: self._rows(width, view.size.height))

    def say(self, text: str) -> None:
        """Tell what became of a key, below the map."""
        self.query_one("#answer", Static).update(text)

    def redraw(self) -> None:
        """Show what is known now."""
        if self.is_mounted and self.is_composed:
            self.begin()

    def _rows(self, width: int, height: int) -> list[PaintedText]:
        return heat_map_rows(self._landscape, self.cursor, width, height, ascii=self._ascii)

    def on_key(self, event: events.Key) -> None:
        """Move, or act on the cell."""
        if event.key in _MOVES:
            rows, columns = self._landscape.shape
            up, right = _MOVES[event.key]
            row, column = self.cursor[0] + up, self.cursor[1] + right
            self.cursor = (min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))
            self.redraw()
        elif event.key in self.KEYS:
            self._act(self.KEYS[event.key], self.cursor)
        else:
            return
        event.stop()
        event.prevent_default()
