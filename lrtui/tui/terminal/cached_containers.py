"""Containers that keep what they drew: Textual would draw them again with each key."""

from typing import Any, Self

from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.strip import Strip

from lrtui.tui.terminal.guard import GuardedWidget


class CachedContainer(GuardedWidget):
    """Keeps its rows until it is refreshed, styled anew or of another size."""

    _drawn: tuple[Size, list[Strip]] | None = None

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Draw anew."""
        self._drawn = None
        return super().refresh(*regions, **options)

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        self._drawn = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of this part of it."""
        size = self.outer_size
        if self._drawn is None or self._drawn[0] != size:
            self._drawn = size, self._draw(size)
        rows = self._drawn[1][crop.y : crop.bottom]
        if crop.column_span == (0, size.width):
            return rows
        return [row.crop(*crop.column_span) for row in rows]

    def _draw(self, size: Size) -> list[Strip]:
        """All its rows; those of one without a border are all the same, and drawn once."""
        if any(self.gutter):
            return super().render_lines(size.region)
        return super().render_lines(Region(0, 0, size.width, 1)) * size.height


class CachedVertical(CachedContainer, Vertical):
    """A container with widgets below each other."""


class CachedHorizontal(CachedContainer, Horizontal):
    """A container with widgets beside each other."""
