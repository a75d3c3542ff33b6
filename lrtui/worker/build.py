"""What a training is made of, built with Keras from its settings: data, model, optimizer.

The same settings give the same numbers, bit for bit.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.protocol import Allowed, optimizers
from lrtui.protocol.settings import Settings
from lrtui.schedules import Invalid
from lrtui.tasks import task
from lrtui.tasks.user_task import UserTask
from lrtui.worker.parts import Parts, count_of
from lrtui.worker.user_task import UserMade, make, optimizer_like

MOST_SAMPLES = 65_536
"""A longer epoch goes through the data more than once (a batch that is larger still is whole)."""
VALIDATION_SAMPLES = (32, 4096)
"""At least and at most, if any are wanted."""


@dataclass(frozen=True)
class Made:
    """Model and data of one training.

    Args:
        model: not compiled, or as a function of the user's own compiled it.
        loss: for ``model.compile``; None: what the model was compiled with.
        metrics: for ``model.compile``.
        train: inputs, targets, and perhaps weights of samples.
        validation: the same; None: nothing is validated.
        whole_batches: whether the samples of a batch belong together.
        user_made: what a function of the user's own returned, if one did.
    """

    model: Any
    loss: Any
    metrics: list[Any]
    train: Parts
    validation: Parts | None
    whole_batches: bool = False
    user_made: UserMade | None = None

    def optimizer(self, text: str, rate: Any) -> Any:
        """The Keras optimizer that a text means for this model; as :func:`optimizer`."""
        if text == optimizers.COMPILED:
            return optimizer_like(self.user_made.compiled_with if self.user_made else {}, rate)
        return optimizer(text, rate)

    def compile(self, optimizer: Any, *, eager: bool = False, model: Any = None) -> None:
        """Compile the model with another optimizer; or `model`, which is a copy of it.

        A copy has no metrics: they are objects that count, and would count for the model too.
        """
        copied = model is not None
        model = model if copied else self.model
        metrics = [] if copied else self.metrics
        if self.user_made is None:
            model.compile(
                optimizer, self.loss, metrics=metrics, run_eagerly=eager, jit_compile=False
            )
        elif self.user_made.own_compile:
            model.optimizer, model.run_eagerly, model.jit_compile = optimizer, eager, False
            model.steps_per_execution = 1
        else:
            kept = ["loss", "loss_weights", "auto_scale_loss"]
            kept += [] if copied else ["metrics", "weighted_metrics"]
            with_these = self.user_made.compiled_with
            same = {name: with_these[name] for name in kept if name in with_these}
            model.compile(optimizer, **same, run_eagerly=eager, jit_compile=False)


@dataclass(frozen=True)
class Material:
    """What one training is made of, ready for ``fit``.

    Args:
        made: model and data.
        batches: endless; each epoch takes ``steps_per_epoch`` of them.
    """

    made: Made
    batches: Any

    @property
    def model(self) -> Any:
        """The model."""
        return self.made.model

    @property
    def loss(self) -> Any:
        """For ``model.compile``."""
        return self.made.loss

    @property
    def metrics(self) -> list[Any]:
        """For ``model.compile``."""
        return self.made.metrics

    @property
    def validation(self) -> Parts | None:
        """As :attr:`Made.validation`; None: nothing is validated."""
        return self.made.validation


def material(settings: Settings, threads: int = 2, allowed: Allowed = ()) -> Material:
    """What these settings train. Seeds Python, NumPy and Keras on the way.

    Args:
        settings: what is wanted.
        threads: at most so many prepare the batches.
        allowed: what the file of a task of the user's own may hold.

    Raises:
        OwnFault: a task of the user's own cannot be had.
    """
    one = made(settings, allowed)
    return Material(one, _batches(one, settings, threads))


def made(settings: Settings, allowed: Allowed = ()) -> Made:
    """Model and data of these settings.

    Seeds Python, NumPy and Keras first: the same seed gives the same weights and data.

    Raises:
        OwnFault: a task of the user's own cannot be had.
    """
    keras.utils.set_random_seed(settings.seed)
    wanted = task(settings.task)
    if isinstance(wanted, UserTask):
        user_made = make(settings, allowed)
        # What its code drew, or a seed that it sets, is no concern of what is drawn later.
        keras.utils.set_random_seed(settings.seed)
        loss = user_made.compiled_with.get("loss")
        train, validation = user_made.train, user_made.validation
        return Made(user_made.model, loss, [], train, validation, user_made=user_made)
    random = np.random.default_rng(settings.seed)
    kept_batches = min(settings.steps_per_epoch, max(1, MOST_SAMPLES // settings.batch_size))
    train = wanted.samples(random, kept_batches * settings.batch_size, settings)
    validation = None
    if share := settings.validation_share:
        least, most = VALIDATION_SAMPLES
        count = int(len(train[0]) * share / (1 - share))
        validation = wanted.samples(random, min(max(least, count), most), settings)
    model, loss, metrics = wanted.model(keras, settings), wanted.loss(keras), wanted.metrics(keras)
    return Made(model, loss, metrics, train, validation, wanted.whole_batches)


def shuffled(places: Any, count: int, seed: int, turn: Any) -> Any:
    """Which of the samples stand at these places of a pass through the data.

    Args:
        places: int64 tensor, shape (n,), each from 0 up to, but not, `count`.
        count: of the samples.
        seed: of the run.
        turn: the number of the pass, int64 scalar, or one for each place.
    """
    first = tf.fill(tf.shape(turn), tf.constant(seed, tf.int64))
    # What index_shuffle adds before a seed; before several it adds it wrongly (TensorFlow 2.21).
    added = tf.fill(tf.shape(turn), tf.constant(498247692, tf.int64))
    seeds = tf.stack([added, first, turn], axis=-1)
    most = tf.constant(count - 1, tf.int64)
    return tf.raw_ops.RandomIndexShuffle(index=places, seed=seeds, max_index=most, rounds=4)


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


def _batches(made: Made, settings: Settings, threads: int) -> Any:
    """Endless batches, the samples (or the batches, if they are whole) shuffled anew in each pass.

    The place of a sample in its pass is computed from the batch's number, so there is no shuffle
    buffer to fill and no state: a pause or another thread cannot change the order.
    """
    data = keras.tree.map_structure(tf.constant, made.train)
    size, count = settings.batch_size, count_of(made.train)
    if made.whole_batches:
        data = tuple(tf.reshape(one, (count // size, size, *one.shape[1:])) for one in data)
        size, count = 1, count // size

    # Autograph would make the same of it, later and by way of a file.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def batch(number: Any) -> Any:
        place = number * size + tf.range(size, dtype=tf.int64)
        drawn = shuffled(place % count, count, settings.seed, place // count)
        rows = keras.tree.map_structure(lambda one: tf.gather(one, drawn), data)
        return tuple(one[0] for one in rows) if made.whole_batches else rows

    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    options.autotune.enabled = False
    return tf.data.Dataset.counter().map(batch).prefetch(4).with_options(options)
