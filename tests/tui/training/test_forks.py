"""What a run could do from here on, on links that are no processes."""

import numpy as np
import pytest
from textual.pilot import Pilot

from lrtui.protocol import (
    Pause,
    Paused,
    Reset,
    Settings,
    StateTaken,
    TakeState,
    TrainedAtOnce,
    pack,
)
from lrtui.schedules import parse
from lrtui.tui.dialogs.fork_dialog import ForkDialog
from tests.tui.conftest import SCHEDULE, Stage
from tests.tui.fake import READY, exchange
from tests.tui.training.test_loss_follower import FakeAtOnce, stage_at_once


async def asked(stage: Stage, pilot: Pilot[None], steps: int = 640) -> None:
    """A run of 1280 steps is at step 640, waits there, and its state is known."""
    rates = parse(SCHEDULE)(range(steps)).tolist()
    stage.play([READY, *exchange(SCHEDULE, Settings(), rates), Paused(steps, "asked")])
    await stage.press(pilot, "J")
    assert isinstance(stage.link.sent[-1], TakeState)
    assert await stage.sees(pilot, "copying the run")
    stage.link.say(StateTaken(steps, "/tmp/state.npz"))
    await pilot.pause()


def answer(link: FakeAtOnce, loss: float) -> None:
    steps = link.trained.asked.rates.shape[1]
    losses = pack(np.full(steps, loss, np.float32))
    link.trained.add(TrainedAtOnce(1, 0, 1, 0, steps, losses, 0, b"", b""))
    link.end()


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_each_way_is_trained_from_the_state_and_enter_steers_the_run(
    size: tuple[int, int],
) -> None:
    stage, link = stage_at_once()
    async with stage.app.run_test(size=size) as pilot:
        await asked(stage, pilot)
        for loss in (0.4, 0.31, 0.32, 0.33, 0.45):
            first = link.asked[-1]
            assert (first.state, first.first_step, first.rows) == ("/tmp/state.npz", 640, ((0, 0),))
            answer(link, loss)
        await pilot.pause()
        assert [one.rates.shape[1] for one in link.asked] == [640, 320, 320, 320, 640]
        expected = parse(SCHEDULE)(np.arange(640, 1280))
        np.testing.assert_array_equal(link.asked[0].rates[0], expected)
        screen = stage.screen()
        for seen in (
            "> as planned",
            "0.4000 after 640 steps",
            "cooled down, 1-sqrt",
            "0.3200 after 320 steps",
            "from step 640 on",
        ):
            assert seen in screen, screen
        sent = len(stage.link.sent)
        await stage.press(pilot, "down", "down", "enter")
        (reset,) = stage.link.sent[sent:]
        assert isinstance(reset, Reset)
        assert reset.schedule is not None
        rates = parse(reset.schedule)(np.arange(320))
        np.testing.assert_array_equal(rates, link.asked[2].rates[0])
        assert rates[0] == parse(SCHEDULE)(640)
        assert not isinstance(stage.app.screen, ForkDialog)


async def test_another_length_trains_the_cooldowns_alone_and_q_changes_nothing() -> None:
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await asked(stage, pilot)
        for _ in range(5):
            answer(link, 0.3)
        await stage.press(pilot, "left")
        for _ in range(3):
            answer(link, 0.35)
        assert [one.rates.shape[1] for one in link.asked[5:]] == [200, 200, 200]
        assert await stage.sees(pilot, "0.3500 after 200 steps")
        sent = len(stage.link.sent)
        await stage.press(pilot, "q")
        assert stage.link.sent[sent:] == []


async def test_as_planned_steers_nothing_and_what_cannot_be_is_said() -> None:
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "J")
        assert await stage.sees(pilot, "nothing trains")
        await asked(stage, pilot)
        answer(link, 0.4)
        link.end("failed", "the process is gone")
        assert await stage.sees(pilot, "the process is gone")
        sent = len(stage.link.sent)
        await stage.press(pilot, "enter")
        assert stage.link.sent[sent:] == []
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        plateau = Settings(plateau_patience=3)
        stage.play([READY, *exchange(SCHEDULE, plateau, [0.1] * 64)])
        await stage.press(pilot, "J")
        assert await stage.sees(pilot, "a plateau cuts the rate when it is found")
        assert not [one for one in stage.link.sent if isinstance(one, TakeState | Pause)]
