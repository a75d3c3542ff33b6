"""Nothing that took time is lost by one key too many: what ends a training asks once."""

import pytest

from lrtui.protocol import Ended, Start, Stop
from tests.tui.conftest import Stage, run_with_reset

SIZE = (80, 24)
UNDER_WAY = "a training is under way"


@pytest.fixture
def left(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Filled when the program is left."""
    found: list[bool] = []
    monkeypatch.setitem(stage.app.actions, "quit", lambda: found.append(True))
    return found


@pytest.mark.parametrize("answer", ["q", "y"])
async def test_q_asks_before_it_ends_a_training(
    stage: Stage, left: list[bool], answer: str
) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "q")
        assert not left
        assert await stage.sees(pilot, f"{UNDER_WAY}: q again, or y, ends it and leaves")
        await stage.press(pilot, answer)
        assert left


@pytest.mark.parametrize("key", ["t", "R"])
async def test_another_training_asks_before_it_ends_the_one_under_way(
    stage: Stage, key: str
) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, key)
        assert not any(isinstance(one, Start) for one in stage.link.sent)
        assert await stage.sees(pilot, f"{UNDER_WAY}: {key} again, or y")
        await stage.press(pilot, key)
        assert any(isinstance(one, Start) for one in stage.link.sent)


@pytest.mark.parametrize("keys", ["qqqqqqqqqqqqqqqqqqqq", "qy", "qyyy"])
async def test_a_held_key_and_keys_typed_ahead_answer_nothing(
    stage: Stage, left: list[bool], keys: str
) -> None:
    """Keys repeat within 0.03 s; what is typed ahead on a slow line comes all at once."""
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        for key in keys:
            stage.now += 0.03 if len(keys) > 4 else 0.0
            await pilot.press(key)
        assert not left
        assert await stage.sees(pilot, UNDER_WAY)


async def test_another_key_withdraws_the_question(stage: Stage, left: list[bool]) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "q", "right", "q")
        assert not left
        await stage.press(pilot, "q")
        assert left


async def test_y_is_what_it_was_when_nothing_is_asked(stage: Stage, left: list[bool]) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "q", "up", "y")
        assert not left
        assert stage.app.plot_controller.view_state.smooth


async def test_a_question_does_not_outlive_its_text(stage: Stage, left: list[bool]) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "q")
        stage.now += 60
        await pilot.press("q")
        assert not left


async def test_without_a_training_q_leaves_at_once(stage: Stage, left: list[bool]) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "q")
        assert left


async def test_a_training_that_is_over_is_left_at_once_its_journal_keeps_it(
    stage: Stage, left: list[bool]
) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([*run_with_reset(), Ended("done")])
        await stage.press(pilot, "q")
        assert left


async def test_s_stops_at_once(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "s")
        assert stage.link.sent == [Stop()]
