"""Loops of one's own whose every step can be checked, on any backend: the loss is the one weight.

Each yields the weight before the first step and after each; under plain SGD it falls by exactly the
rate that was used.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from tests.any_backend.oracle import BACKEND


def number(value: Any) -> float:
    return float(np.ravel(keras.ops.convert_to_numpy(value))[0])


def keras_loop(run: Any, optimizer: Any, steps: int) -> Iterator[float]:
    """A Keras optimizer, as its own guides write such a loop."""
    yield from {"tensorflow": _on_tensorflow, "jax": _on_jax, "torch": _on_torch}[BACKEND](
        run, optimizer, steps
    )


def _on_tensorflow(run: Any, optimizer: Any, steps: int) -> Iterator[float]:
    import tensorflow as tf

    weight = keras.Variable([1.0])

    @tf.function  # type: ignore[untyped-decorator]
    def train_step() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(weight.value)
        optimizer.apply_gradients([(tape.gradient(loss, weight.value), weight)])
        return loss

    yield number(weight)
    for _ in range(steps):
        run.step(train_step())
        yield number(weight)


def _on_jax(run: Any, optimizer: Any, steps: int) -> Iterator[float]:
    import jax

    weight = keras.Variable([1.0])
    optimizer.build([weight])
    weights, state = [weight.value], [one.value for one in optimizer.variables]

    @jax.jit  # type: ignore[untyped-decorator]
    def train_step(weights: Any, state: Any, rate: Any) -> Any:
        loss, gradients = jax.value_and_grad(lambda some: some[0].sum())(weights)
        with run.using(rate):
            weights, state = optimizer.stateless_apply(state, gradients, weights)
        return loss, weights, state

    yield number(weights[0])
    for _ in range(steps):
        loss, weights, state = train_step(weights, state, run.rate)
        run.step(loss)
        yield number(weights[0])


def _on_torch(run: Any, optimizer: Any, steps: int) -> Iterator[float]:
    import torch

    weight = keras.Variable([1.0])
    yield number(weight)
    for _ in range(steps):
        weight.value.grad = None
        loss = weight.value.sum()
        loss.backward()
        with torch.no_grad():
            optimizer.apply([weight.value.grad], [weight])
        run.step(loss)
        yield number(weight)


def asking_loop(run: Any, steps: int) -> Iterator[float]:
    """No optimizer of anyone's: it asks for each rate."""
    weight = 1.0
    yield weight
    for _ in range(steps):
        loss = weight
        weight -= float(run.rate)
        run.step(loss)
        yield weight
