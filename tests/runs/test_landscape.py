"""What is known of each cell of a landscape. No Keras."""

import math

import numpy as np
import pytest

from lrtui.protocol import Settings
from lrtui.runs.landscape import CellLosses, cells_of, coarse_to_fine, stands_for
from lrtui.runs.trained import Asked, Trained

NAN = math.nan


@pytest.mark.parametrize("shape", [(16, 16), (1, 1), (3, 16)])
def test_each_place_comes_once_and_neighbours_come_late(shape: tuple[int, int]) -> None:
    order = coarse_to_fine(*shape)
    assert sorted(order) == sorted(np.ndindex(*shape))
    if shape == (16, 16):
        assert all(row % 2 == column % 2 == 0 for row, column in order[:64])


def test_what_stands_for_a_place_that_is_not_known() -> None:
    shape = (16, 16)
    assert stands_for((5, 7), [(0, 0), (4, 4), (4, 6)], shape) == (4, 6)
    assert stands_for((5, 7), [(0, 0), (4, 4)], shape) == (4, 4)
    assert stands_for((5, 7), [(0, 0)], shape) == (0, 0)
    assert stands_for((5, 7), [], shape) is None
    assert stands_for((5, 7), [(5, 7)], shape) == (5, 7)


def test_cells_are_known_when_all_their_seeds_ended() -> None:
    settings = Settings(epochs=2, steps_per_epoch=3)
    rows = tuple((cell, seed) for cell in range(3) for seed in (0, 1))
    trained = Trained(Asked(settings, np.zeros((3, 6), np.float32), rows, losses=False))
    assert cells_of(trained, 3) == [None, None, None]
    trained.steps[:] = [6, 6, 6, 3, 6, 6]
    trained.means[:] = [[2, 1], [2, 1], [2, 1], [2, NAN], [3, 2], [NAN, NAN]]
    trained.validation[:] = [[5, 4], [6, 3], [5, 4], [5, NAN], [7, 6], [NAN, NAN]]
    first, second, third = cells_of(trained, 3)
    assert first == CellLosses((4.0, 3.0))
    assert second is None
    assert third is not None
    assert (third.finals[0], third.diverged, third.median) == (6.0, 1, 6.0)
    assert CellLosses((NAN, NAN)).median == math.inf
