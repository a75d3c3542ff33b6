"""The widget of a plot: shows a picture, and draws anew only the cells that changed."""

from collections.abc import Callable, Hashable
from typing import Protocol

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lrtui.plotting.picture import Picture
from lrtui.schedules.arrays import Uint32s
from lrtui.tui import paints
from lrtui.tui.terminal.guard import GuardedWidget
from lrtui.tui.terminal.paint import style_of

Draw = Callable[[int, int], Picture]
"""From width and height in cells to a picture of that size."""


class PictureView(GuardedWidget, Widget):
    """Shows what `draw` draws, on Textual's Line API."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._draw: Draw | None = None
        self._key: Hashable = None
        self._picture: Picture | None = None
        self._styles: dict[int, Style] = {}
        """The style of each code of paint, as far as it was needed."""

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    def show(self, draw: Draw, key: Hashable = None) -> None:
        """Show another picture from now on, also after a resize.

        Args:
            draw: draws it.
            key: all that it depends on. If that is as before, nothing is drawn; None: not known.
        """
        same = key is not None and key == self._key
        self._draw, self._key = draw, key
        if not (same and self._fits(self.size)):
            self._redraw()

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new size, if that was not needed before."""
        if not self._fits(self.size):
            self._redraw()

    def _fits(self, size: Size) -> bool:
        """Whether the picture is of this size."""
        shown = self._picture
        return shown is not None and (shown.width, len(shown.rows)) == size

    def _redraw(self) -> None:
        width, height = size = self.size
        if self._draw is None or width < 1 or height < 1:
            return
        fits, before = self._fits(size), self._picture
        self._picture = self._draw(width, height)
        if not fits or before is None:
            self.refresh()
        elif regions := _differences(before, self._picture):
            self.refresh(*regions)

    def notify_style_update(self) -> None:
        """Paint anew in other colours."""
        super().notify_style_update()
        self._styles.clear()

    def watch_has_focus(self, _focused: bool) -> None:
        """Show by the frame whether keys go here."""
        super().watch_has_focus(_focused)
        self._styles.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row; for a new size drawn now, so that the very next frame is whole."""
        width, height = size = self.size
        if self._draw is not None and not self._fits(size):
            self._picture = self._draw(width, height)
        if self._picture is None or y >= len(self._picture.rows):
            return Strip.blank(width, self.rich_style)
        painted = self._picture.painted(y)
        return Strip([Segment(text, self._style(code)) for text, code in painted], width)

    def _style(self, code: int) -> Style:
        style = self._styles.get(code)
        if style is None:
            style = style_of(paints.of_code(code, focused=self.has_focus), self)
            self._styles[code] = style
        return style


class PlotListener(Protocol):
    """Does what is asked for in the plot: at once, for the next key may depend on it."""

    def move_cursor(self, cells: int) -> None:
        """Move the cursor by cells of the plot."""

    def move_to_edge(self, last: bool) -> None:
        """Move the cursor to the first or the last step that is seen."""

    def move_to_corner(self, forward: bool) -> None:
        """Move the cursor to the next or the previous corner of the curve."""

    def point_at(self, x: int) -> None:
        """Move the cursor to a cell of the picture, counted from its left."""

    def zoom(self, closer: bool) -> None:
        """Show fewer steps, or more."""

    def press(self, key: str) -> bool:
        """Obey a key that means nothing to the plot. Returns whether it means something."""


class PlotView(PictureView):
    """A picture that the cursor can be moved in."""

    can_focus = True

    def __init__(self, listener: PlotListener, *, id: str) -> None:
        super().__init__(id=id)
        self._listener = listener

    def on_key(self, event: events.Key) -> None:
        """Obey a key at once: a binding would be obeyed after the keys that follow it."""
        if self.app.focused is not self:
            return  # see the form's
        match event.key:
            case "left" | "right":
                self._listener.move_cursor(1 if event.key == "right" else -1)
            case "shift+left" | "shift+right":
                self._listener.move_cursor(10 if event.key.endswith("right") else -10)
            case "ctrl+left" | "ctrl+right":
                self._listener.move_to_corner(event.key.endswith("right"))
            case "home" | "end":
                self._listener.move_to_edge(event.key == "end")
            case _:
                if not self._listener.press(event.key):
                    return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to where the mouse points."""
        self._listener.point_at(event.x)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom."""
        event.stop()
        self._listener.zoom(True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom."""
        event.stop()
        self._listener.zoom(False)


def _differences(before: Picture, after: Picture) -> list[Region]:
    """In each row that differs the stretch of cells that does."""
    differs = (_characters(before) != _characters(after)) | (before.paint != after.paint)
    rows = np.flatnonzero(differs.any(axis=1)).tolist()
    left = differs.argmax(axis=1)
    right = differs.shape[1] - differs[:, ::-1].argmax(axis=1)
    return [Region(int(left[y]), y, int(right[y] - left[y]), 1) for y in rows]


def _characters(picture: Picture) -> Uint32s:
    """The code of each cell's character."""
    return np.array(picture.rows).view(np.uint32).reshape(picture.paint.shape)
