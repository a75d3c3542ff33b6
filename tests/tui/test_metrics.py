"""A metric of a run on the screen: drawn in place of the loss or beside it, and in the table."""

from typing import Any

from lrtui.protocol import Settings, Started, StepsDone, pack
from tests.runs.epochs import epoch_event
from tests.tui.conftest import SCHEDULE, Stage
from tests.tui.fake import READY

SIZE = (80, 24)


def play_run(stage: Stage, *, measured: bool) -> None:
    stage.play([READY, Started(SCHEDULE, Settings(epochs=8, steps_per_epoch=8))])
    for epoch in range(1, 5):
        share = 0.5 + epoch / 10
        more = {"accuracy": share, "val_accuracy": share - 0.25} if measured else {}
        stage.play([StepsDone(8 * (epoch - 1), pack([0.1] * 8), pack([1 / epoch] * 8))])
        stage.play([epoch_event(epoch, 8 * epoch, 0.1, 1 / epoch, 2 / epoch, **more)])


def title(stage: Stage, word: str) -> bool:
    """Whether a plot is called so."""
    plots = (row.partition("┌")[2] for row in stage.screen().splitlines())
    return any(f" {word} " in row.partition("train")[0] for row in plots)


async def test_m_draws_the_metric_and_then_the_loss_again(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        play_run(stage, measured=True)
        await pilot.pause()
        assert not title(stage, "accuracy")
        assert "0.2500" in stage.screen()
        await stage.press(pilot, "M")
        assert title(stage, "accuracy")
        (row,) = (row for row in stage.screen().splitlines() if "0.9000" in row)
        assert "0.6500" in row
        await stage.press(pilot, "M")
        assert not title(stage, "accuracy")


async def test_without_a_metric_the_key_says_so(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "M")
        assert await stage.sees(pilot, "nothing was trained yet")
        play_run(stage, measured=False)
        await stage.press(pilot, "M")
        assert await stage.sees(pilot, "this run has no metric besides the loss")


async def test_a_run_without_the_metric_that_was_chosen_shows_its_loss(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        play_run(stage, measured=True)
        await stage.press(pilot, "M")
        play_run(stage, measured=False)
        await pilot.pause()
        assert stage.app.scene.measure == "loss"
        assert not title(stage, "accuracy")


async def test_where_there_is_room_it_stands_beside_the_loss(stage: Stage, snapshot: Any) -> None:
    async with stage.app.run_test(size=(120, 40)) as pilot:
        play_run(stage, measured=True)
        await pilot.pause()
        stage.app.redraw()
        await pilot.pause()
        assert [row[36:] for row in stage.screen().splitlines()] == snapshot
        await stage.press(pilot, "M")
        assert await stage.sees(pilot, "accuracy")
        titles = [title(stage, one) for one in ("loss", "accuracy")]
        assert titles == [True, True]
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert title(stage, "accuracy")
        assert not title(stage, "loss")
        await pilot.resize_terminal(120, 40)
        play_run(stage, measured=False)
        await pilot.pause()
        assert title(stage, "loss")
        assert not title(stage, "accuracy")
