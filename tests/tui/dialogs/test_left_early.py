"""A dialog that is left before all of it is there."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from lrtui.tui.dialogs.dialogs import Dialog
from tests.tui.conftest import Stage


class Nested(Dialog[str]):
    """Begins with what lies in its frame."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "look", "look")]

    def compose(self) -> ComposeResult:
        """A widget within a widget."""
        with Vertical(id="frame"), Vertical():
            yield Static(id="inner")

    def begin(self) -> None:
        """Needs all of them."""
        self.query_one("#inner")

    def action_look(self) -> None:
        """By a key."""
        self.begin()


async def test_a_dialog_that_is_left_at_any_moment_raises_nothing(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        for turns in range(30):
            stage.app.push_screen(Nested())
            for _ in range(turns):
                await asyncio.sleep(0)
            await stage.app.run_action("screen.look")
            stage.app.pop_screen()
        await pilot.pause()
        assert len(stage.app.screen_stack) == 1
        assert stage.app.is_running
