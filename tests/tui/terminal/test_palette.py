"""The command palette: a click on a line that has gone meanwhile."""

from rich.style import Style
from textual import events
from textual.command import CommandList, CommandPalette

from tests.tui.conftest import Stage


async def test_a_click_on_a_line_that_has_gone_does_nothing(stage: Stage) -> None:
    """Textual looks for the line by the number that it had when it was drawn, and falls over it."""
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(stage.app.screen, CommandPalette)
        await pilot.press(*"quit")
        lines = stage.app.screen.query_one(CommandList)
        click = events.Click(
            lines, 1, 1, 0, 0, 1, False, False, False, style=Style(meta={"option": 99})
        )
        lines.post_message(click)
        await pilot.pause()
        await pilot.press("escape", "escape", "question_mark")
        assert await stage.sees(pilot, "choose a line of the form")
