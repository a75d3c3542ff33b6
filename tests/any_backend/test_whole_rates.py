"""A schedule of Keras with a whole first rate, which Keras works with as whole numbers."""

import keras
import numpy as np

from lrtui import Steering
from tests.any_backend.oracle import Weights, compiled, fit, sequential

WHOLE = "ExponentialDecay(initial_learning_rate=1, decay_steps=1000, decay_rate=0.96, "


def test_what_keras_does_is_told() -> None:
    """1, then 0: not the schedule of that text with a point, neither as its own nor as another."""
    schedule = keras.optimizers.schedules.ExponentialDecay(1, 1000, 0.96)
    model, weights = compiled(sequential(), schedule), Weights()
    with Steering(model) as steering:
        assert steering.schedule.startswith(WHOLE)
        fit(model, 3, weights)
        np.testing.assert_array_equal(steering.read(0, 3).rates, [1, 0, 0])
        steering.reset("Constant(0.5)")
        fit(model, 1, weights)
        steering.reset(schedule)
        assert steering.schedule.startswith(WHOLE)
        fit(model, 2, weights)
        np.testing.assert_array_equal(steering.read(0, 6).rates, [1, 0, 0, 0.5, 1, 0])
    moved = weights.moved
    np.testing.assert_array_equal(moved[moved != 0], [1, 0.5, 1])
