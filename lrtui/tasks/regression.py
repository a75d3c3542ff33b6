"""Regression."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Float64s
from lrtui.tasks.base import Samples, Task, Wanted

MOST_FEATURES = 8
LARGEST, SMALLEST = np.sqrt(2.0), np.sqrt(2.0) / 30
"""The scales of the first feature and of the last."""


class Regression(Task):
    """A linear regression whose features are badly scaled, as 30 to 1.

    Note:
        With sgd the loss explodes above a rate that is known, 2/L, and well below it the small
        features are hardly learned. With adam the scales do not matter.
    """

    unused = frozenset({"model_width", "model_depth"})
    whole_batches = True

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """Features and targets; noise is the standard deviation of a target's.

        The features of a batch are orthogonal, so that all batches have the same Hessian. Without
        noise they have the same gradient too: the losses of a run are known in closed form.
        """
        size = min(count, wanted.batch_size)
        scales = self.scales(wanted)
        blocks = _orthogonal(random, (count // size, size, len(scales)))
        inputs = blocks.reshape(-1, len(scales)) * scales
        targets = inputs @ self.optimum(wanted) + random.normal(0, wanted.noise, len(inputs))
        return inputs.astype(np.float32), targets[:, None].astype(np.float32)

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """A weight for each feature, 0 at first."""
        weights = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        return keras.Sequential([keras.Input((len(self.scales(wanted)),)), weights])

    def loss(self, keras: Any) -> Any:
        """Mean squared error: 1 at first, of which each feature has the same share."""
        return keras.losses.MeanSquaredError()

    def scales(self, wanted: Wanted) -> Float64s:
        """Of the features: as many as a batch can hold orthogonal ones, at most eight."""
        return np.geomspace(LARGEST, SMALLEST, min(MOST_FEATURES, wanted.batch_size))

    def optimum(self, wanted: Wanted) -> Float64s:
        """The weights that the targets are made with."""
        scales = self.scales(wanted)
        return np.asarray(1 / (scales * np.sqrt(len(scales))))

    def curvature(self, wanted: Wanted) -> float | None:
        """Of the mean squared error in the direction of a feature: twice its mean square."""
        return float(2 * self.scales(wanted)[0] ** 2)


def _orthogonal(random: "np.random.Generator", shape: tuple[int, int, int]) -> Float64s:
    """Blocks of rows; in each the columns are orthogonal and of mean square 1."""
    basis, _ = np.linalg.qr(random.normal(size=shape))
    return np.asarray(basis * np.sqrt(shape[1]))
