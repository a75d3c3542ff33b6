"""What is odd is drawn or explained, and never ends the program."""

import numpy as np
import pytest

from lrtui.plotting.columns import schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MARKERS, MarkerName
from lrtui.plotting.picture import Curve
from lrtui.plotting.x_axis import Epochs, Percent
from lrtui.schedules import Schedule, parse
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.search import corner_after, corner_before, restart_after
from lrtui.schedules.user_schedule import UserSchedule
from tests.plotting import reading

NAN, INF = float("nan"), float("inf")


def own(*rates: float) -> Schedule:
    return UserSchedule("mine.py:f", np.array(rates, "<f4").tobytes())


CASES: dict[str, tuple[Schedule, int]] = {
    "a constant": (parse("Constant(0.1)"), 1000),
    "zero": (parse("Constant(0)"), 1000),
    "one step": (parse("CosineDecay(0.1, 1)"), 1),
    "two steps": (parse("CosineDecay(0.1, 1)"), 2),
    "a huge rate": (parse("ExponentialDecay(1e30, 100, 0.5)"), 1000),
    "a tiny rate": (parse("ExponentialDecay(2e-38, 100, 0.5)"), 1000),
    "from tiny to huge": (parse("PiecewiseConstantDecay([500], [1e-38, 1e30])"), 1000),
    "the largest float32": (parse("Constant(3.4028234e38)"), 1000),
    "a billion steps": (parse("CosineDecay(0.1, 1000000000)"), 10**9),
    "a billion steps, dense": (parse("CosineDecayRestarts(0.1, 7, t_mul=1.0)"), 10**9),
    "at the last step only": (parse("PiecewiseConstantDecay([998], [0.1, 0.2])"), 1000),
    "grows beyond float32": (parse("ExponentialDecay(1.0, 1, 10.0)"), 1000),
    "below zero": (own(-1, -0.5, 0, 0.5, 1), 5),
    "only below zero": (own(-2, -2, -1), 3),
    "not a number": (own(0.1, NAN, 0.2, INF, 0.05, -INF), 6),
    "every other no number": (own(*[0.1, NAN, 0.2, INF] * 100), 400),
    "never a number": (own(NAN, INF, -INF), 3),
    "nothing sampled": (own(), 5),
    "fewer samples than steps": (own(0.1, 0.2), 1000),
}
NEVER = ("never a number", "nothing sampled")


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("case", CASES)
def test_it_is_drawn(case: str, log: bool, marker: MarkerName) -> None:
    schedule, total = CASES[case]
    windows = {(0, total), (total - 1, total), (0, 1), (total // 2, total // 2 + 2)}
    for start, stop in sorted(windows):
        for width, height in ((1, 1), (16, 4), (60, 12), (200, 60)):
            columns = schedule_columns(schedule, start, stop, columns_of(width))
            picture = plot(
                width, height, [Curve(columns, 1)], start=start, stop=stop, log=log, marker=marker
            )
            assert (1 in picture.paint) == bool(np.isfinite(columns.low).any())
    drawn = plot(60, 12, [Curve(schedule_columns(schedule, 0, total, 102), 1)], start=0, stop=total)
    assert (1 in drawn.paint) == (case not in NEVER)
    if case not in NEVER:
        assert reading.y_labels(drawn), "an axis without a single label"


@pytest.mark.parametrize("case", CASES)
def test_its_landmarks_are_told(case: str) -> None:
    schedule, total = CASES[case]
    for exact_up_to in (2_000_000, 0):
        found = {mark.name: mark for mark in landmarks(schedule, total, exact_up_to)}
        assert bool(found) == (case not in NEVER)
        for name in ("peak", "lowest", "mean"):
            assert not found or np.isfinite(found[name].value)


@pytest.mark.parametrize("case", CASES)
def test_a_cursor_can_jump_in_it(case: str) -> None:
    schedule, total = CASES[case]
    for step in (0, total // 2, total - 1):
        for found in (corner_after(schedule, step, total), restart_after(schedule, step, total)):
            assert found is None or step < found < total
        found = corner_before(schedule, step)
        assert found is None or 0 < found < step


@pytest.mark.parametrize("axis", [Epochs(1), Epochs(10**9), Percent(1), Percent(10**9)])
def test_any_unit_on_any_window(axis: Epochs | Percent) -> None:
    for start, stop in ((0, 1), (0, 10**9), (10**9 - 1, 10**9), (10**9, 2 * 10**9)):
        for width in (1, 16, 40, 200):
            picture = plot(width, 6, [], start=start, stop=stop, x_axis=axis)
            assert {len(row) for row in picture.rows} == {width}
