"""What a key draws: what it changed, all of that, and nothing else."""

import pytest
from textual.widget import Widget

from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.scene.pictures import loss_picture
from tests.tui.conftest import Stage, run_with_reset

SIZE = (120, 40)


def losses(stage: Stage) -> PlotView:
    return stage.app.query_one("#loss", PlotView)


async def test_a_turned_parameter_paints_its_line_the_curve_and_the_readout(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    refresh = Widget.refresh

    def noted(self: Widget, *regions: object, **options: bool) -> Widget:
        painted.append(self.id or type(self).__name__)
        return refresh(self, *regions, **options)  # type: ignore[arg-type]

    async with stage.app.run_test(size=(80, 18)) as pilot:
        await stage.press(pilot, "down", "down", "right")
        assert "more below" in stage.screen()
        monkeypatch.setattr(Widget, "refresh", noted)
        await stage.press(pilot, "right")
        assert sorted(painted) == ["Form", "rate", "readout"]


async def test_losses_are_not_drawn_again_for_another_schedule_in_the_form(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "down", "p", "right")
        before = losses(stage).picture
        await stage.press(pilot, "right", "left", "left")
        assert losses(stage).picture is before


@pytest.mark.parametrize("over", [False, True], ids=["running", "over"])
async def test_whatever_is_pressed_the_losses_are_those_of_the_scene(over: bool) -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        run = run_with_reset()
        stage.play(run[:4])
        await pilot.pause()
        stage.play(run[1:-2] if over else run[4:-2])
        if over:
            stage.app.plot_controller.lay_over(0)
        for key in (
            "L",
            "y",
            "M",
            "x",
            "right",
            "+",
            ">",
            "i",
            "m",
            "z",
            "x",
            *["down"] * 14,
            "right",
        ):
            await stage.press(pilot, key)
            drawn = loss_picture(stage.app.scene, *losses(stage).size)
            assert losses(stage).picture == drawn, key
        for event in run[-2:]:
            stage.play([event])
            assert losses(stage).picture == loss_picture(stage.app.scene, *losses(stage).size)
