"""Where there is no colour, and little room: what is to be seen all the same."""

import re

import pytest

from lrtui.protocol import Ended
from tests.tui.conftest import Stage, run_with_reset


@pytest.mark.parametrize("over", [False, True], ids=["under way", "over"])
async def test_curves_of_one_plot_are_dashed_differently(stage: Stage, over: bool) -> None:
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.play([*run_with_reset(), *([Ended("stopped")] if over else [])])
        await pilot.press("down", "right")
        for plot in ("#rate", "#loss"):
            picture = stage.app.query_one(plot).picture  # type: ignore[attr-defined]
            samples = re.findall(r" ([⠀-⣿]{3}) ([a-z]+(?: [a-z]+)?)", picture.rows[0])
            assert len(samples) == (2 if over and plot == "#rate" else 3), samples
            assert len({dots for dots, _ in samples}) == len(samples), samples


async def test_a_form_that_is_longer_than_the_screen_says_so(stage: Stage) -> None:
    async with stage.app.run_test(size=(60, 18)) as pilot:
        more = re.search(r"(\d+) more below", stage.screen())
        assert more is not None
        await pilot.press("up")  # from the first line to the last
        assert "total steps" in stage.screen()
        assert "more below" not in stage.screen()


async def test_a_form_that_is_seen_whole_says_nothing(stage: Stage) -> None:
    async with stage.app.run_test(size=(120, 60)):
        assert "total steps" in stage.screen()
        assert "more below" not in stage.screen()


@pytest.mark.parametrize(("ascii", "marked"), [(False, "•◂ 0.125 ▸"), (True, "*< 0.125 >")])
async def test_a_value_that_is_not_the_default_has_a_mark(ascii: bool, marked: str) -> None:
    stage = Stage("exponential", ascii=ascii)
    async with stage.app.run_test(size=(60, 18)) as pilot:
        form = stage.app.query_one("Form")
        assert "•" not in stage.screen()
        assert "*" not in form.render_line(1).text
        await stage.press(pilot, "down", "right")
        assert marked in stage.screen()
        await stage.press(pilot, "down")
        assert f"{marked[0]}0.125" in stage.screen()
        await stage.press(pilot, "up", "backspace")
        assert marked[0] not in form.render_line(1).text
