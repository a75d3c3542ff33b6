"""Whatever is pressed, pasted, clicked or resized: no exception, and the screen still reacts."""

from pathlib import Path
from random import Random

import pytest
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot

from tests.tui.conftest import Stage
from tests.tui.monkey import SIZES, strokes
from tests.tui.player import Player

DEEDS = 200


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_too_much(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_DOWNLOAD_DIR", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    random = Random(seed)
    stage = Stage("exponential", kept_in=tmp_path)
    player = Player(stage.link, stage.app.session, random)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(stage.app, "exit", lambda *_, **__: None)
        monkeypatch.setitem(stage.app.actions, "quit", lambda: None)
        parser = XTermParser()
        for stroke in strokes(random, DEEDS):
            for message in parser.feed(stroke):
                stage.app._driver.process_message(message)  # type: ignore[union-attr]
            if random.random() < 0.3:
                await pilot.pause()
            stage.now += random.random() / 5
            if random.random() < 0.2:
                player.turn()
            if random.random() < 0.03:
                await pilot.resize_terminal(*random.choice(SIZES))
        await reacts(stage, pilot)


async def reacts(stage: Stage, pilot: Pilot[None]) -> None:
    """Whether a key still does something that is seen."""
    await pilot.resize_terminal(80, 24)
    for _ in range(4):  # keys of the last burst may still open a dialog, over a line that is typed
        while len(stage.app.screen_stack) > 1:
            await stage.app.screen.dismiss()
            await pilot.pause()
        await pilot.press("escape")
        await pilot.pause(0.05)
    await pilot.press("question_mark")
    assert await stage.sees(pilot, "choose a line of the form"), stage.screen()
