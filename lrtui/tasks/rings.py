"""Rings."""

from typing import Any

import numpy as np

from lrtui.tasks.base import Samples, Task, Wanted, perceptron

COUNT = 3


class Rings(Task):
    """Tells three rings apart that lie around each other.

    Note:
        Many rates will do: with sgd anything from 0.1 to 1, with adam from 0.001 to 0.1. The
        schedule says only how soon.
    """

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """Points on circles of radius 1, 2 and 3, and which; noise is that of a point."""
        which = random.integers(0, COUNT, count)
        angle = random.uniform(0, 2 * np.pi, count)
        points = (1 + which)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        points += random.normal(0, wanted.noise, points.shape)
        return points.astype(np.float32), which[:, None].astype(np.int32)

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """A perceptron."""
        return perceptron(keras, 2, COUNT, wanted)

    def loss(self, keras: Any) -> Any:
        """Cross-entropy."""
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def metrics(self, keras: Any) -> list[Any]:
        """The share that is right."""
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]
