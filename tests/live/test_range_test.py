"""The range test of a compiled model: what it finds, and that it leaves no trace."""

import math
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import lrtui
from lrtui.live.checkpoint import Checkpoint
from lrtui.live.range_test import find_rate
from lrtui.live.steering import Steering
from lrtui.protocol.range_test import RangeTest
from lrtui.schedules import Invalid
from tests.live import fits as runs

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(64, 3)).astype(np.float32)
Y = np.tanh(X.sum(axis=1, keepdims=True))

OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "adam on a schedule": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.01, 50)
    ),
}
WAYS: dict[str, dict[str, Any]] = {"compiled": {}, "eager": {"run_eagerly": True}}


def trained(model: Any) -> list[float]:
    """The losses of two epochs; a new fit, as after a range test."""
    history = model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return list(history.history["loss"])


class TestNoTrace:
    @pytest.mark.parametrize("how", WAYS.values(), ids=list(WAYS))
    @pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
    def test_training_goes_on_as_without_it(self, optimizer: Any, how: dict[str, Any]) -> None:
        untouched = runs.network(optimizer(), **how)
        expected = [*trained(untouched), *trained(untouched)]

        model = runs.network(optimizer(), **how)
        losses = trained(model)
        before, rate = Checkpoint.of(model), model.optimizer._learning_rate
        # Uncompiled steps are slow: there, the sweep alone. An epoch's beginning costs 20 ms.
        quick = "run_eagerly" in how
        test = find_rate(model, X, Y, low=1e-3, high=1e3, steps=10, quick=quick, batch_size=1)
        after = Checkpoint.of(model)
        losses += trained(model)

        assert test.diverged_at is not None or len(test.losses) == 10
        assert model.optimizer._learning_rate is rate
        for one, other in zip(before.values, after.values, strict=True):
            np.testing.assert_array_equal(one, other)
        assert losses == expected

    def test_before_the_first_step(self) -> None:
        model = runs.network(keras.optimizers.Adam(0.01))
        weights = model.get_weights()
        find_rate(model, X, Y, steps=10, quick=True)
        assert all(map(np.array_equal, weights, model.get_weights()))
        assert trained(model) == trained(runs.network(keras.optimizers.Adam(0.01)))

    def test_whatever_one_gives_a_fit(self, capsys: pytest.CaptureFixture[str]) -> None:
        model = runs.network(keras.optimizers.Adam(0.01))
        as_always = find_rate(model, X, Y, steps=10, quick=True, batch_size=8, shuffle=False)
        assert capsys.readouterr().out == ""
        for verbose in (0, 2):
            how = {"verbose": verbose, "epochs": 3, "batch_size": 8, "shuffle": False}
            test = find_rate(model, X, Y, steps=10, quick=True, **how)
            np.testing.assert_array_equal(test.losses, as_always.losses)
            assert ("Epoch" in capsys.readouterr().out) == (verbose == 2)

    def test_when_the_training_raises(self) -> None:
        model = runs.network(keras.optimizers.Adam(0.01))
        weights = model.get_weights()

        def batches() -> Any:
            yield X[:8], Y[:8]
            raise RuntimeError("the disk is gone")

        with pytest.raises(Exception, match="the disk is gone"):
            find_rate(model, batches())
        assert all(map(np.array_equal, weights, model.get_weights()))
        assert "compute_loss" not in vars(model)

    def test_beside_a_steering_that_is_attached(self) -> None:
        made = runs.model(runs.Witness(0.1))
        with Steering(made) as steering:
            steering.reset(lrtui.parse("ExponentialDecay(0.1, 10, 0.5)"))
            runs.fit(made)
            find_rate(made, np.ones((512, 1)), np.ones((512, 1)), steps=10, batch_size=1)
            assert steering.rate == pytest.approx(0.1 * 0.5**0.7)
            runs.fit(made)
            steps = steering.steps
            before, after = (0, runs.STEPS), (steps - runs.STEPS, steps)
            rates = np.concatenate([steering.read(*part).rates for part in (before, after)])
        np.testing.assert_allclose(rates, 0.1 * 0.5 ** (np.arange(16) / 10), rtol=1e-6)
        assert len(steering.changes) == 1


