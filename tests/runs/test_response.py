"""What is known of each value of a response."""

import math

import numpy as np
import pytest

from lrtui.protocol import Settings, TrainedAtOnce, pack
from lrtui.runs.response import ValueLosses, answers, lowest_place
from lrtui.runs.trained import Asked, Trained

SETTINGS = Settings(epochs=2, steps_per_epoch=4)


def test_median_spread_and_divergence_of_each_value() -> None:
    rows = tuple((value, seed) for value in range(2) for seed in range(3))
    trained = Trained(Asked(SETTINGS, np.zeros((2, 8), np.float32), rows, losses=False))
    assert answers(trained, 2) == [None, None]

    ends = np.array([[5, 3], [1, 2], [9, 4]], np.float32)
    told = TrainedAtOnce(1, 0, 3, 0, 8, b"", 0, pack(ends), pack(ends))
    trained.add(told)
    first, second = answers(trained, 2)
    assert first == ValueLosses((3, 2, 4), (3, 1, 4), 0)
    assert second is None

    wild = np.array([[5, math.nan], [1, 1], [math.inf, 4]], np.float32)
    trained.add(TrainedAtOnce(1, 3, 3, 0, 8, b"", 0, pack(wild), pack(wild)))
    _, second = answers(trained, 2)
    assert second == ValueLosses((1,), (1,), 2)
    assert second.median == 1


def test_the_lowest_did_not_diverge_on_any_seed() -> None:
    good, better, wild = (
        ValueLosses((2, 3), (2, 3), 0),
        ValueLosses((1, 2), (1, 2), 0),
        ValueLosses((0.1,), (0,), 1),
    )
    assert lowest_place([good, better, wild]) == 1
    assert lowest_place([good, None]) is None
    assert lowest_place([wild]) is None
    assert ValueLosses((), (), 8).median == pytest.approx(math.inf)
