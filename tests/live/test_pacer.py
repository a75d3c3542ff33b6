"""How fast a training may go: waits in seconds, by a clock that the test sets."""

import pytest

from lrtui.live.pacer import Pacer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_step_has_its_time() -> None:
    clock = Clock()
    pacer = Pacer(50, clock)
    assert pacer.early(1) == pytest.approx(0.02)
    clock.now += 0.02
    assert pacer.early(1) == pytest.approx(0)
    assert pacer.early(2) == pytest.approx(0.02)


def test_without_a_pace_nothing_waits() -> None:
    assert Pacer(None, Clock()).early(10**6) == 0


def test_a_short_delay_is_caught_up_and_a_long_one_forgotten() -> None:
    clock = Clock()
    pacer = Pacer(100, clock)
    clock.now += 0.05
    assert pacer.early(1) < 0
    assert pacer.early(6) == pytest.approx(0.01)
    clock.now += 60
    assert pacer.early(7) < 0
    assert pacer.early(8) == pytest.approx(0.01)


def test_a_restart_counts_from_there() -> None:
    clock = Clock()
    pacer = Pacer(10, clock)
    clock.now += 5
    pacer.pace = 4
    pacer.restart(200)
    assert pacer.early(201) == pytest.approx(0.25)
