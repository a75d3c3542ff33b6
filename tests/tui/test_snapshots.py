"""The screens as pictures: a change of looks has to be looked at."""

from typing import Any

import pytest
from textual.pilot import Pilot

from lrtui.training.protocol import Paused
from tests.tui.conftest import Stage, run_with_reset

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
def test_exploring(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(Stage().app, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_training_after_a_reset(snap_compare: Any, size: tuple[int, int]) -> None:
    stage = Stage()

    async def play(pilot: Pilot[None]) -> None:
        stage.play(run_with_reset())
        await pilot.press("down", "right")

    assert snap_compare(stage.app, terminal_size=size, run_before=play)


def test_paused_on_a_log_axis_without_unicode(snap_compare: Any) -> None:
    stage = Stage(ascii=True)

    async def play(pilot: Pilot[None]) -> None:
        stage.play([*run_with_reset(), Paused(448)])
        await pilot.press("l", "x", "end", "left")

    assert snap_compare(stage.app, terminal_size=(80, 24), run_before=play)


def test_a_fault_in_the_form(snap_compare: Any) -> None:
    keys = ["down", "down", "0", "enter"]
    assert snap_compare(Stage().app, terminal_size=(80, 24), press=keys)


def test_typing(snap_compare: Any) -> None:
    assert snap_compare(Stage().app, terminal_size=(80, 24), press=["down", "1", "e"])


def test_choosing_a_schedule(snap_compare: Any) -> None:
    assert snap_compare(Stage().app, terminal_size=(80, 24), press=["enter"])


def test_help(snap_compare: Any) -> None:
    assert snap_compare(Stage().app, terminal_size=(80, 24), press=["question_mark"])
