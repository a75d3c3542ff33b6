"""A checkpoint brings back exactly the state it was taken of."""

from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.checkpoint import Checkpoint
from tests.live.fits import network

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(64, 3)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 50)),
    "accumulating": lambda: keras.optimizers.SGD(0.01, gradient_accumulation_steps=3),
    "loss scaled": lambda: keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(0.01), dynamic_growth_steps=5
    ),
}


def trained(model: Any) -> list[float]:
    return [float(model.train_on_batch(X[at : at + 8], Y[at : at + 8])) for at in range(0, 64, 8)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_what_is_trained_after_it_comes_out_the_same_again(optimizer: Any) -> None:
    model = network(optimizer())
    trained(model)
    checkpoint = Checkpoint.of(model, 8)
    model.reset_metrics()
    first, weights = trained(model), model.get_weights()
    checkpoint.restore(model)
    model.reset_metrics()

    assert trained(model) == first
    for one, other in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_before_the_first_step() -> None:
    """The optimizer has no moments then; a checkpoint builds it."""
    model = network(keras.optimizers.Adam(0.01))
    checkpoint = Checkpoint.of(model)
    first = trained(model)
    checkpoint.restore(model)
    model.reset_metrics()

    assert trained(model) == first


def test_it_is_a_copy() -> None:
    model = network(keras.optimizers.SGD(0.01))
    checkpoint = Checkpoint.of(model)
    before = [value.copy() for value in checkpoint.values]
    trained(model)

    for one, other in zip(before, checkpoint.values, strict=True):
        np.testing.assert_array_equal(one, other)
    assert checkpoint.bytes == sum(value.nbytes for value in before) > 4 * 4 * 4


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_number_that_is_not_finite_is_seen(bad: float) -> None:
    model = network(keras.optimizers.Adam(0.01))
    trained(model)
    assert Checkpoint.of(model).finite

    moment = model.optimizer.variables[-1]
    spoiled = moment.numpy()
    spoiled.flat[-1] = bad
    moment.assign(spoiled)
    assert not Checkpoint.of(model).finite


def test_another_model_is_refused() -> None:
    checkpoint = Checkpoint.of(network(keras.optimizers.SGD(0.01)))
    with pytest.raises(ValueError, match="it was taken of"):
        checkpoint.restore(network(keras.optimizers.Adam(0.01)))
    empty = keras.Sequential([keras.layers.Dense(1)])
    empty.compile("sgd", "mse")
    with pytest.raises(ValueError, match="not built"):
        Checkpoint.of(empty)
