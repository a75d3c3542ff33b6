"""Enter, Esc and q mean the same in every dialog: take and close; leave; leave."""

import pytest

from lrtui.protocol import Settings
from lrtui.schedules import parse
from tests.tui.conftest import SCHEDULE, Stage
from tests.tui.fake import READY, exchange, range_test

DIALOGS = {
    "gallery": ("enter",),
    "presets": ("k",),
    "code": ("c",),
    "about a line": ("down", "f1"),
    "help": ("question_mark",),
    "worker": ("w",),
    "pins": ("p", "down", "right", "P"),
    "runs": ("v",),
    "range test": (),
}


@pytest.fixture(autouse=True)
def state_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.mark.parametrize("name", DIALOGS)
async def test_each(stage: Stage, name: str) -> None:
    rates = parse(SCHEDULE)(range(30)).tolist()
    run = exchange(SCHEDULE, Settings(epochs=3, steps_per_epoch=10), rates, ended=True)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        for leave in ("escape", "q", "enter"):
            stage.play([READY, *run])
            await stage.press(pilot, *DIALOGS[name])
            if name == "range test":
                stage.play([range_test()])
            await pilot.pause()
            assert len(stage.app.screen_stack) == 2, "it is open"
            held = stage.app.editor.form_state
            await stage.press(pilot, leave)
            await pilot.pause()
            assert len(stage.app.screen_stack) == 1, f"{leave} closes it"
            if leave != "enter":
                assert stage.app.editor.form_state == held
            if name == "pins":
                await stage.press(pilot, "u", "u", "u", "up")
