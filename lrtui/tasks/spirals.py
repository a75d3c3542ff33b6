"""Spirals."""

from typing import Any

import numpy as np

from lrtui.tasks.base import Samples, Task, Wanted, perceptron


class Spirals(Task):
    """Tells two spirals apart that are wound into each other.

    Note:
        A larger rate is better until it is too large: with sgd a constant 1 leaves a third of the
        loss that 0.1 does, and at 3 nothing is learned.
    """

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """Points, within about -3 to 3, and which spiral each lies on; noise is that of a point."""
        which = random.integers(0, 2, count)
        radius = np.sqrt(random.random(count))
        angle = 2 * np.pi * radius + np.pi * which
        points = 3 * np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        points += random.normal(0, wanted.noise, points.shape)
        return points.astype(np.float32), which[:, None].astype(np.float32)

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """A perceptron."""
        return perceptron(keras, 2, 1, wanted)

    def loss(self, keras: Any) -> Any:
        """Binary cross-entropy."""
        return keras.losses.BinaryCrossentropy(from_logits=True)

    def metrics(self, keras: Any) -> list[Any]:
        """The share that is right."""

        # Keras' BinaryAccuracy takes no threshold of 0, which is where a logit changes sides.
        def right(targets: Any, logits: Any) -> Any:
            return keras.ops.cast((logits > 0) == (targets > 0.5), "float32")

        return [keras.metrics.MeanMetricWrapper(right, name="accuracy")]
