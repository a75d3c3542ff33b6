"""Curves kept for comparison: pinned, named by what differs, told apart, put away."""

import re

import numpy as np
import pytest

from lrtui.tui.plots.plot_view import PlotView
from tests.tui.conftest import Stage

SIZE = (120, 40)


def styles(stage: Stage) -> set[int]:
    """The paints of the plot of rates."""
    picture = stage.app.query_one("#rate", PlotView).picture
    assert picture is not None
    return set(np.unique(picture.paint).tolist())


def readout(stage: Stage) -> str:
    return str(stage.app.query_one("#readout").text)  # type: ignore[attr-defined]


async def test_pins_are_named_by_what_differs(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "p", *["down"] * 3, "right", "p", "right")
        named = re.sub(r"[^ -~]+ ", "", readout(stage).splitlines()[0])
        assert named.split() == ["decay_rate", "0.5", "0.51", "0.52"]
        await stage.press(pilot, "P")
        assert await stage.sees(pilot, "decay_rate 0.51")
        assert "ExponentialDecay(0.1, decay_steps=300, decay_rate=0.51" in stage.screen()


async def test_each_pin_has_a_paint_and_a_dash_of_its_own(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        bare = styles(stage)
        await stage.press(pilot, "p", *["down"] * 3, "right", "p", "right")
        first, second = sorted(styles(stage) - bare)
        samples = re.findall(r"[\u2800-\u28ff]{3}", readout(stage))
        assert first != second
        assert len(samples) == len(set(samples)) == 3, "two pins and the form"


async def test_no_ninth_pin_and_none_twice(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "p", "p")
        assert await stage.sees(pilot, "this schedule is pinned already")
        await stage.press(pilot, "down", *["right", "p"] * 7)
        assert len(stage.app.editor.form_state.pins) == 8
        await stage.press(pilot, "right", "p")
        assert await stage.sees(pilot, "at most 8 curves can be pinned")
        assert len({pin.paint for pin in stage.app.editor.form_state.pins}) == 8


async def test_a_pin_is_hidden_and_shown_again(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        bare = styles(stage)
        await stage.press(pilot, "p", "down", "right")
        assert styles(stage) > bare
        await stage.press(pilot, "P", "h")
        assert await stage.sees(pilot, "initial_learning_rate 0.1 (hidden)")
        assert styles(stage) == bare
        await stage.press(pilot, "h", "q")
        assert styles(stage) > bare


async def test_a_pin_is_renamed_and_named_by_what_differs_again(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "p", "down", "right", "P", "n", *"mine", "enter", "q")
        assert "mine" in readout(stage)
        await stage.press(pilot, "P", "n", *["backspace"] * 4, "enter", "q")
        assert "mine" not in readout(stage)
        assert re.match(r"initial_learning_rate \S+ 0.1 ", readout(stage))


async def test_a_pin_is_taken_back_into_the_form_and_removed(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        pinned = stage.shown
        await stage.press(pilot, "p", "down", "right")
        assert stage.shown != pinned
        await stage.press(pilot, "P", "enter")
        assert stage.shown == pinned
        assert len(stage.app.screen_stack) == 1
        await stage.press(pilot, "P", "backspace")
        assert stage.app.editor.form_state.pins == ()
        assert len(stage.app.screen_stack) == 1, "without a pin there is nothing to list"


async def test_without_a_pin_the_list_says_how_to_pin(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "P")
        assert await stage.sees(pilot, "p pins the present curve")


async def test_rates_under_the_cursor_are_those_of_every_pin(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "p", "down", "right", "p", "right", "x")
        told = readout(stage)
        for rate in ("1.000e-1", "1.250e-1", "1.6000e-1"):
            assert rate in told


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_all_of_two_pins_and_the_form_are_named_where_it_is_narrow(
    size: tuple[int, int],
) -> None:
    stage = Stage()
    async with stage.app.run_test(size=size) as pilot:
        await stage.press(pilot, "p", "down", "right", "p", "right")
        told = readout(stage)
        assert "initial_learning_rate" in told
        for value in ("0.1 ", "0.125", "0.16"):
            assert value in told + " "


async def test_in_little_room_the_rates_are_read_and_not_the_names(stage: Stage) -> None:
    """0.1, 0.125 and 0.16, two of them pinned, halved every 300 steps; at step 55."""
    async with stage.app.run_test(size=(60, 18)) as pilot:
        await stage.press(pilot, "p", "down", "right", "p", "right", "x", "right")
        half = 0.5 ** (55 / 300)
        rates = [f"{rate * half:.3e}".replace("e-0", "e-") for rate in (0.1, 0.125)]
        for rate in rates:
            assert rate in readout(stage)
        assert "+1" not in readout(stage)
        await stage.press(pilot, "x")
        assert "initial_learning_rate" in readout(stage), "the names, where no rate is read"
