"""A widget of coloured rows of text that draws anew only the cells that changed."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lrtui.tui.terminal.guard import GuardedWidget
from lrtui.tui.terminal.paint import Paint, style_of

PaintedText = Sequence[tuple[str, Paint | None]]
"""One row: texts, each with its paint; None: the widget's own style."""


class PaintedRows(GuardedWidget, Widget):
    """Rows of text on Textual's Line API; those beyond its height are not seen.

    It shows what it is given by :meth:`fit`. Whoever derives from it may make strips instead, in
    :meth:`lay_out`.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._laid_for: Size | None = None
        """The size that the rows were made for."""
        self._rendering = False
        self._styles: dict[Paint | None, Style] = {}
        self._rows: Sequence[PaintedText] = ()
        self._fitted: Callable[[int], Sequence[PaintedText]] = lambda _: ()

    def fit(self, fitted: Callable[[int], Sequence[PaintedText]]) -> None:
        """Show what this makes of a width in cells, from now on, also after a resize."""
        self._fitted, before = fitted, self._rows
        self._fit()
        if not self._rows or self._rows != before:
            self._put_rows()

    @property
    def text(self) -> str:
        """What :meth:`fit` shows, without paint."""
        return "\n".join("".join(text for text, _ in row) for row in self._rows)

    def lay_out(self) -> None:
        """Make the rows for the present size, and :meth:`put` them."""
        self._fit()
        self._put_rows()

    def put(self, strips: Sequence[Strip]) -> None:
        """Show these rows, each as wide as the widget; blanks below, where they do not fill it."""
        width, height = size = self.size
        blank = [Strip.blank(width, self.style(None))] * (height - len(strips))
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

    def style(self, paint: Paint | None) -> Style:
        """The style of a paint, worked out once; None: the widget's own."""
        style = self._styles.get(paint)
        if style is None:
            style = style_of(paint, self) if paint is not None else self.rich_style
            self._styles[paint] = style
        return style

    def render_line(self, y: int) -> Strip:
        """One row; for a new size made now, so that the very next frame is whole."""
        if self._laid_for != self.size:
            self._rendering = True
            self.lay_out()
            self._rendering = False
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.style(None))

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

    def _fit(self) -> None:
        width = self.size.width
        self._rows = self._fitted(width) if width else ()

    def _put_rows(self) -> None:
        width, height = self.size
        self.put([self._strip(row, width) for row in self._rows[:height]])

    def _strip(self, row: PaintedText, width: int) -> Strip:
        segments = [Segment(text, self.style(paint)) for text, paint in row if text]
        return Strip(segments).adjust_cell_length(width, self.style(None))


def _differing(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """The stretch in which two rows differ, if they do."""
    if old == new:
        return []
    before, after = old.text, new.text
    if before == after or len(before) != len(after):
        return [(0, new.cell_length)]  # in colour, or where each character stands is not clear
    places = [x for x, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    return [(places[0], places[-1] + 1)]
