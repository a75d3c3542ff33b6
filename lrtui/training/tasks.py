"""What is learned: synthetic data and a small model for it. Seeded, offline, made in milliseconds.

The same settings give the same numbers, bit for bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lrtui.training.protocol import Settings

MOST_SAMPLES = 65_536
"""A longer epoch goes through the data more than once (a batch that is larger still is whole)."""

Samples = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class Task:
    """Data and model of one training.

    Args:
        model: not compiled.
        loss: for ``model.compile``.
        batches: endless; each epoch takes ``steps_per_epoch`` of them.
        validation: inputs and targets, float32, shapes (samples, features) and (samples, 1).
    """

    model: Any
    loss: Any
    batches: Any
    validation: Samples


def make(settings: Settings, threads: int = 2) -> Task:
    """The task of these settings. Seeds Python, NumPy and Keras on the way.

    Args:
        settings: what is wanted.
        threads: at most so many prepare the batches.
    """
    keras.utils.set_random_seed(settings.seed)
    sample, loss = _KINDS[settings.task]
    random = np.random.default_rng(settings.seed)
    kept_batches = min(settings.steps_per_epoch, max(1, MOST_SAMPLES // settings.batch_size))
    train = sample(random, kept_batches * settings.batch_size)
    validation = sample(random, min(max(32, len(train[0]) // 4), 4096))
    return Task(
        model=_model(train[0].shape[1]),
        loss=loss(),
        batches=_batches(train, settings, threads),
        validation=validation,
    )


def spirals(random: np.random.Generator, count: int) -> Samples:
    """Points on two spirals wound into each other once, and on which of them each lies.

    Returns:
        Inputs of shape (count, 2), within about -3 to 3; targets 0 or 1, of shape (count, 1).
    """
    which = random.integers(0, 2, count)
    radius = np.sqrt(random.random(count))
    angle = 2 * np.pi * radius + np.pi * which
    points = 3 * np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    points += random.normal(0, 0.1, points.shape)
    return points.astype(np.float32), which[:, None].astype(np.float32)


def sine(random: np.random.Generator, count: int) -> Samples:
    """Two waves of a sine with noise of standard deviation 0.1 on it, so no loss below 0.01 lasts.

    Returns:
        Inputs from -1 to 1 and targets, both of shape (count, 1).
    """
    x = random.uniform(-1, 1, (count, 1))
    y = np.sin(2 * np.pi * x) + random.normal(0, 0.1, x.shape)
    return x.astype(np.float32), y.astype(np.float32)


_KINDS: dict[str, tuple[Callable[[np.random.Generator, int], Samples], Callable[[], Any]]] = {
    "spirals": (spirals, lambda: keras.losses.BinaryCrossentropy(from_logits=True)),
    "sine": (sine, keras.losses.MeanSquaredError),
}


def _model(features: int) -> Any:
    return keras.Sequential(
        [
            keras.Input((features,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


def _batches(samples: Samples, settings: Settings, threads: int) -> Any:
    """Endless batches, the samples shuffled anew in each pass.

    The place of a sample in its pass is computed from the batch's number, so there is no shuffle
    buffer to fill and no state: a pause or another thread cannot change the order.
    """
    inputs, targets = (tf.constant(part) for part in samples)
    count = len(samples[0])

    def batch(number: Any) -> tuple[Any, Any]:
        place = number * settings.batch_size + tf.range(settings.batch_size, dtype=tf.int64)
        seed = tf.stack([tf.constant(settings.seed, tf.int64), place[0] // count])
        drawn = tf.random.experimental.index_shuffle(place % count, seed, count - 1)
        return tf.gather(inputs, drawn), tf.gather(targets, drawn)

    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    options.autotune.enabled = False
    return tf.data.Dataset.counter().map(batch).prefetch(4).with_options(options)
