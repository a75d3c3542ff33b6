"""Every screen and dialog: what stands on it, that nothing is cut, and that it can be read.

What stands there is a snapshot at 80x24 and at 200x60; of a few screens how it is painted as well
(see `looks`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.pilot import Pilot

from lrtui.protocol import Event
from lrtui.tui.app import LrtuiApp
from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.terminal.painted_rows import PaintedRows
from tests.tui import looks
from tests.tui.conftest import Stage
from tests.tui.exchanges import EXCHANGE
from tests.tui.fake import READY, range_test
from tests.tui.test_states import STATES, nothing
from tests.tui.training import test_forks, test_landscape
from tests.tui.training.test_loss_follower import FakeAtOnce

LEAST_CONTRAST = 3.0
"""What WCAG asks of lines, and of letters that are large or bold."""
PAINTED = ("a fault", "reading with pins", "done, reading, smooth", "a run laid over", "landscape")
"""The screens that have all the paints between them."""
ALWAYS_WHOLE = ("header", "progress", "worker", "readout", "notes", "notice", "keys")
"""The rows that do not scroll."""
IDLE: list[Event] = [READY]

SCREENS: dict[str, tuple[list[Event], tuple[str, ...]]] = {
    "exploring": (IDLE, ()),
    "a fault": (IDLE, ("down", "down", "0", "enter")),
    "typing": (IDLE, ("down", "1", "e")),
    "parts": (IDLE, ("a", "down", "down", "right")),
    "pins": (IDLE, ("p", "down", "right", "p", "right")),
    "reading with pins": (IDLE, ("p", "down", "right", "p", "right", "x", "right")),
    "fan": (IDLE, ("down", "down", "f")),
    "zoomed, log, epochs": (IDLE, ("l", "i", "plus", "x", "end")),
    "done, reading, smooth": (EXCHANGE, ("x", "right", "y")),
    "choose": (IDLE, ("enter",)),
    "open": (IDLE, ("o", "X", "enter")),
    "go to": (IDLE, ("g", "x", "enter")),
    "list of pins": (IDLE, ("p", "down", "right", "p", "P", "h")),
    "presets": (IDLE, ("k",)),
    "list of runs": ([*EXCHANGE, *EXCHANGE[1:]], ("v", "space")),
    "a run laid over": ([*EXCHANGE, *EXCHANGE[1:]], ("v", "enter")),
    "export": (EXCHANGE, ("e",)),
    "code": (IDLE, ("c",)),
    "help": (IDLE, ("question_mark",)),
    "about": (IDLE, ("down", "down", "f1")),
    "worker": (IDLE, ("w",)),
    "range test": ([READY, range_test(divergence=2.0)], ()),
    "a notice": (IDLE, ("P",)),
}
SCREENS |= {f"state: {name}": (events, ()) for name, (events, _, _) in STATES.items()}

THEN = {f"state: {name}": then for name, (_, then, _) in STATES.items()}


async def band(stage: Stage, pilot: Pilot[None], link: FakeAtOnce) -> None:
    """The losses of eight seeds that fall."""
    stage.play(IDLE)
    await stage.press(pilot, "down", "right")
    link.tell(1280, 1 / (1 + np.arange(1280) / 64))
    link.end()


async def response(stage: Stage, pilot: Pilot[None], link: FakeAtOnce) -> None:
    """Of the first rate; its lowest is where one stands."""
    stage.play(IDLE)
    await stage.press(pilot, "down", "D")
    test_landscape.answer(link, test_landscape.bowl)


async def landscape(stage: Stage, pilot: Pilot[None], link: FakeAtOnce) -> None:
    """All of it is known."""
    stage.play(IDLE)
    await stage.press(pilot, "down", "H")
    assert await stage.sees(pilot, "and upward")
    await stage.press(pilot, "down", "enter")
    await pilot.pause()
    await test_landscape.filled(stage, pilot, link, test_landscape.bowl)


async def fork(stage: Stage, pilot: Pilot[None], link: FakeAtOnce) -> None:
    """All ways are known."""
    await test_forks.asked(stage, pilot)
    for loss in (0.4, 0.31, 0.32, 0.33, 0.45):
        test_forks.answer(link, loss)


AtOnce = Callable[[Stage, Pilot[None], FakeAtOnce], Awaitable[None]]
AT_ONCE: dict[str, AtOnce] = {
    "losses at once": band,
    "response": response,
    "landscape": landscape,
    "fork": fork,
}
NAMES = (*SCREENS, *AT_ONCE)


def staged(name: str, *, ascii: bool = False) -> tuple[Stage, FakeAtOnce]:
    """What a screen is shown on; most are of a program that trains nothing at once."""
    link = FakeAtOnce()
    return Stage(ascii=ascii, open_at_once=(lambda: link) if name in AT_ONCE else None), link


@pytest.fixture(autouse=True)
def nowhere_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to the state folder has a path of this machine in it."""
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/state")


