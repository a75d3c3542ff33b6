"""The screens as pictures: a change of looks has to be looked at."""

from collections.abc import Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from lrtui.protocol import Event, Paused
from tests.tui.conftest import Stage, run_with_reset
from tests.tui.fake import READY

SIZES = [(80, 24), (120, 40)]


class Snap:
    """Compares the app with its picture, once everything is drawn."""

    def __init__(self, compare: Any) -> None:
        self._compare = compare

    def __call__(
        self,
        stage: Stage,
        *keys: str,
        size: tuple[int, int] = (80, 24),
        events: Sequence[Event] = (READY,),
    ) -> bool:
        async def play(pilot: Pilot[None]) -> None:
            await pilot.pause()
            stage.play(events)
            await pilot.press(*keys)
            await pilot.pause()
            stage.app.redraw()
            await pilot.pause()

        return bool(self._compare(stage.app, terminal_size=size, run_before=play))


@pytest.fixture
def snap(snap_compare: Any) -> Snap:
    return Snap(snap_compare)


@pytest.mark.parametrize("size", SIZES)
def test_exploring(snap: Snap, size: tuple[int, int]) -> None:
    assert snap(Stage(), size=size)


@pytest.mark.parametrize("size", SIZES)
def test_training_after_a_reset(snap: Snap, size: tuple[int, int]) -> None:
    assert snap(Stage(), "down", "right", size=size, events=run_with_reset())


def test_paused_on_a_log_axis_without_unicode(snap: Snap) -> None:
    events = [*run_with_reset(), Paused(448)]
    assert snap(Stage(ascii=True), "l", "x", "end", "left", events=events)


def test_a_fault_in_the_form(snap: Snap) -> None:
    assert snap(Stage(), "down", "down", "0", "enter")


def test_typing(snap: Snap) -> None:
    assert snap(Stage(), "down", "1", "e")


def test_choosing_a_schedule(snap: Snap) -> None:
    assert snap(Stage(), "enter")


def test_help(snap: Snap) -> None:
    assert snap(Stage(), "question_mark")
