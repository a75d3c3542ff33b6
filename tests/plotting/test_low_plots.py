"""What can be read off the vertical axis of a plot that has few rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.plotting.columns import Columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.picture import Curve
from tests.schedules.strategies import patient

WIDTH = 40


def labels(low: float, high: float, rows: int, *, log: bool, zero: bool = False) -> dict[int, str]:
    """The labels of a plot of a curve from `high` down to `low`, by its row of the canvas."""
    values = np.linspace(high, low, columns_of(WIDTH))
    values[-1] = 0 if zero else low
    curve = Curve(Columns(values, values), 1)
    picture = plot(WIDTH, rows + 2, [curve], start=0, stop=100, log=log, x_ticks=False)
    written = {row: line[:7].strip() for row, line in enumerate(picture.rows[1:-1])}
    return {row: label for row, label in written.items() if label}


@pytest.mark.parametrize(
    ("low", "high", "rows", "log", "expected"),
    [
        (0.3, 0.5, 4, False, {3: "0.3", 0: "0.5"}),  # was 0.4 alone
        (0.001, 0.09, 4, False, {3: "0", 0: "0.09"}),
        (0.02, 0.5, 4, True, {3: "2e-2", 0: "0.5"}),  # was 1e-1 alone
        (0.02, 0.5, 5, True, {4: "2e-2", 2: "0.1", 0: "0.5"}),  # was 3e-2 in the row of 0.02
        (1e-5, 0.1, 4, True, {3: "1e-5", 0: "0.1"}),
        (0.2, 0.5, 9, True, {8: "0.2", 5: "0.3", 2: "0.4", 0: "0.5"}),
    ],
)
def test_both_extremes_are_told(
    low: float, high: float, rows: int, log: bool, expected: dict[int, str]
) -> None:
    assert labels(low, high, rows, log=log) == expected


def test_beside_a_zero_on_a_log_axis_the_highest_is_told() -> None:
    assert labels(0.03, 0.06, 4, log=True, zero=True) == {3: "0", 0: "0.06"}  # was 0 alone


@patient
@given(
    low=st.floats(1e-6, 1e3),
    ratio=st.floats(1.01, 1e4),
    rows=st.integers(4, 30),
    log=st.booleans(),
)
def test_from_four_rows_on_there_are_two_labels_one_by_each_extreme(
    low: float, ratio: float, rows: int, log: bool
) -> None:
    found = labels(low, low * ratio, rows, log=log)
    assert len(found) >= 2
    assert min(found) <= 1
    assert max(found) >= rows - 2
