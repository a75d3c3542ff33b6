"""Zoom and pan: a window of steps, worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.plotting.window import Window, clamped, panned, shown, zoomed
from tests.schedules.strategies import patient


@pytest.mark.parametrize(
    ("window", "factor", "around", "after"),
    [
        ((0, 1000), 0.5, 0, (0, 500)),
        ((0, 1000), 0.5, 500, (250, 750)),
        ((0, 1000), 0.5, 999, (500, 1000)),  # the step stays at the right edge
        ((250, 750), 2, 500, (0, 1000)),
        ((100, 200), 2, 150, (50, 250)),
        ((0, 100), 2, 50, (0, 200)),  # against the left end
        ((900, 1000), 2, 950, (800, 1000)),  # against the right end
        ((0, 1000), 2, 10, (0, 1000)),
        ((10, 12), 0.5, 11, (11, 12)),  # two steps, then one
        ((11, 12), 0.5, 11, (11, 12)),
        ((11, 12), 2, 11, (11, 13)),
        ((11, 14), 0.9, 12, (12, 14)),  # a step at least
        ((11, 12), 1.1, 11, (11, 13)),
        ((0, 100), 0.5, 700, (675, 725)),  # a step that is not seen comes into the middle
        ((0, 1000), 1, 3, (0, 1000)),
    ],
)
def test_zoom(window: tuple[int, int], factor: float, around: int, after: tuple[int, int]) -> None:
    assert zoomed(Window(*window), factor, around, 1000) == after


@pytest.mark.parametrize(
    ("window", "share", "after"),
    [
        ((100, 200), 0.5, (150, 250)),
        ((100, 200), -0.5, (50, 150)),
        ((100, 200), -3, (0, 100)),
        ((100, 200), 100, (900, 1000)),
        ((7, 8), 0.1, (8, 9)),
        ((7, 8), -0.1, (6, 7)),
        ((0, 1000), 0.5, (0, 1000)),
        ((100, 200), 0, (100, 200)),
    ],
)
def test_pan(window: tuple[int, int], share: float, after: tuple[int, int]) -> None:
    assert panned(Window(*window), share, 1000) == after


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (150, (100, 200)),
        (200, (101, 201)),
        (99, (99, 199)),
        (299, (200, 300)),
        (300, (250, 350)),
        (0, (0, 100)),
        (999, (900, 1000)),
        (5000, (900, 1000)),
        (-5, (0, 100)),
    ],
)
def test_following_a_cursor(step: int, after: tuple[int, int]) -> None:
    assert shown(Window(100, 200), step, 1000) == after


@pytest.mark.parametrize(
    ("window", "after"),
    [((-5, 20), (0, 25)), ((90, 120), (70, 100)), ((-5, 200), (0, 100)), ((50, 50), (50, 51))],
)
def test_a_window_of_what_there_is(window: tuple[int, int], after: tuple[int, int]) -> None:
    assert clamped(Window(*window), 100) == after


def test_of_no_step_at_all() -> None:
    with pytest.raises(ValueError, match=r"total must be at least 1\. Received: 0"):
        clamped(Window(0, 1), 0)


@patient
@given(
    total=st.integers(1, 10**12),
    data=st.data(),
    factor=st.floats(0.01, 100),
    share=st.floats(-5, 5),
)
def test_whatever_one_does_there_is_a_window(
    total: int, data: st.DataObject, factor: float, share: float
) -> None:
    start = data.draw(st.integers(0, total - 1))
    window = Window(start, data.draw(st.integers(start + 1, total)))
    around = data.draw(st.integers(window.start, window.stop - 1))
    after = zoomed(window, factor, around, total)
    assert after.start <= around < after.stop
    for one in (after, panned(window, share, total), shown(window, around, total)):
        assert 0 <= one.start < one.stop <= total
    assert panned(window, share, total).steps == window.steps
    assert shown(window, around, total) == window
    if factor < 1:
        assert after.steps < window.steps or window.steps == 1
    if factor > 1:
        assert after.steps > window.steps or window.steps == total
