"""What a seed gives a training at once: first weights, samples, and the order they are taken in."""

import threading
from dataclasses import replace
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras.src.losses import LossFunctionWrapper
from numpy.typing import NDArray

from lrtui.protocol import Allowed
from lrtui.protocol.settings import Settings
from lrtui.worker import build
from lrtui.worker.parts import Parts, count_of, leaves, taken

Int32s = NDArray[np.int32]

MOST_KEPT = 1 << 22
"""Places of an order that are kept, 16 MB; a longer training computes its own anew each time."""


class ModelForm(NamedTuple):
    """What all models of a loop are like."""

    made: build.Made
    """Its weights do not count; of its data only one sample is kept."""
    data_bytes: int
    """What the inputs are in memory."""
    batch_entries: int
    """Entries of the data that make a batch."""

    @property
    def model(self) -> Any:
        """The model."""
        return self.made.model

    @property
    def whole_batches(self) -> bool:
        """Whether the data are whole batches."""
        return self.made.whole_batches

    @property
    def plain_data(self) -> bool:
        """Whether the data are one array of inputs and one of targets."""
        return len(leaves(self.made.train)) == 2

    @property
    def loss(self) -> Any:
        """What ``fit`` minimizes, as a function of targets and outputs; None: it is not that."""
        user_made, loss = self.made.user_made, self.made.loss
        if user_made is None or isinstance(loss, keras.losses.Loss):
            return loss
        weighted = user_made.compiled_with.get("loss_weights") is not None
        if weighted or not (callable(loss) or isinstance(loss, str)):
            return None
        try:
            # As compile wraps it.
            return LossFunctionWrapper(keras.losses.get(loss))
        except ValueError:
            return None


class Seeded:
    """Data, order and first state of the trainings with one seed; the same that ``fit`` has.

    Args:
        settings: of which the epochs and the optimizer do not count.
        allowed: what the file of a task of the user's own may hold.
    """

    def __init__(self, settings: Settings, allowed: Allowed = ()) -> None:
        made = build.made(settings, allowed)
        train, validation = made.train, made.validation
        self.first: list[Any] = [one.numpy() for one in made.model.variables]
        """First values of the model's variables, those of its random generators among them."""
        self._size, self._seed = settings.batch_size, settings.seed
        if made.whole_batches:
            train = tuple(part.reshape(-1, self._size, *part.shape[1:]) for part in train)
            self._size = 1
        self.train: Parts = train
        """Inputs, targets and perhaps weights, or whole batches of them."""
        self.validation = validation
        self.bytes = sum(one.nbytes for one in (*self.arrays, *self.first))
        """That it holds."""
        self._order = np.empty((0, self._size), np.int32)
        self._ordering = threading.Lock()

    @property
    def arrays(self) -> list[Any]:
        """All arrays of its data."""
        return leaves((self.train, self.validation or ()))

    def share_data(self, other: "Seeded") -> None:
        """Hold the data of another one, if they are the same."""
        mine, theirs = self.arrays, other.arrays
        if len(mine) == len(theirs) and all(map(np.array_equal, mine, theirs)):
            self.train, self.validation = other.train, other.validation
            self.bytes = sum(part.nbytes for part in self.first)

    def order(self, first: int, stop: int) -> Int32s:
        """Which entries of the data the batches of the steps from `first` up to `stop` are.

        Returns:
            Shape (stop - first, entries of a batch).
        """
        if stop * self._size > MOST_KEPT:
            return self._batches(first, stop)
        with self._ordering:
            if stop > len(self._order):
                more = self._batches(len(self._order), max(stop, 2 * len(self._order)))
                self._order = np.concatenate([self._order, more])
        return self._order[first:stop]

    def _batches(self, first: int, stop: int) -> Int32s:
        count, size = count_of(self.train), self._size
        turns = range(first * size // count, -(-stop * size // count))
        places = np.concatenate([self._pass(turn) for turn in turns])
        begin = first * size - turns.start * count
        return places[begin : begin + (stop - first) * size].reshape(-1, size).astype(np.int32)

    def _pass(self, turn: int) -> Any:
        count = count_of(self.train)
        places = tf.range(count, dtype=tf.int64)
        return build.shuffled(places, count, self._seed, tf.constant(turn, tf.int64)).numpy()


def form(settings: Settings, allowed: Allowed = ()) -> ModelForm:
    """What the models of these settings are like, whatever their seed."""
    made = build.made(settings.replace(steps_per_epoch=1, validation_share=0), allowed)
    size = sum(one.nbytes for one in leaves(made.train[0]))
    train = keras.tree.map_structure(np.copy, taken(made.train, slice(1)))
    user_made = made.user_made
    if user_made is not None:
        user_made = user_made._replace(train=train, validation=None)
    made = replace(made, train=train, validation=None, user_made=user_made)
    return ModelForm(made, size, 1 if made.whole_batches else settings.batch_size)
