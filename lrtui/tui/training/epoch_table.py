"""The widget of the table of epochs: a head that stays, and rows that scroll."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from lrtui.runs.record import LOSS, EpochRecord
from lrtui.tui import paints
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedRows
from lrtui.tui.training.epoch_rows import table


class EpochTable(PaintedRows, can_focus=True):
    """Shows a row an epoch. It follows the last one until it is scrolled."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._epochs: Sequence[EpochRecord] = ()
        self._measure = LOSS
        self._top: int | None = None
        """The first row that is seen; none: the last ones are."""

    def show(self, rows: Sequence[EpochRecord], measure: str = LOSS) -> None:
        """Show these rows; of another run from its last ones.

        Args:
            rows: of the run.
            measure: the loss or metric that comes first.
        """
        self._measure = measure
        if len(rows) < len(self._epochs):
            self._top = None
        self._epochs = rows
        self.lay_out()

    def lay_out(self) -> None:
        """Make the rows that are seen."""
        width, height = self.size
        if not width or not height:
            return
        room = height - 1
        top = self._first(room)
        seen = self._epochs[top : top + room]
        head, lines = table(seen, self._epochs[-1] if self._epochs else None, width, self._measure)
        above, below = top, len(self._epochs) - top - len(seen)
        hidden = self._hidden(above, below, room=width - len(head))
        if len(head) + len(hidden) <= width:
            head = head + hidden.rjust(width - len(head))
        strips = [self._line(head, paints.PLAIN if self.has_focus else paints.FAINT, width)]
        self.put([*strips, *(self._line(line, None, width) for line in lines)])

    def _first(self, room: int) -> int:
        last = max(0, len(self._epochs) - room)
        return last if self._top is None else min(self._top, last)

    def _hidden(self, above: int, below: int, room: int) -> str:
        """How many rows there are that are not seen; by arrows where words have no room."""
        parts = ((above, "above"), (below, "below"))
        words = "".join(f"  {count} {where}" for count, where in parts if count)
        if len(words) <= room:
            return words
        up, down = ("^", "v") if self.app.has_class("-ascii") else ("↑", "↓")
        return "".join(f" {arrow}{n}" for arrow, n in ((up, above), (down, below)) if n)

    def _line(self, text: str, paint: Paint | None, width: int) -> Strip:
        text = text[:width].ljust(width)
        return Strip([Segment(text, self.style(paint))], width)

    def scroll_rows(self, by: int) -> None:
        """Scroll by rows; beyond the last one it follows again."""
        room = max(1, self.size.height - 1)
        top = max(0, self._first(room) + by)
        self._top = top if top < len(self._epochs) - room else None
        self.lay_out()

    def on_focus(self) -> None:
        """Show that keys go here."""
        self.lay_out()

    def on_blur(self) -> None:
        """Show that they do not."""
        self.lay_out()

    def on_key(self, event: events.Key) -> None:
        """Scroll; other keys go to the app."""
        page = max(1, self.size.height - 2)
        whole = len(self._epochs)
        by = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -whole, "end": whole}
        if event.key in by:
            self.scroll_rows(by[event.key])
            event.stop()
            event.prevent_default()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll."""
        self.scroll_rows(-1)
        event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll."""
        self.scroll_rows(1)
        event.stop()
