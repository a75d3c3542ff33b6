"""Rows of painted text that send only what differs: header, readout, footer and their like."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from lrtui.tui.paint import paint

Row = Sequence[tuple[str, str]]
"""Texts, each with the name of its paint; empty: the widget's own style."""


class Rows(Widget):
    """Shows rows of text; those beyond its height are not seen."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._strips: list[Strip] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        if rows != self._rows:
            self._rows = rows
            self._lay_out()

    @property
    def text(self) -> str:
        """What is shown, without paint."""
        return "\n".join("".join(text for text, _ in row) for row in self._rows)

    def on_resize(self, _: events.Resize) -> None:
        """Lay out for the new width."""
        self._strips = []
        self._lay_out()

    def notify_style_update(self) -> None:
        """Paint anew in other colours."""
        super().notify_style_update()
        self._strips = []
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One row."""
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def _lay_out(self) -> None:
        width, height = self.size
        before = self._strips
        blank = Strip.blank(width, self.rich_style)
        strips = [self._strip(row, width) for row in self._rows[:height]]
        self._strips = strips + [blank] * (height - len(strips))
        if len(before) != len(self._strips):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._strips, strict=True)):
            if old != new:
                left, right = _differing(old.text, new.text) if old.text != new.text else (0, width)
                self.refresh(Region(left, y, right - left, 1))

    def _strip(self, row: Row, width: int) -> Strip:
        segments = [Segment(text, self._style(name)) for text, name in row if text]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, name: str) -> Style:
        return paint(self, name) if name else self.rich_style


def _differing(old: str, new: str) -> tuple[int, int]:
    """The stretch in which two texts of the same length differ."""
    places = [x for x, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    return places[0], places[-1] + 1
