"""Each state of the training side on the screen, from a recorded exchange, at three sizes."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from lrtui.protocol import Ended, Epoch, Event, Paused, Ready
from tests.tui.conftest import Stage
from tests.tui.exchanges import EXCHANGE, upto

SIZES = [(60, 18), (80, 24), (120, 40)]


TRAINING = upto(lambda event: isinstance(event, Epoch) and event.epoch == 3)
PAUSED = upto(lambda event: isinstance(event, Paused))
DIVERGED = upto(lambda event: isinstance(event, Paused) and event.reason == "diverged")


def kill(stage: Stage) -> None:
    stage.link.die("killed by SIGKILL")


def fall_silent(stage: Stage) -> None:
    stage.link.status = replace(
        stage.link.status, state="training", answers=False, silent_for=4.2, pid=4711
    )
    stage.link.tell_state(stage.link.status)


def nothing(_: Stage) -> None:
    pass


STATES: dict[str, tuple[list[Event], Callable[[Stage], None], list[str]]] = {
    "starting": ([], nothing, ["loading TensorFlow", "t train"]),
    "ready": ([EXCHANGE[0]], nothing, ["t trains this schedule", "worker: 687 MB"]),
    "training": (TRAINING, nothing, ["epoch 4/6", "step 96", "r reset space pause s stop", "50%"]),
    "paused": (PAUSED, nothing, ["paused", "step 97", "space go on r reset E an epoch"]),
    "diverged": (
        DIVERGED,
        nothing,
        ["paused · diverged at step 121", "space goes on as it is", "r restore"],
    ),
    "done": (EXCHANGE, nothing, ["done · epoch 6/6", "t trains this schedule", "v runs"]),
    "failed": ([*TRAINING, Ended("failed", "no space left")], nothing, ["failed · epoch 3/6"]),
    "killed": (TRAINING, kill, ["killed · epoch 3/6", "t starts another", "t train R start over"]),
    "not answering": (
        TRAINING,
        fall_silent,
        ["does not answer (4 s)", "K ends it", "K end worker"],
    ),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
async def test_every_state_is_told_at_every_size(state: str, size: tuple[int, int]) -> None:
    events, then, told = STATES[state]
    stage = Stage()
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        stage.play(events)
        then(stage)
        stage.app.redraw()
        for text in told:
            assert await stage.sees(pilot, text), stage.screen()
        assert "? help" in stage.screen()
        header = stage.screen().splitlines()[0]
        assert not header.rstrip().endswith(("·", "-")), "whole parts only"


def test_the_exchange_holds_what_it_is_for() -> None:
    kinds = [getattr(event, "kind", type(event).__name__) for event in EXCHANGE]
    assert isinstance(EXCHANGE[0], Ready)
    for kind in ("reset", "scale", "Paused", "Resumed", "Diverged", "restore", "Ended"):
        assert kind in kinds
