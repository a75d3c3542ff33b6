"""Undo and redo with keys, through all that a person may change; and held keys."""

import pytest

from lrtui.protocol import Settings
from lrtui.tui.form.form_state import FormState
from lrtui.tui.scene.pins import Pins
from tests.tui.conftest import Stage
from tests.tui.fake import READY

SIZE = (80, 24)


def what(form_state: FormState) -> tuple[str, Settings, Pins]:
    """What of a sheet a person would miss."""
    return str(form_state.schedule), form_state.settings.valid, form_state.pins


async def test_a_held_turn_is_one_step(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        before = stage.shown
        await pilot.press("down", "down", *["right"] * 5)
        turned = stage.shown
        assert "decay_steps=10000" in turned  # 500, 1000, 2000, 5000, 10000
        await pilot.press("u")
        assert stage.shown == before
        await pilot.press("U")
        assert stage.shown == turned


async def test_undo_goes_through_all_kinds_of_changes_and_back(stage: Stage) -> None:
    """Turned, another schedule, a part, a pin, a setting, a typed value."""
    async with stage.app.run_test(size=SIZE) as pilot:
        seen = [stage.app.editor.form_state]
        for keys in (
            ("down", "right"),
            ("up", "right"),
            ("a",),
            ("p",),
            (*["down"] * 4, "7", "enter"),
            ("k", "down", "enter"),
        ):
            await stage.press(pilot, *keys)
            seen.append(stage.app.editor.form_state)
        for one in seen[-2::-1]:
            await stage.press(pilot, "u")
            assert what(stage.app.editor.form_state) == what(one)
        await stage.press(pilot, "u")
        assert stage.app.notices[-1] == "nothing to undo"
        for one in seen[1:]:
            await stage.press(pilot, "U")
            assert what(stage.app.editor.form_state) == what(one)
        await stage.press(pilot, "U")
        assert stage.app.notices[-1] == "nothing to do again"


async def test_where_one_stands_is_no_step(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        before = stage.shown
        await stage.press(pilot, "a", "up", "up", "down", "u")
        assert stage.shown == before


async def test_turned_there_and_back_are_two_steps(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "down", "right")
        there = stage.shown
        await stage.press(pilot, "right", "u")
        assert stage.shown == there


async def test_another_change_forgets_what_was_undone(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "down", "right", "u", "left")
        there = stage.shown
        await stage.press(pilot, "U")
        assert stage.shown == there
        assert "nothing to do again" in stage.app.notices


async def test_what_is_shown_comes_back_as_it_was_drawn(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        before = stage.screen()
        await stage.press(pilot, "down", "right", "u", "up")
        assert stage.screen() == before


@pytest.mark.parametrize(("apart", "steps"), [(0.03, 30), (0.5, 12)])
async def test_a_held_key_turns_faster_than_a_tapped_one(
    stage: Stage, apart: float, steps: int
) -> None:
    """Twelve keys: held, the last two turn two notches each and more."""
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "down", "0", ".", "5", "enter")
        notches = []
        for _ in range(12):
            before = stage.app.editor.form_state.schedule.decay_rate  # type: ignore[attr-defined]
            stage.now += apart
            await pilot.press("right")
            after = stage.app.editor.form_state.schedule.decay_rate  # type: ignore[attr-defined]
            notches.append(round((after - before) * 100))
        assert notches[:10] == [1] * 10
        assert notches[10:] == ([2, 2] if apart < 0.15 else [1, 1])


@pytest.mark.parametrize(
    ("downs", "turned"), [(1, "(1000.0, decay_steps=300"), (2, "decay_steps=50000000000,")]
)
async def test_a_held_key_can_be_let_go_in_time(stage: Stage, downs: int, turned: str) -> None:
    """In less than a second a rate by four decades, steps by a rung a key."""
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * downs)
        for _ in range(25):
            stage.now += 1 / 30
            await pilot.press("right")
        assert turned in stage.shown