class TestSweep:
    @pytest.mark.parametrize("rate", [0.1, "schedule"])
    def test_the_rates_are_those_that_the_optimizer_used(self, rate: Any) -> None:
        """From the movement of the weight and the gradient; exponential from low to high."""
        falling = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
        optimizer = runs.Witness(falling if rate == "schedule" else rate)
        made = runs.model(optimizer)
        runs.fit(made)
        x = np.linspace(0.5, 1.5, 32)[:, None]
        test = find_rate(made, x, x / 2, low=1e-4, high=0.5, steps=30, quick=True, batch_size=4)

        before, after, gradient = optimizer.noted.numpy()[runs.STEPS : runs.STEPS + 30].T
        np.testing.assert_allclose(test.rates, (before - after) / gradient, rtol=1e-5)
        np.testing.assert_allclose(test.rates, np.geomspace(1e-4, 0.5, 30), rtol=1e-5)
        assert test.divergence is None

    def test_the_losses_are_those_of_each_batch(self) -> None:
        """One weight w, x = 1, target 0: the loss is w^2 and the gradient 2 w."""
        made = runs.model(keras.optimizers.SGD(0.1))
        ones = np.ones((1, 1))
        test = find_rate(made, ones, 0 * ones, low=1e-3, high=1.5, steps=20, quick=True)
        weight, expected = 3.0, []
        for rate in test.rates.tolist():
            expected.append(weight**2)
            weight -= rate * 2 * weight
        np.testing.assert_allclose(test.losses, expected, rtol=1e-5)

    def test_it_ends_where_it_diverges(self) -> None:
        made = runs.model(keras.optimizers.SGD(0.1))
        ones = np.ones((1, 1))
        test = find_rate(made, ones, 0 * ones, low=1e-3, high=1e6, steps=40, quick=True)
        assert test.diverged_at == len(test.losses) - 1 < 39

    def test_with_several_steps_in_an_execution(self) -> None:
        made = runs.model(keras.optimizers.SGD(0.1), steps_per_execution=4)
        x = np.linspace(0.5, 1.5, 32)[:, None]
        test = find_rate(made, x, x / 2, low=1e-4, high=0.1, steps=30, batch_size=1)
        np.testing.assert_allclose(test.rates, np.geomspace(1e-4, 0.1, 30), rtol=1e-5)

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            ({"low": 0}, "low must be a finite number >= 1e-30. Received: 0"),
            ({"low": 1, "high": 0.5}, "high must be above low, 1. Received: 0.5"),
            ({"steps": 3}, "steps must be an integer from 10 to 100000. Received: 3"),
        ],
    )
    def test_wrong_arguments(self, arguments: dict[str, Any], says: str) -> None:
        made = runs.model(keras.optimizers.SGD(0.1))
        with pytest.raises(Invalid) as fault:
            find_rate(made, X, Y, **arguments)
        assert str(fault.value) == says


class Line:
    """Linear regression with mean squared error: loss e' H e / 2 in the error e of the weights.

    H has the eigenvalues `largest`, ... `largest / condition`, exactly, over all samples together.
    """

    def __init__(self, largest: float, condition: float, seed: int) -> None:
        random = np.random.default_rng(seed)
        eigenvalues = np.geomspace(largest, largest / condition, 6)
        orthogonal, _ = np.linalg.qr(random.normal(size=(512, 6)))
        turned, _ = np.linalg.qr(random.normal(size=(6, 6)))
        x = orthogonal * np.sqrt(512 * eigenvalues / 2) @ turned
        y = x @ random.normal(size=(6, 1)) + 0.1 * random.normal(size=(512, 1))
        self.x, self.y = x.astype(np.float32), y.astype(np.float32)
        self.bound = 2 / largest
        """The largest stable rate of gradient descent; Polyak 1964."""

    def found(self, batch_size: int, optimizer: Any, **how: Any) -> RangeTest:
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, use_bias=False)])
        model.compile(optimizer, "mse")
        batches = tf.data.Dataset.from_tensor_slices((self.x, self.y)).shuffle(512, seed=1)
        return find_rate(model, batches.batch(batch_size).cache().repeat(), shuffle=False, **how)


class TestKnownAnswers:
    @pytest.mark.parametrize("batch_size", [512, 128])
    @pytest.mark.parametrize(
        ("largest", "condition", "seed"), [(2, 10, 0), (30, 100, 1), (400, 1000, 2), (9, 10000, 3)]
    )
    def test_divergence_is_two_by_the_largest_curvature(
        self, largest: float, condition: float, seed: int, batch_size: int
    ) -> None:
        line = Line(largest, condition, seed)
        test = line.found(batch_size, keras.optimizers.SGD(0.1))
        assert test.divergence == pytest.approx(line.bound, rel=0.1)

    def test_momentum_widens_it(self) -> None:
        """With momentum m the bound is 2 (1 + m) / L; Polyak 1964."""
        line = Line(30, 10, 0)
        test = line.found(512, keras.optimizers.SGD(0.1, momentum=0.9))
        assert test.divergence == pytest.approx(1.9 * line.bound, rel=0.1)

    def test_the_sweep_itself_ends_far_beyond(self) -> None:
        """Why constant rates are tried: it shows divergence at a multiple of the bound."""
        line = Line(30, 100, 1)
        test = line.found(512, keras.optimizers.SGD(0.1), quick=True)
        assert test.diverged_at is not None
        assert test.rates[test.diverged_at] > 2 * line.bound

    def test_where_nothing_diverges_there_is_none(self) -> None:
        line = Line(2, 10, 0)
        test = line.found(512, keras.optimizers.SGD(0.1), high=0.5)
        assert test.diverged_at is None
        assert test.divergence is None
        assert math.isclose(test.rates[-1], 0.5, rel_tol=1e-5)
