"""Choosing a schedule by its picture: found by typing or by arrows, or left without a choice."""

import pytest

from tests.tui.conftest import SCHEDULE, Stage


async def test_a_schedule_is_found_by_typing_and_lasts_as_long_as_the_training(
    stage: Stage,
) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "enter")
        assert await stage.sees(pilot, "schedules, over 1280 steps")
        await stage.press(pilot, *"one")
        assert await stage.sees(pilot, "find: one_")
        await stage.press(pilot, "enter")
        assert stage.shown == "OneCycle(0.1, total_steps=1281)"  # its last step is 1280
        assert not stage.app.main_screen.screen.has_class("-noted")


async def test_each_has_a_picture_of_its_own_shape(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "enter", *"constant")
        rows = stage.screen().splitlines()
        assert "constant" in rows[1]
        level = [row[2:17] for row in rows[2:5] if any("⠀" < char <= "⣿" for char in row)]
        assert len(level) == 1, "a level line is in one row"
        assert len(set(level[0])) == 1


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_it_is_left_without_a_choice(stage: Stage, key: str) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "enter", "right", key)
        assert stage.shown == SCHEDULE
        assert len(stage.app.screen_stack) == 1


async def test_what_is_not_there_is_said_and_q_is_a_letter_then(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "enter", *"sq")
        assert await stage.sees(pilot, "inverse-sqrt")
        await stage.press(pilot, *"xx")
        assert await stage.sees(pilot, "nothing is like that")
        await stage.press(pilot, "enter")
        assert stage.shown == SCHEDULE


async def test_arrows_move_in_the_grid(stage: Stage) -> None:
    """Of the cards as they stand at 80 columns, four beside each other."""
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "enter", "home", "right", "down", "enter")
        assert stage.shown == "CosinePower(0.1, decay_steps=1280)"
        await stage.press(pilot, "enter")
        await pilot.click(offset=(4, 2))
        assert await stage.sees(pilot, "Keeps one rate for the whole training")
        await pilot.click(offset=(4, 2))
        assert stage.shown == "Constant(0.1)"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_all_are_seen_or_said_to_be_below(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.app.run_test(size=size) as pilot:
        await stage.press(pilot, "enter")
        assert await stage.sees(pilot, " of ")
        screen = stage.screen()
        assert ("more below" in screen) == ("wsd" not in screen)
        assert ("more below" in screen) == (size == (80, 24))
