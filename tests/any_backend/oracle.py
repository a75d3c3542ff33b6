"""A model whose every step can be checked, on any backend: its loss is its one weight.

x is 1 and the loss is the prediction, so that d loss / d weight is 1: under plain SGD the weight
falls by exactly the rate that was used, and the loss of a step is the weight before it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

BACKEND = keras.config.backend()
BATCH = 4


def loss(y: Any, predicted: Any) -> Any:
    return keras.ops.mean(predicted, axis=-1) + 0 * keras.ops.mean(y, axis=-1)


def data(steps: int, batch: int = BATCH) -> tuple[Any, Any]:
    """Inputs and targets for so many steps."""
    return np.ones((steps * batch, 1), "float32"), np.zeros((steps * batch, 1), "float32")


def dense(name: str | None = None) -> Any:
    return keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name=name)


def sequential() -> Any:
    return keras.Sequential([keras.Input((1,)), dense()])


def unbuilt() -> Any:
    return keras.Sequential([dense()])


def functional() -> Any:
    x = keras.Input((1,))
    return keras.Model(x, dense()(x))


class Subclassed(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.dense = dense()

    def call(self, x: Any) -> Any:
        return self.dense(x)


class OwnLoss(Subclassed):
    """Computes its loss in its own train step: ``compute_loss`` never sees it."""

    def build(self, shape: Any) -> None:
        self.dense.build(shape)

    def used(self) -> Any:
        """The optimizer that its train step applies."""
        return self.optimizer

    def loss_of(self, batch: Any, predicted: Any) -> Any:
        return keras.ops.mean(predicted)

    def train_step(self, *args: Any) -> Any:
        return getattr(self, f"on_{BACKEND}")(*args)

    def on_tensorflow(self, batch: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = self.loss_of(batch, self(batch[0]))
        gradients = tape.gradient(value, self.trainable_variables)
        self.used().apply(gradients, self.trainable_variables)
        return {"loss": value}

    def on_jax(self, state: Any, batch: Any) -> Any:
        import jax

        trainable, others, optimizer, metrics = state

        def value_of(weights: Any) -> Any:
            predicted, _ = self.stateless_call(weights, others, batch[0])
            return self.loss_of(batch, predicted)

        value, gradients = jax.value_and_grad(value_of)(trainable)
        trainable, optimizer = self.used().stateless_apply(optimizer, gradients, trainable)
        return {"loss": value}, (trainable, others, optimizer, metrics)

    def on_torch(self, batch: Any) -> Any:
        import torch

        self.zero_grad()
        value = self.loss_of(batch, self(batch[0]))
        value.backward()
        with torch.no_grad():
            gradients = [one.value.grad for one in self.trainable_variables]
            self.used().apply(gradients, self.trainable_variables)
        return {"loss": value}


class GuideStep(OwnLoss):
    """Computes gradients itself, and its loss by ``compute_loss``, as Keras' guide does."""

    def loss_of(self, batch: Any, predicted: Any) -> Any:
        return self.compute_loss(x=batch[0], y=batch[1], y_pred=predicted)


class OwnStep(Subclassed):
    """A train step of one's own that lets Keras compute the loss."""

    def train_step(self, *args: Any) -> Any:
        return super().train_step(*args)


def compiled(made: Any, rate: Any = 0.1, optimizer: Any = None, **how: Any) -> Any:
    made.compile(optimizer or keras.optimizers.SGD(rate, name="sgd"), loss=loss, **how)
    return made


def weight(model: Any) -> float:
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
    found = model.trainable_variables
    return float(np.ravel(keras.ops.convert_to_numpy(found[0]))[0]) if found else 1.0


class Weights(keras.callbacks.Callback):  # type: ignore[misc]
    """The weight before each execution, and at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[float] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.all.append(weight(self.model))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.all.append(weight(self.model))

    @property
    def moved(self) -> Any:
        """By how much it fell in each execution: the rate, if that was one step."""
        return -np.diff(self.all)


class Do(keras.callbacks.Callback):  # type: ignore[misc]
    """Does something after so many executions."""

    def __init__(self, what: Mapping[int, Callable[[], Any]]) -> None:
        super().__init__()
        self._what, self._done = what, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._done += 1
        if self._done in self._what:
            self._what[self._done]()


def fit(model: Any, steps: int, *callbacks: Any, **how: Any) -> Any:
    x, y = data(steps)
    how = {"batch_size": BATCH, "verbose": 0, "shuffle": False, **how}
    return model.fit(x, y, callbacks=list(callbacks), **how)
