"""The picture of a range test, read back from its characters."""

import numpy as np
import pytest

from lrtui.plotting.markers import MARKERS
from lrtui.plotting.picture import MARK
from lrtui.plotting.range_picture import middle_of_neighbours, range_picture
from lrtui.plotting.x_axis import Rates
from tests.plotting import reading

LOSSES = np.r_[np.full(40, 3.0), np.linspace(3, 1, 40), np.geomspace(1, 1e9, 20)].astype("f4")
"""Flat, falling, shooting up."""
SWEEP = Rates(1e-7, 10.0, 100)


def test_the_axis_says_rates_and_a_mark_stands_at_its_rate() -> None:
    picture = range_picture(89, 12, SWEEP, LOSSES, marks=[(1e-3, "1")])
    labels = reading.x_labels(picture)
    assert {"1e-7", "1e-5", "1e-3", "0.1", "10"} <= set(labels.values())
    axis = picture.rows[-2]
    cell = axis.index("1") - reading.LEFT
    assert min(abs(cell - at) for at, label in labels.items() if label == "1e-3") <= 1
    assert picture.paint[3, cell + reading.LEFT] == MARK


def test_a_loss_that_shoots_up_does_not_press_the_others_flat() -> None:
    """Up to the last 5 steps; beyond that the curve leaves the picture."""
    calm = LOSSES[:85].copy()
    calm[80:] = [1e3, 1e5, 1e7, 1e9, np.inf]
    top = [
        max(map(float, reading.y_labels(picture).values()))
        for picture in (
            range_picture(80, 16, SWEEP, calm, diverged=True),
            range_picture(80, 16, SWEEP, calm),
        )
    ]
    assert top[0] <= 3.2
    assert top[1] > 1e8


def test_a_loss_that_rises_slowly_does_not_either() -> None:
    """In 35 steps to 300 times the least: the fall from 3 to 1 keeps two fifths of the height."""
    losses = np.r_[np.full(40, 3.0), np.linspace(3, 1, 40), np.geomspace(1, 300, 35)].astype("f4")
    picture = range_picture(80, 16, SWEEP, losses, diverged=True)
    assert 3 < max(map(float, reading.y_labels(picture).values())) <= 6.5


def test_it_ends_where_the_sweep_ended() -> None:
    """After 50 of 100 steps, half of the decades from 1e-7 to 10."""
    labels = reading.x_labels(range_picture(89, 12, SWEEP, LOSSES[:50]))
    rates = [float(label) for label in labels.values()]
    assert max(rates) <= 1e-3
    assert min(rates) == 1e-7


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize(
    "losses", [[], [np.nan], [1.0], [np.inf] * 9, [2.0] * 30, [1.0, np.nan] * 20]
)
@pytest.mark.parametrize("diverged", [False, True])
def test_whatever_was_recorded_there_is_a_picture(
    losses: list[float], diverged: bool, marker: str
) -> None:
    how = next(one for one in MARKERS if one == marker)
    for width, height in ((80, 24), (20, 5), (3, 2)):
        picture = range_picture(
            width, height, SWEEP, losses, diverged=diverged, marker=how, marks=[(1e9, "x")]
        )
        assert len(picture.rows) == height
        assert {len(row) for row in picture.rows} == {width}


def test_the_smooth_curve_lies_on_the_data() -> None:
    """A mean of the steps before lies far above a loss that falls steadily."""
    losses = np.r_[np.linspace(3, 1, 70), np.geomspace(1, 1e9, 30)].astype("f4")
    smooth = middle_of_neighbours(losses)
    assert smooth[:65] == pytest.approx(losses[:65], abs=0.01)  # a straight line is its own middle
    for at in range(len(losses)):
        near = losses[max(0, at - 4) : at + 5]
        assert near.min() <= smooth[at] <= near.max()


def test_a_loss_that_is_lost_leaves_a_gap() -> None:
    smooth = middle_of_neighbours(np.array([2, 1, np.inf, np.nan, np.nan], "f4"), reach=1)
    assert smooth[:2].tolist() == [2, 2]
    assert np.isnan(smooth[2:]).all()
