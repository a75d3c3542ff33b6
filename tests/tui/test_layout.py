"""Where things stand: in training the plots have the room; with much room nothing is empty."""

import pytest

from lrtui.protocol import Ended, Settings
from lrtui.schedules import parse
from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.training.epoch_table import EpochTable
from tests.tui.conftest import SCHEDULE, Stage, run_with_reset
from tests.tui.exchanges import recorded
from tests.tui.fake import READY, exchange

SETTINGS = Settings(epochs=3, steps_per_epoch=10)


async def test_in_training_at_80x24_the_plots_have_the_width_and_nine_rows_each(
    stage: Stage,
) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = stage.app.main_screen.form.size
        await stage.press(pilot, "t")
        stage.play(run_with_reset())
        await pilot.pause()
        await pilot.pause()
        for plot in stage.app.query(PlotView):
            assert (plot.size.width, plot.size.height >= 9) == (80, True), plot.size
        assert stage.app.query_one(EpochTable).size.height in (2, 3)
        row = stage.screen().splitlines()[1]
        assert "◂ exponential ▸" in row, "the line that can be turned"
        assert "35%" in row
        await stage.press(pilot, "down", "right")
        assert "◂ 0.125 ▸" in stage.screen().splitlines()[1]
        await stage.press(pilot, "O")
        await pilot.pause()
        assert stage.app.main_screen.form.size == before, "a key opens the form"


async def test_after_a_training_nothing_moves_before_a_key_is_pressed(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.play(run_with_reset())
        await pilot.pause()
        heights = [plot.region for plot in stage.app.query(PlotView)]
        stage.play([Ended("done")])
        await pilot.pause()
        assert [plot.region for plot in stage.app.query(PlotView)] == heights
        await stage.press(pilot, "right")
        await pilot.pause()
        assert stage.app.main_screen.form.size.height > 10


async def test_with_room_there_are_runs_figures_and_what_the_line_means(stage: Stage) -> None:
    rates = parse(SCHEDULE)(range(30)).tolist()
    async with stage.app.run_test(size=(200, 60)) as pilot:
        stage.play([READY, *exchange(SCHEDULE, SETTINGS, rates, ended=True), *recorded()[1:]])
        await stage.press(pilot, "down", "down", "down")
        await pilot.pause()
        stage.app.redraw()
        await pilot.pause()
        screen = stage.screen()
        for text in (
            "── runs",
            "#1 ",
            "#2 ",
            "── decay rate",
            "factor per decay_steps",
            "rate ",
        ):
            assert text in screen, text
        assert any("█▀█" in row or "▀▀█" in row for row in screen.splitlines()), "large figures"
        left = [row[1:35] for row in screen.splitlines()[2:-3]]
        blank = [row for row in left if not row.strip()]
        assert len(blank) <= 6, "nothing is empty"


async def test_at_120x40_the_runs_stand_below_the_form(stage: Stage) -> None:
    rates = parse(SCHEDULE)(range(30)).tolist()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.play([READY, *exchange(SCHEDULE, SETTINGS, rates, ended=True)])
        await pilot.pause()
        stage.app.redraw()
        await pilot.pause()
        assert "── runs" in stage.screen()
        assert "done" in next(row for row in stage.screen().splitlines() if "#1 " in row)


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
async def test_nothing_jumps_while_a_line_is_turned(size: tuple[int, int]) -> None:
    stage = Stage("CosineDecay(0.1, decay_steps=1280)")
    async with stage.app.run_test(size=size) as pilot:
        await stage.press(pilot, "down", "down")
        said, heights = set(), set()
        for key in ("left", "left", "left", *["right"] * 7):
            await stage.press(pilot, key)
            await pilot.pause()
            said.add(str(stage.app.query_one("#notes").text).partition(" at step")[0])  # type: ignore[attr-defined]
            heights.add(stage.app.main_screen.rates.size)
        assert said == {"", "The schedule ends", "The training ends"}, "notes come and go"
        assert len(heights) == 1


async def test_a_training_is_not_drawn_once_more_right_after_a_key(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)):
        app, drawn = stage.app, []
        app.redraw()  # as a key does
        for _ in range(3):
            app._stale = True
            before = app._drawings
            app._redraw_if_stale()
            drawn.append(app._drawings > before)
        assert drawn == [False, True, True], "the next tick does, and each that follows"
