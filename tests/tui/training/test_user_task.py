"""A task of the user's own in the form: typed it is consent, from data it asks first."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from lrtui.protocol import FindRate, Settings, Start
from lrtui.tui.form.form_values import FormValues
from tests.consent import as_it_is
from tests.tui.conftest import SCHEDULE
from tests.tui.training.test_loss_follower import stage_at_once


def lesson(tmp_path: Path) -> str:
    (tmp_path / "mine.py").write_text("def make(): ...")
    return f"{tmp_path / 'mine.py'}:make"


async def test_it_is_chosen_from_the_list_and_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = lesson(tmp_path).rpartition("/")[2]
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        while stage.app.editor.present_line.field != "task":
            await stage.press(pilot, "down")
        await stage.press(pilot, "enter")
        assert await stage.sees(pilot, "your own")
        await stage.press(pilot, "end", "enter", *"spiral", "enter")
        assert await stage.sees(pilot, "must be one of characters")
        await stage.press(pilot, "ctrl+u")
        await pilot.press(*source)
        await stage.press(pilot, "enter")
        settings = stage.app.editor.form_state.settings.valid
        assert (settings.task, settings.optimizer) == (source, "compiled")
        assert link.asked[-1].settings == settings, "its losses follow the finger"
        link.end("failed", "mine.py:make must return a compiled model and its data")
        assert await stage.sees(pilot, "at once: mine.py:make must")

        await stage.press(pilot, "t")
        (start,) = [one for one in stage.link.sent if isinstance(one, Start)]
        assert start.settings == settings
        assert as_it_is(source) in stage.link.allowed

        await stage.press(pilot, "right")
        settings = stage.app.editor.form_state.settings.valid
        assert (settings.task, settings.optimizer) == ("characters", "sgd")


async def test_one_that_data_name_is_run_after_a_person_said_so(tmp_path: Path) -> None:
    source = lesson(tmp_path)
    stage, _ = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        # As a preset or a run of someone else's puts it there.
        stage.app.editor.load(SCHEDULE, Settings(task=source, optimizer="compiled"))
        for key, kind in (("t", Start), ("F", FindRate)):
            await stage.press(pilot, key)
            assert await stage.sees(pilot, "run your code")
            assert not [one for one in stage.link.sent if isinstance(one, kind)]
            await stage.press(pilot, "n", "enter")
        await stage.press(pilot, "F", "y", "enter")
        (find,) = [one for one in stage.link.sent if isinstance(one, FindRate)]
        assert find.allowed == as_it_is(source)


def test_its_optimizer_is_only_its_own() -> None:
    values = FormValues.of(Settings()).put("optimizer", "compiled")
    assert "only your own task has one" in str(values.faults)
    assert replace(values).valid.optimizer == "sgd"
