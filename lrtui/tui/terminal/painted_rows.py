"""A widget of painted rows that refreshes only the stretches of them that differ."""

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lrtui.tui.paint import paint


class Strips(Widget):
    """Rows on Textual's Line API. Whoever derives from it makes them in :meth:`lay_out`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._laid_for: Size | None = None
        """The size that the rows were made for."""
        self._rendering = False
        self._styles: dict[str, Style] = {}

    def lay_out(self) -> None:
        """Make the rows for the present size, and :meth:`put` them."""
        raise NotImplementedError

    def put(self, strips: Sequence[Strip]) -> None:
        """Show these rows, each as wide as the widget; blanks below, where they do not fill it."""
        width, height = size = self.size
        blank = [Strip.blank(width, self.style(""))] * (height - len(strips))
        before, self._strips = self._strips, [*strips[:height], *blank]
        was, self._laid_for = self._laid_for, size
        if was != size:
            if not self._rendering:
                self.refresh()
            return
        regions = [
            Region(left, y, right - left, 1)
            for y, (old, new) in enumerate(zip(before, self._strips, strict=True))
            for left, right in _differing(old, new)
        ]
        if regions:
            self.refresh(*regions)

    def style(self, name: str) -> Style:
        """The style of a paint, worked out once; without a name the widget's own."""
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = paint(self, name) if name else self.rich_style
        return style

    def render_line(self, y: int) -> Strip:
        """One row; for a new size made now, so that the very next frame is whole."""
        if self._laid_for != self.size:
            self._rendering = True
            self.lay_out()
            self._rendering = False
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.style(""))

    def on_resize(self, _: events.Resize) -> None:
        """Lay out for the new size, if that was not needed before."""
        if self._laid_for != self.size:
            self.lay_out()

    def notify_style_update(self) -> None:
        """Paint anew in other colours."""
        super().notify_style_update()
        self._styles.clear()
        self._laid_for = None
        if self.size:
            self.lay_out()


def _differing(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """The stretch in which two rows differ, if they do."""
    if old == new:
        return []
    before, after = old.text, new.text
    if before == after or len(before) != len(after):
        return [(0, new.cell_length)]  # in colour, or where each character stands is not clear
    places = [x for x, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    return [(places[0], places[-1] + 1)]