async def play(stage: Stage, link: FakeAtOnce, pilot: Pilot[None], name: str) -> None:
    """Bring a screen about."""
    await pilot.pause()
    if name in AT_ONCE:
        await AT_ONCE[name](stage, pilot, link)
    else:
        events, keys = SCREENS[name]
        stage.play(events)
        THEN.get(name, nothing)(stage)
        await stage.press(pilot, *keys)
    await pilot.pause()
    stage.app.redraw()
    await pilot.pause()


@pytest.mark.parametrize("name", NAMES)
async def test_what_stands_on_it(name: str, snapshot: Any) -> None:
    stage, link = staged(name)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await play(stage, link, pilot, name)
        assert told(stage) == snapshot
        assert_whole(stage.app)
        rows = await looks.cells(stage.app, pilot)
        if name in PAINTED:
            assert looks.told(rows) == snapshot(name="paints")
        assert not faint(stage.app, rows)


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_is_cut_at_other_sizes(name: str, snapshot: Any) -> None:
    stage, link = staged(name)
    async with stage.app.run_test(size=(60, 18)) as pilot:
        await play(stage, link, pilot, name)
        assert_whole(stage.app)
        for size in ((120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert_whole(stage.app)
        stage.app.redraw()
        await pilot.pause()
        assert told(stage) == snapshot


@pytest.mark.parametrize("name", NAMES)
async def test_ascii_only(name: str) -> None:
    stage, link = staged(name, ascii=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await play(stage, link, pilot, name)
        screen = stage.screen()
        odd = {char for char in screen if not char.isascii()}
        assert not odd, f"{sorted(odd)} in\n{screen}"
        assert_whole(stage.app)


@pytest.mark.parametrize("name", ["reading with pins", "choose"])
async def test_what_no_color_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = []
    for switched in (False, True):
        if switched:
            monkeypatch.setenv("NO_COLOR", "1")
        stage, link = staged(name)
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await play(stage, link, pilot, name)
            painted.append(looks.painted(stage.app))
    colours, without = painted
    assert colours != without
    assert without == [[(char, paint.without_colour()) for char, paint in row] for row in colours]


def told(stage: Stage) -> str:
    """What stands on the screen, without the blanks at the ends of rows."""
    return "\n".join(line.rstrip() for line in stage.screen().splitlines())


def assert_whole(app: LrtuiApp) -> None:
    """Nothing is cut: widgets lie on the screen, rows within them, pictures fill their plots."""
    screen = app.screen.region
    if app.covered:
        frame = app.screen.query_one("#frame")
        assert screen.contains_region(frame.region), frame.region
        assert frame.scrollable_content_region.area > 0
    for widget in app.screen.query(PaintedRows):
        if not widget.display or not widget.region:
            continue
        if widget.id in ALWAYS_WHOLE:
            assert screen.contains_region(widget.region), (widget, widget.region)
            rows = widget.text.splitlines()
            assert len(rows) <= widget.size.height, (widget, rows)
            too_wide = [row for row in rows if cell_len(row) > widget.size.width]
            assert not too_wide, (widget, too_wide)
    for plot in app.screen.query(PlotView):
        if plot.region and plot.picture is not None:
            drawn = plot.picture.rows
            size = len(drawn), {len(row) for row in drawn}
            assert size == (plot.size.height, {plot.size.width})


def faint(app: LrtuiApp, rows: list[list[looks.Cell]]) -> set[str]:
    """Paints of letters, figures and curves that can hardly be read, in any look.

    Of the dialog, or where there is none, of all.
    """
    region = app.screen.query_one("#frame").region if app.covered else Region(0, 0, *app.size)
    return {
        str(paint)
        for y, row in enumerate(rows)
        for x, (char, paints) in enumerate(row)
        if (char.isalnum() or "⠀" < char <= "⣿") and region.contains(x, y)
        for paint in paints
        if paint.contrast < LEAST_CONTRAST
    }
