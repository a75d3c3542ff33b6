"""Sine."""

from typing import Any

import numpy as np

from lrtui.tasks.base import Samples, Task, Wanted, perceptron


class Sine(Task):
    """Fits two waves of a noisy sine.

    Note:
        Noise shows what decay is for: with adam a constant 0.03 keeps the loss half as high again
        as the noise, a cosine from 0.03 brings it down to it. With sgd it explodes at 1.
    """

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """Inputs from -1 to 1; noise is the standard deviation of a target's."""
        x = random.uniform(-1, 1, (count, 1))
        y = np.sin(2 * np.pi * x) + random.normal(0, wanted.noise, x.shape)
        return x.astype(np.float32), y.astype(np.float32)

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """A perceptron."""
        return perceptron(keras, 1, 1, wanted)

    def loss(self, keras: Any) -> Any:
        """Mean squared error: on new data at least noise squared."""
        return keras.losses.MeanSquaredError()
