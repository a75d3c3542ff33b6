"""What a training is made of, built with Keras from its settings: data, model, optimizer.

The same settings give the same numbers, bit for bit.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.protocol import optimizers
from lrtui.protocol.settings import Settings
from lrtui.schedules import Invalid
from lrtui.tasks import Samples, Task, task

MOST_SAMPLES = 65_536
"""A longer epoch goes through the data more than once (a batch that is larger still is whole)."""
VALIDATION_SAMPLES = (32, 4096)
"""At least and at most, if any are wanted."""


@dataclass(frozen=True)
class Material:
    """Data and model of one training.

    Args:
        model: not compiled.
        loss: for ``model.compile``.
        metrics: for ``model.compile``.
        batches: endless; each epoch takes ``steps_per_epoch`` of them.
        validation: inputs and targets; None: nothing is validated.
    """

    model: Any
    loss: Any
    metrics: list[Any]
    batches: Any
    validation: Samples | None


def material(settings: Settings, threads: int = 2) -> Material:
    """What these settings train. Seeds Python, NumPy and Keras on the way.

    Args:
        settings: what is wanted.
        threads: at most so many prepare the batches.
    """
    wanted, train, validation = samples(settings)
    return Material(
        model=wanted.model(keras, settings),
        loss=wanted.loss(keras),
        metrics=wanted.metrics(keras),
        batches=_batches(train, wanted, settings, threads),
        validation=validation,
    )


def samples(settings: Settings) -> tuple[Task, Samples, Samples | None]:
    """The task, what it trains on and what it is validated on, if anything.

    Seeds Python, NumPy and Keras first: the model that is made next has this seed's weights.
    """
    keras.utils.set_random_seed(settings.seed)
    wanted = task(settings.task)
    random = np.random.default_rng(settings.seed)
    kept_batches = min(settings.steps_per_epoch, max(1, MOST_SAMPLES // settings.batch_size))
    train = wanted.samples(random, kept_batches * settings.batch_size, settings)
    validation = None
    if share := settings.validation_share:
        least, most = VALIDATION_SAMPLES
        count = int(len(train[0]) * share / (1 - share))
        validation = wanted.samples(random, min(max(least, count), most), settings)
    return wanted, train, validation


def shuffled(places: Any, count: int, seed: int, turn: Any) -> Any:
    """Which of the samples stand at these places of a pass through the data.

    Args:
        places: int64 tensor, shape (n,), each from 0 up to, but not, `count`.
        count: of the samples.
        seed: of the run.
        turn: the number of the pass, int64 scalar.
    """
    seeds = tf.stack([tf.constant(seed, tf.int64), turn])
    return tf.random.experimental.index_shuffle(places, seeds, count - 1)


def optimizer(text: str, rate: Any) -> Any:
    """The Keras optimizer that a text means.

    Args:
        text: what :func:`lrtui.protocol.optimizers.read` understands.
        rate: its learning rate, a float or a Keras schedule.

    Raises:
        Invalid: Keras has no such optimizer, or none with such arguments.
    """
    meant = optimizers.read(text)
    classes = _classes()
    if meant.name not in classes:
        allowed = f"must be one of keras.optimizers {keras.__version__}: {', '.join(classes)}"
        raise Invalid("optimizer", allowed, meant.name)
    try:
        return classes[meant.name](learning_rate=rate, **meant.arguments)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise Invalid("optimizer", f"must be one that Keras can make ({reason})", text) from None


_NEED_ANOTHER = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")
"""Those that cannot be made by themselves."""


def _classes() -> dict[str, Any]:
    base = keras.optimizers.Optimizer
    found = vars(keras.optimizers).items()
    return {
        name: one
        for name, one in sorted(found)
        if isinstance(one, type) and issubclass(one, base) and name not in _NEED_ANOTHER
    }


def _batches(samples: Samples, wanted: Task, settings: Settings, threads: int) -> Any:
    """Endless batches, the samples (or the batches, if they are whole) shuffled anew in each pass.

    The place of a sample in its pass is computed from the batch's number, so there is no shuffle
    buffer to fill and no state: a pause or another thread cannot change the order.
    """
    inputs, targets = (tf.constant(part) for part in samples)
    size, count = settings.batch_size, len(samples[0])
    if wanted.whole_batches:
        inputs, targets = (
            tf.reshape(part, (count // size, size, *part.shape[1:])) for part in (inputs, targets)
        )
        size, count = 1, count // size

    # Autograph would make the same of it, later and by way of a file.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def batch(number: Any) -> tuple[Any, Any]:
        place = number * size + tf.range(size, dtype=tf.int64)
        drawn = shuffled(place % count, count, settings.seed, place[0] // count)
        x, y = tf.gather(inputs, drawn), tf.gather(targets, drawn)
        return (x[0], y[0]) if wanted.whole_batches else (x, y)

    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    options.autotune.enabled = False
    return tf.data.Dataset.counter().map(batch).prefetch(4).with_options(options)
