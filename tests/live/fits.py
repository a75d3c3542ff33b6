"""Small Keras trainings whose every update can be looked at, and commands given at exact steps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.live.link import QueueLink
from lrtui.protocol import Command, Event, StepsDone, unpack

SAMPLES = 32
BATCH = 4
STEPS = SAMPLES // BATCH
"""Updates in an epoch of :func:`fit`."""


class Witness(keras.optimizers.SGD):  # type: ignore[misc]
    """Plain SGD that notes the weight before and after each update, and the gradient.

    Weight and gradient are float64, the rate is float32 as ever: so the rate worked out from the
    movement is exact to about 1e-9 and a wrong one cannot hide behind the rounding of a weight.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noted = tf.Variable(tf.zeros((1000, 3), tf.float64), trainable=False)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        before = tf.identity(variable)
        super().update_step(gradient, variable, learning_rate)
        row = tf.stack([tf.reshape(part, ()) for part in (before, variable, gradient)])
        count = keras.ops.convert_to_tensor(self.iterations)  # of updates, not of accumulated steps
        self.noted.scatter_nd_update([[tf.cast(count, tf.int32)]], [row])

    def rates(self) -> np.ndarray[Any, Any]:
        """The rate of each update so far, from the movement and the gradient."""
        before, after, gradient = self.noted.numpy()[: int(self.iterations.numpy())].T
        return np.asarray((before - after) / gradient)


def model(optimizer: Any, **how: Any) -> Any:
    """One float64 weight, mean squared error. `how` goes to compile."""
    weight = keras.layers.Dense(
        1, use_bias=False, dtype="float64", kernel_initializer=keras.initializers.Constant(3.0)
    )
    made = keras.Sequential([keras.Input((1,), dtype="float64"), weight])
    made.compile(optimizer, keras.losses.MeanSquaredError(dtype="float64"), **how)
    return made


def network(optimizer: Any, **how: Any) -> Any:
    """Three inputs, one output; with weights that are not trained, and random numbers."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    dropout = layers.Dropout(0.5, seed=1)
    inner = [layers.Dense(4), layers.BatchNormalization(), dropout, layers.Dense(1)]
    made = keras.Sequential([keras.Input((3,)), *inner])
    made.compile(optimizer, "mse", **how)
    return made


def fit(made: Any, epochs: int = 1, callbacks: Any = (), **how: Any) -> dict[str, list[float]]:
    """Fit it with validation data: STEPS updates an epoch. Returns Keras' own history."""
    x = np.linspace(0.5, 1.5, SAMPLES)[:, None]
    history = made.fit(
        x,
        x * 0.5,
        batch_size=BATCH,
        epochs=epochs,
        validation_data=(x[:BATCH], x[:BATCH]),
        callbacks=list(callbacks),
        verbose=0,
        **how,
    )
    return dict(history.history)


class Director(keras.callbacks.Callback):  # type: ignore[misc]
    """Gives a command, or a list of them, after so many updates. Put it before the LiveCallback."""

    def __init__(self, link: QueueLink, commands: Mapping[int, Any]) -> None:
        super().__init__()
        self._link = link
        self._commands = dict(commands)

    def on_train_begin(self, logs: Any = None) -> None:
        self._begun = int(self.model.optimizer.iterations.numpy())

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        done = int(self.model.optimizer.iterations.numpy()) - self._begun
        given = self._commands.pop(done, [])
        for command in given if isinstance(given, list) else [given]:
            self._link.command(command)


class Answering(QueueLink):
    """A link on which someone answers each event at once."""

    def __init__(self, answer: Callable[[Event], Sequence[Command]]) -> None:
        super().__init__()
        self._answer = answer

    def send(self, event: Event) -> None:
        super().send(event)
        for command in self._answer(event):
            self.command(command)


def recorded(link: QueueLink) -> np.ndarray[Any, Any]:
    """The rates that were reported, in order."""
    reports = [event for event in link.events if isinstance(event, StepsDone)]
    assert [one.first for one in reports] == list(
        np.cumsum([0, *(len(one.rates) // 4 for one in reports[:-1])])
    )
    return np.concatenate([unpack(one.rates) for one in reports])
