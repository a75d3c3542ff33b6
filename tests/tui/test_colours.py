"""Every screen and dialog in its colours: dark, light and without, at three sizes.

`test_screens` has what stands there. Here is how it is painted (see `looks`), and that it can be
read.
"""

from typing import Any

import pytest
from textual.geometry import Region

from lrtui.tui.app import LrtuiApp
from tests.tui import looks
from tests.tui.conftest import Stage
from tests.tui.test_screens import SCREENS, SIZES, nowhere_to_write, play

__all__ = ["nowhere_to_write"]  # a fixture that is used by itself

LEAST = 3.0
"""Contrast: what WCAG asks of lines, and of letters that are large or bold."""


@pytest.mark.parametrize("name", SCREENS)
async def test_how_it_is_painted(name: str, snapshot: Any) -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZES[0]) as pilot:
        await play(stage, pilot, name)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            rows = await looks.cells(stage.app, pilot)
            assert looks.told(rows) == snapshot(name=f"{size[0]}x{size[1]}")
            faint = {
                paint
                for x, y, char, paints in meant_to_be_read(stage.app, rows)
                for paint in paints
                if paint.contrast < LEAST
            }
            assert not faint, sorted(map(str, faint))


def meant_to_be_read(
    app: LrtuiApp, rows: list[list[looks.Cell]]
) -> list[tuple[int, int, str, tuple[looks.Paint, ...]]]:
    """Letters, figures and curves of the dialog, or where there is none, of all."""
    region = app.screen.query_one("#frame").region if app.covered else Region(0, 0, *app.size)
    return [
        (x, y, char, paints)
        for y, row in enumerate(rows)
        for x, (char, paints) in enumerate(row)
        if (char.isalnum() or "⠀" < char <= "⣿") and region.contains(x, y)
    ]


@pytest.mark.parametrize("name", ["reading with pins", "choose"])
async def test_what_no_color_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = []
    for switched in (False, True):
        if switched:
            monkeypatch.setenv("NO_COLOR", "1")
        stage = Stage()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await play(stage, pilot, name)
            painted.append(looks.painted(stage.app))
    colours, without = painted
    assert colours != without
    assert without == [[(char, paint.without_colour()) for char, paint in row] for row in colours]
