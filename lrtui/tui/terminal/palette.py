"""Textual's command palette, which falls over a click on a line that has gone meanwhile."""

from textual import events
from textual.app import ComposeResult
from textual.command import CommandList, CommandPalette


class SafeCommandList(CommandList):
    """The lines of the palette."""

    async def _on_click(self, event: events.Click) -> None:
        """Leave out a click on a line that was there when the button was pressed."""
        line = event.style.meta.get("option")
        if line is not None and line >= self.option_count:
            event.prevent_default()


class SafeCommandPalette(CommandPalette):
    """The palette with such a list."""

    def compose(self) -> ComposeResult:
        """Textual's own widgets, the list among them as ours."""
        for widget in super().compose():
            if type(widget) is CommandList:
                widget.__class__ = SafeCommandList
            yield widget
