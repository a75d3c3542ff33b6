"""What is odd, on the screen: drawn or explained, and the program goes on."""

from pathlib import Path

import numpy as np
import pytest

from lrtui.protocol import Sampled, Settings, pack
from lrtui.tui.form.form_line import LineName
from lrtui.tui.plots.plot_view import PlotView
from tests.tui.conftest import Stage
from tests.tui.fake import READY

STEPS = Settings().steps
NAN, INF = float("nan"), float("inf")


def curve_cells(stage: Stage) -> int:
    """The cells of the plot that show a curve."""
    picture = stage.app.query_one("#rate", PlotView).picture
    assert picture is not None
    return int(((picture.paint > 0) & (picture.paint < 250)).sum())


@pytest.mark.parametrize(
    ("schedule", "seen"),
    [
        ("Constant(0.1)", "0.1┤"),
        ("Constant(0)", "0┤"),
        ("PiecewiseConstantDecay([500], [1e-38, 1e30])", "e29┤"),
        ("ExponentialDecay(2e-38, 100, 0.5)", "e-38┤"),
        ("ExponentialDecay(1.0, 1, 10.0)", "e38┤"),
        ("CosineDecay(0.1, 1)", "0.1┤"),
    ],
)
async def test_it_is_drawn_on_both_axes_and_at_any_size(schedule: str, seen: str) -> None:
    stage = Stage(schedule)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        assert await stage.sees(pilot, seen)
        for key in ("l", "x", "right", "end", "x", "l"):
            await pilot.press(key)
            assert curve_cells(stage)
        for size in ((60, 18), (20, 5), (1, 1), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert await stage.sees(pilot, seen)


async def test_one_step_in_all() -> None:
    stage = Stage("cosine")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        stage.app.editor.type(LineName("settings", "epochs"), "1")
        stage.app.editor.type(LineName("settings", "steps_per_epoch"), "1")
        await pilot.pause()
        assert stage.app.scene.total == 1
        assert curve_cells(stage)
        await pilot.press("x", "right", "left", "end", "l")
        assert await stage.sees(pilot, "step 0")


async def test_a_billion_steps() -> None:
    stage = Stage("CosineDecayRestarts(0.1, 50000, t_mul=1.0)")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        stage.app.editor.type(LineName("settings", "epochs"), "1000")
        stage.app.editor.type(LineName("settings", "steps_per_epoch"), "1000000")
        await pilot.pause()
        assert stage.app.scene.total == 10**9
        picture = stage.app.query_one("#rate", PlotView).picture
        assert picture is not None
        # 20 000 restarts: each column reaches from the top to the bottom.
        assert all("⣿⣿⣿⣿⣿⣿⣿⣿" in row for row in picture.rows[2:-3])


@pytest.mark.parametrize(
    ("rates", "drawn", "said"),
    [
        ([0.1, NAN, 0.2, INF] * (STEPS // 4), True, "The rate of step 1 is nan"),
        ([NAN] * STEPS, False, "The rate of step 0 is nan"),
        ([-0.1] * STEPS, True, "The rate is below 0 from step 0 on"),
        ([INF] * STEPS, False, "The rate of step 0 is inf"),
    ],
)
async def test_rates_of_ones_own_that_no_training_can_use(
    rates: list[float], drawn: bool, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("")
    stage = Stage("mine.py:f")
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        stage.play([READY, Sampled("mine.py:f", STEPS, pack(np.array(rates)), "")])
        assert await stage.sees(pilot, said)
        assert bool(curve_cells(stage)) is drawn
        await pilot.press("l", "x", "right", "end", "x")
        assert bool(curve_cells(stage)) is drawn
