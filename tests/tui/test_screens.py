"""Every screen and dialog as text at three sizes.

The text tells what is cut, what is missing and what stands where; `test_colours` has the colours.
"""

from typing import Any

import pytest
from textual.pilot import Pilot

from lrtui.protocol import Event
from tests.tui.conftest import Stage
from tests.tui.exchanges import EXCHANGE
from tests.tui.fake import READY, range_test
from tests.tui.test_states import STATES, nothing

SIZES = [(60, 18), (80, 24), (120, 40)]
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
    "list of runs": ([*EXCHANGE, *EXCHANGE[1:]], ("v", "enter")),
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


@pytest.fixture(autouse=True)
def nowhere_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to the state folder has a path of this machine in it."""
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/state")


async def play(stage: Stage, pilot: Pilot[None], name: str) -> None:
    """Bring a screen about."""
    events, keys = SCREENS[name]
    await pilot.pause()
    stage.play(events)
    THEN.get(name, nothing)(stage)
    await stage.press(pilot, *keys)
    await pilot.pause()
    stage.app.redraw()
    await pilot.pause()


@pytest.mark.parametrize("ascii", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", SCREENS)
async def test_what_stands_on_it(name: str, ascii: bool, snapshot: Any) -> None:
    stage = Stage(ascii=ascii)
    async with stage.app.run_test(size=SIZES[0]) as pilot:
        await play(stage, pilot, name)
        for size in SIZES[1:2] if ascii else SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            screen = "\n".join(line.rstrip() for line in stage.screen().splitlines())
            assert screen == snapshot(name=f"{size[0]}x{size[1]}")
        if ascii:
            odd = {char for char in screen if not char.isascii()}
            assert not odd, f"{sorted(odd)} in\n{screen}"
