"""The plot widget: shows a picture, and sends only what differs from the last one."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lrtui.plotting import Picture

Draw = Callable[[int, int], Picture]
"""From width and height in cells to a picture of that size."""


class PlotView(Widget):
    """Shows what `draw` draws, on Textual's Line API."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "cursor", show=False),
        Binding("right", "move(1)", "cursor", show=False),
        Binding("shift+left", "move(-10)", "cursor", show=False),
        Binding("shift+right", "move(10)", "cursor", show=False),
        Binding("home", "move(-100000)", "first step", show=False),
        Binding("end", "move(100000)", "last step", show=False),
    ]
    PAINTS: ClassVar[dict[int, str]] = {
        0: "plot--frame",
        1: "plot--curve-1",
        2: "plot--curve-2",
        3: "plot--curve-3",
        4: "plot--curve-4",
        254: "plot--cursor",
        255: "plot--mark",
    }
    """The component class that paints each code of a picture."""
    COMPONENT_CLASSES: ClassVar[set[str]] = set(PAINTS.values())

    class CursorMoved(Message):
        """The cursor was moved by so many columns."""

        def __init__(self, columns: int) -> None:
            self.columns = columns
            super().__init__()

    class Pointed(Message):
        """The mouse points at a cell of the picture, counted from its left."""

        def __init__(self, x: int) -> None:
            self.x = x
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._draw: Draw | None = None
        self._picture: Picture | None = None

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    def show(self, draw: Draw) -> None:
        """Show another picture from now on, also after a resize."""
        self._draw = draw
        self._redraw()

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new size."""
        self._redraw()

    def action_move(self, columns: int) -> None:
        """Move the cursor."""
        self.post_message(self.CursorMoved(columns))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to where the mouse points."""
        self.post_message(self.Pointed(event.x))

    def _redraw(self) -> None:
        width, height = self.size
        if self._draw is None or width < 1 or height < 1:
            return
        before, self._picture = self._picture, self._draw(width, height)
        if before is None or before.paint.shape != self._picture.paint.shape:
            self.refresh()
            return
        for y, (left, right) in _differences(before, self._picture):
            self.refresh(Region(left, y, right - left, 1))

    def render_line(self, y: int) -> Strip:
        """One row of the picture in the theme's colours."""
        if self._picture is None or y >= len(self._picture.rows):
            return Strip.blank(self.size.width, self.rich_style)
        row, paint = self._picture.rows[y], self._picture.paint[y]
        edges = np.flatnonzero(np.diff(paint)) + 1
        starts, ends = [0, *edges.tolist()], [*edges.tolist(), len(row)]
        return Strip(
            [
                Segment(row[start:end], self._style(int(paint[start])))
                for start, end in zip(starts, ends, strict=True)
            ],
            len(row),
        )

    def _style(self, code: int) -> Style:
        name = self.PAINTS.get(code) or self.PAINTS[1 + (code - 1) % 4]
        return self.get_component_rich_style(name)


def _differences(before: Picture, after: Picture) -> list[tuple[int, tuple[int, int]]]:
    """The rows that differ, each with the stretch of cells that does."""
    found = []
    for y, (old, new) in enumerate(zip(before.rows, after.rows, strict=True)):
        repainted = np.flatnonzero(before.paint[y] != after.paint[y])
        changed = [] if old == new else [x for x in range(len(new)) if old[x] != new[x]]
        places = [*changed, *repainted.tolist()]
        if places:
            found.append((y, (min(places), max(places) + 1)))
    return found
