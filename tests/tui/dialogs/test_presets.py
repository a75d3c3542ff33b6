"""Presets by keys: opened into the form, saved from it, renamed, deleted; a broken file stays."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from lrtui.kept import PRESETS_FILE
from tests.tui.conftest import SCHEDULE, Stage

SIZE = (100, 30)


@pytest.fixture
def kept(tmp_path: Path) -> Stage:
    return Stage(kept_in=tmp_path)


async def save_as(stage: Stage, pilot: Pilot[None], name: str) -> None:
    await stage.press(pilot, "k", "s", *name, "enter")


async def test_a_preset_brings_its_schedule_and_its_settings(kept: Stage) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await kept.press(pilot, "k", "enter")
        assert kept.shown.startswith("CosineDecay(0.0, decay_steps=1725, warmup_target=0.1")
        assert kept.app.editor.form_state.settings.valid.optimizer == "nesterov"
        assert kept.app.editor.form_state.settings.valid.epochs == 120
        assert len(kept.app.screen_stack) == 1
        assert await kept.sees(pilot, "from random weights, a fixed number of epochs")


async def test_what_is_saved_can_be_opened_also_by_a_person(kept: Stage, tmp_path: Path) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await save_as(kept, pilot, "mine")
        assert await kept.sees(pilot, "mine")
        await kept.press(pilot, "q", "down", "right")
        assert kept.shown != SCHEDULE
        await kept.press(pilot, "k", "home", "enter")
        assert kept.shown == SCHEDULE
    text = (tmp_path / PRESETS_FILE).read_text()
    assert 'name = "mine"' in text
    assert f'schedule = "{SCHEDULE}"' in text


@pytest.mark.parametrize(("answer", "saved"), [("yes", "0.125"), ("no", "0.1,")])
async def test_overwriting_is_asked(kept: Stage, tmp_path: Path, answer: str, saved: str) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await save_as(kept, pilot, "mine")
        await kept.press(pilot, "q", "down", "right")
        await save_as(kept, pilot, "mine")
        assert await kept.sees(pilot, "there is a preset mine: overwrite it?")
        await kept.press(pilot, *"maybe", "enter")
        assert await kept.sees(pilot, "must be yes or no")
        await kept.press(pilot, *["backspace"] * 5, *answer, "enter")
    text = (tmp_path / PRESETS_FILE).read_text()
    assert f"ExponentialDecay({saved}" in text
    assert text.count("[[presets]]") == 1


async def test_a_preset_is_renamed_and_deleted(kept: Stage, tmp_path: Path) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await save_as(kept, pilot, "mine")
        await kept.press(pilot, "home", "n", *["backspace"] * 4, *"other", "enter")
        assert await kept.sees(pilot, "other")
        assert 'name = "other"' in (tmp_path / PRESETS_FILE).read_text()
        await kept.press(pilot, "home", "backspace")
        assert await kept.sees(pilot, "delete the preset other?")
        await kept.press(pilot, *"yes", "enter")
        assert "other" not in (tmp_path / PRESETS_FILE).read_text()


async def test_one_that_comes_with_the_program_stays(kept: Stage, tmp_path: Path) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await kept.press(pilot, "k", "backspace")
        assert "this one comes with the program and stays" in kept.app.notices
        await kept.press(pilot, "n", "x", "enter")
        assert any("must be that of a preset of your own" in said for said in kept.app.notices)
        assert await kept.sees(pilot, "vision from scratch")
    assert not (tmp_path / PRESETS_FILE).exists()


async def test_a_name_that_cannot_be_is_asked_for_again(kept: Stage) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await save_as(kept, pilot, "")
        assert await kept.sees(pilot, "must be one line of 1 to")


async def test_a_broken_file_is_named_with_its_line_and_left(tmp_path: Path) -> None:
    broken = '[[presets]]\nname = "mine"\nschedule = "NoSuchDecay(0.1)"\n'
    (tmp_path / PRESETS_FILE).write_text(broken)
    stage = Stage(kept_in=tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "k")
        told = stage.app.notices[-1]
        assert f"{PRESETS_FILE}, line 3: " in told
        assert "The file is left as it is" in told
        assert await stage.sees(pilot, "vision from scratch")
        await stage.press(pilot, "s", *"new", "enter")
        assert any("is left as it is" in said for said in stage.app.notices[1:])
    assert (tmp_path / PRESETS_FILE).read_text() == broken


async def test_one_stands_on_what_was_saved(kept: Stage) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await kept.press(pilot, "k", "end", "s", *"mine", "enter")
        about = kept.app.screen.query_one("#about", Static)
        assert str(about.content).startswith("mine: 1280 steps of spirals, sgd")


async def test_each_has_a_picture_of_its_own_schedule_over_its_own_steps(kept: Stage) -> None:
    """Of 1800 steps, of which the first 75 rise; a rate that is held is a line in one row."""
    async with kept.app.run_test(size=(80, 24)) as pilot:
        await kept.press(pilot, "k", "slash", *"vision from")
        rows = [row[2:70] for row in kept.screen().splitlines()[2:18]]
        assert "vision from scrat" in kept.screen()
        highest = next(row for row in rows if row.strip())
        assert len(highest) - len(highest.lstrip()) <= 68 * 75 / 1800 + 1
        await kept.press(pilot, "escape", "slash", *"plain")
        rows = [row[2:70] for row in kept.screen().splitlines()[2:18] if row[2:70].strip()]
        assert len(rows) == 1
        assert len(set(rows[0].strip())) == 1
        assert "vision" not in kept.screen().split("presets")[1].split("plain")[0]


async def test_arrows_and_clicks_go_to_cards_as_they_stand(kept: Stage) -> None:
    """At 80 columns four are beside each other: the sixth is below the second."""
    async with kept.app.run_test(size=(80, 24)) as pilot:
        await kept.press(pilot, "k", "right", "down")
        assert await kept.sees(pilot, "fine-tuning: 1000 steps of characters")
        await pilot.click(offset=(4, 2))
        assert await kept.sees(pilot, "vision from scratch: 1800 steps of glyphs")
        await pilot.click(offset=(4, 2))
        assert kept.shown.startswith("CosineDecay(0.0, decay_steps=1725")


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("vision from scratch", "glyphs"),
        ("one cycle, fast", "glyphs"),
        ("transformer pre-training", "characters"),
        ("fine-tuning", "characters"),
        ("plain Adam", "spirals"),
    ],
)
async def test_a_preset_that_is_made_for_a_task_chooses_it(
    kept: Stage, name: str, task: str
) -> None:
    async with kept.app.run_test(size=SIZE) as pilot:
        await kept.press(pilot, "k", "slash", *name, "enter")
        settings = kept.app.editor.form_state.settings.valid
        assert settings.task == task
        end = kept.app.editor.form_state.schedule.end()
        assert end is None or settings.steps - 1 <= end <= settings.steps
