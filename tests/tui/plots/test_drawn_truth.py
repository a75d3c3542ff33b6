"""The curve on the screen, read back from its cells, is the schedule's: linear and log."""

import numpy as np
import pytest

from lrtui.plotting.axis import fit_axis
from lrtui.plotting.columns import schedule_columns
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.tui.plots.plot_view import PlotView
from tests.plotting import reading
from tests.plotting.test_truth import DOTS, assert_shows, true_extremes
from tests.tui.conftest import Stage

SCHEDULES = [
    "ExponentialDecay(0.1, decay_steps=300, decay_rate=0.5)",
    "CosineDecayRestarts(0.1, 50, t_mul=1.0)",
    "CosineDecay(0.0, 900, warmup_target=0.1, warmup_steps=100)",
    "PiecewiseConstantDecay([300, 301, 900], [0.1, 0.001, 0.05, 0.0])",
    "Warmup(PolynomialDecay(0.1, 500, 0.001, cycle=True), 100)",
    "Sequence([OneCycle(0.1, 400), CyclicalRate(0.001, 0.1, 33)], [400])",
    "Constant(0.1)",
]


def canvas_on_screen(stage: Stage) -> list[str]:
    """The cells within the frame of the plot of rates, as they stand on the screen."""
    region = stage.app.query_one("#rate", PlotView).region
    rows = stage.screen().split("\n")[region.y : region.bottom]
    shown = [row[region.x : region.right] for row in rows]
    assert shown[0].strip("┌┐+ ─-").startswith(("rate", "learning rate"))
    return [row[reading.LEFT : -reading.RIGHT] for row in shown[1:-2]]


async def assert_screen_is_true(stage: Stage, log: bool, marker: MarkerName) -> None:
    seen = stage.app.scene
    lit = reading.lit(canvas_on_screen(stage), marker)
    width = stage.app.query_one("#rate", PlotView).size.width
    drawn = schedule_columns(seen.schedule, 0, seen.total, columns_of(width))
    axis = fit_axis([drawn], len(lit) // DOTS[marker][0], DOTS[marker][0], log)
    rates = seen.schedule(np.arange(seen.total)).astype(np.float64)
    low, high = true_extremes(rates, columns_of(width))
    if marker == "ascii":
        low, high = low.reshape(-1, 2).min(axis=1), high.reshape(-1, 2).max(axis=1)
    assert_shows(lit, low, high, (axis.low, axis.high), log)


@pytest.mark.parametrize("ascii", [False, True], ids=["braille", "ascii"])
@pytest.mark.parametrize("schedule", SCHEDULES)
async def test_what_stands_on_the_screen_is_the_schedule(schedule: str, ascii: bool) -> None:
    marker: MarkerName = "ascii" if ascii else "braille"
    stage = Stage(schedule, ascii=ascii)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (120, 40), (67, 19)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            for log in (False, True):
                await assert_screen_is_true(stage, log, marker)
                await pilot.press("l")
                await pilot.pause()


async def test_also_after_a_parameter_is_turned(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in ("down", "right", "right", "down", "left", "left", "left"):
            await pilot.press(key)
            await pilot.pause()
            await assert_screen_is_true(stage, False, "braille")
