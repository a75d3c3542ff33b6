"""What a seed gives a training at once: first weights, samples, and the order they are taken in."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lrtui.protocol.settings import Settings
from lrtui.tasks import Samples
from lrtui.worker import build

Int32s = NDArray[np.int32]

MOST_KEPT = 1 << 22
"""Places of an order that are kept, 16 MB; a longer training computes its own anew each time."""


class ModelForm(NamedTuple):
    """What all models of a loop are like."""

    model: Any
    """Not compiled; its weights do not count."""
    loss: Any
    whole_batches: bool
    """Whether the data are whole batches."""
    batch_entries: int
    """Entries of the data that make a batch."""


class Seeded:
    """Data, order and first state of the trainings with one seed; the same that ``fit`` has.

    Args:
        settings: of which the epochs and the optimizer do not count.
    """

    def __init__(self, settings: Settings) -> None:
        wanted, train, validation = build.samples(settings)
        model = wanted.model(keras, settings)
        self.first: list[Any] = [one.numpy() for one in model.variables]
        """First values of the model's variables, those of its random generators among them."""
        self._size, self._seed = settings.batch_size, settings.seed
        if wanted.whole_batches:
            inputs, targets = (p.reshape(-1, self._size, *p.shape[1:]) for p in train)
            train, self._size = (inputs, targets), 1
        self.train: Samples = train
        """Inputs and targets, or whole batches of them."""
        self.validation = validation
        self._order = np.empty((0, self._size), np.int32)

    def order(self, first: int, stop: int) -> Int32s:
        """Which entries of the data the batches of the steps from `first` up to `stop` are.

        Returns:
            Shape (stop - first, entries of a batch).
        """
        if stop * self._size > MOST_KEPT:
            return self._batches(first, stop)
        if stop > len(self._order):
            more = self._batches(len(self._order), max(stop, 2 * len(self._order)))
            self._order = np.concatenate([self._order, more])
        return self._order[first:stop]

    def _batches(self, first: int, stop: int) -> Int32s:
        count, size = len(self.train[0]), self._size
        turns = range(first * size // count, -(-stop * size // count))
        places = np.concatenate([self._pass(turn) for turn in turns])
        begin = first * size - turns.start * count
        return places[begin : begin + (stop - first) * size].reshape(-1, size).astype(np.int32)

    def _pass(self, turn: int) -> Any:
        count = len(self.train[0])
        places = tf.range(count, dtype=tf.int64)
        return build.shuffled(places, count, self._seed, tf.constant(turn, tf.int64)).numpy()


def form(settings: Settings) -> ModelForm:
    """What the models of these settings are like, whatever their seed."""
    wanted, _, _ = build.samples(settings.replace(steps_per_epoch=1, validation_share=0))
    entries = 1 if wanted.whole_batches else settings.batch_size
    model = wanted.model(keras, settings)
    return ModelForm(model, wanted.loss(keras), wanted.whole_batches, entries)
