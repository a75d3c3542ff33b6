"""Loops of one's own, as Keras' guides write them: steered, or refused in a line."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

import lrtui
from lrtui import Steering
from lrtui.live.hooks import NotSteerable
from tests.any_backend.oracle import BACKEND, Do, Subclassed, compiled, data, fit, sequential
from tests.any_backend.test_scripts import halving

EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-6}
OWN = 0.1 * 0.5 ** (np.arange(12) / 8)


def weight(values: Any) -> float:
    return float(np.ravel(keras.ops.convert_to_numpy(values[0]))[0])


def loop_of_tensorflow(model: Any, optimizer: Any) -> Callable[[], float]:
    import tensorflow as tf

    @tf.function  # type: ignore[untyped-decorator]
    def train_step(x: Any) -> None:
        with tf.GradientTape() as tape:
            value = keras.ops.mean(model(x, training=True))
        gradients = tape.gradient(value, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))

    def step() -> float:
        before = weight(model.trainable_weights)
        train_step(data(1)[0])
        return before - weight(model.trainable_weights)

    return step


def loop_of_torch(model: Any, optimizer: Any) -> Callable[[], float]:
    import torch

    def step() -> float:
        before = weight(model.trainable_weights)
        model.zero_grad()
        keras.ops.mean(model(data(1)[0])).backward()
        gradients = [one.value.grad for one in model.trainable_weights]
        with torch.no_grad():
            optimizer.apply(gradients, model.trainable_weights)
        return before - weight(model.trainable_weights)

    return step


def loop_of_jax(model: Any, optimizer: Any) -> Callable[[], float]:
    import jax

    optimizer.build(model.trainable_variables)

    def values(variables: Any) -> list[Any]:
        return [one.value for one in variables]

    state = [values(model.trainable_variables), values(optimizer.variables)]

    def loss_of(trainable: Any, x: Any) -> Any:
        predicted, _ = model.stateless_call(trainable, values(model.non_trainable_variables), x)
        return keras.ops.mean(predicted)

    @jax.jit  # type: ignore[untyped-decorator]
    def train_step(trainable: Any, of_optimizer: Any, x: Any) -> Any:
        gradients = jax.grad(loss_of)(trainable, x)
        return optimizer.stateless_apply(of_optimizer, gradients, trainable)

    def step() -> float:
        before = weight(state[0])
        state[:] = train_step(*state, data(1)[0])
        return before - weight(state[0])

    return step


def loop_of(model: Any, optimizer: Any) -> Callable[[], float]:
    made: Callable[[], float] = globals()[f"loop_of_{BACKEND}"](model, optimizer)
    return made


@pytest.mark.skipif(BACKEND == "jax", reason="its state is out of reach")
@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_loop_is_steered(is_compiled: bool) -> None:
    model, optimizer = sequential(), keras.optimizers.SGD(halving())
    if is_compiled:
        compiled(model, optimizer=optimizer)
    steering = Steering(model, optimizer=optimizer)
    step = loop_of(model, optimizer)
    moved = [step() for _ in range(2)]
    steering.scale(0.5)
    moved += [step() for _ in range(2)]
    steering.reset("CosineDecay(0.2, 10)")
    moved += [step() for _ in range(2)]
    rates = steering.read(0, 6).rates
    steering.detach()
    moved += [step() for _ in range(2)]
    cosine = 0.1 * (1 + np.cos(np.pi * np.arange(2) / 10))
    np.testing.assert_allclose(moved, [*OWN[:2], *OWN[2:4] / 2, *cosine, *OWN[6:8]], **EXACT)
    np.testing.assert_allclose(rates, moved[:6], **EXACT)


@pytest.mark.skipif(BACKEND != "jax", reason="the others are steered")
class TestOnJax:
    """There such a loop carries the state itself; what we put there would not come back."""

    def test_it_is_refused_at_once(self) -> None:
        model = sequential()
        with pytest.raises(NotSteerable, match="a loop of one's own carries the optimizer's state"):
            Steering(model, optimizer=keras.optimizers.SGD(0.1))

    @pytest.mark.parametrize("first", ["loop", "steering"])
    def test_with_a_compiled_model_it_goes_on_unsteered(
        self, first: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        model = compiled(sequential(), halving())
        step = loop_of(model, model.optimizer) if first == "loop" else None
        steering = Steering(model)
        step = step if step is not None else loop_of(model, model.optimizer)
        moved = [step() for _ in range(3)]
        with pytest.raises(NotSteerable, match="a loop of one's own"):
            steering.scale(0.5)
        moved += [step() for _ in range(3)]
        np.testing.assert_allclose(moved, OWN[:6], **EXACT)
        assert capsys.readouterr().err.count("a loop of one's own") == 1
        assert steering.changes == []
        steering.detach()


@pytest.mark.skipif(BACKEND != "tensorflow", reason="keeps no trace, or has no such loop")
class TestAStepThatWasTracedBefore:
    """Its rate was built in before we came: refused, also before it is called again."""

    def test_of_a_loop(self) -> None:
        model, optimizer = sequential(), keras.optimizers.SGD(halving())
        step = loop_of(model, optimizer)
        moved = [step() for _ in range(2)]
        steering = Steering(model, optimizer=optimizer)
        with pytest.raises(NotSteerable, match="may be traced already"):
            steering.reset(0.0)
        moved += [step() for _ in range(2)]
        with pytest.raises(NotSteerable, match="was traced before"):
            steering.reset(0.0)
        np.testing.assert_allclose(moved, OWN[:4], **EXACT)
        assert steering.changes == []
        steering.detach()

    def test_of_a_model(self, capsys: pytest.CaptureFixture[str]) -> None:
        import tensorflow as tf

        class Traced(Subclassed):
            @tf.function  # type: ignore[untyped-decorator]
            def train_step(self, batch: Any) -> Any:
                with tf.GradientTape() as tape:
                    value = self.compute_loss(*batch, self(batch[0]))
                gradients = tape.gradient(value, self.trainable_variables)
                self.optimizer.apply(gradients, self.trainable_variables)
                return {"loss": value}

        model = compiled(Traced(), halving())
        model.build((None, 1))
        fit(model, 2)
        with Steering(model) as steering:
            with pytest.raises(NotSteerable, match="may be traced already"):
                steering.reset(0.0)
            before = weight(model.trainable_weights)
            fit(model, 2, lrtui.Live(steering=steering))
            assert before - weight(model.trainable_weights) == pytest.approx(sum(OWN[2:4]))
            assert steering.changes == []
        assert capsys.readouterr().err.count("was traced before") == 1


def test_batch_by_batch() -> None:
    """``train_on_batch`` is steered as ``fit`` is."""
    model = compiled(sequential(), halving())
    with Steering(model) as steering:
        for at in range(6):
            if at == 3:
                steering.scale(0.5)
            model.train_on_batch(*data(1))
        np.testing.assert_allclose(steering.read(0, 6).rates, [*OWN[:3], *OWN[3:6] / 2], **EXACT)


def test_an_optimizer_of_another_library() -> None:
    if BACKEND != "torch":
        pytest.skip("only torch has some that could be taken for one")
    import torch

    model = sequential()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pytest.raises(NotSteerable, match="a Keras optimizer is needed"):
        Steering(model, optimizer=optimizer)


def test_a_gan_of_two_optimizers() -> None:
    """Each is steered by itself; the other one's rates are not touched."""
    if BACKEND == "jax":
        pytest.skip("the state of a step on JAX holds one optimizer's variables")

    class Gan(Subclassed):
        def __init__(self) -> None:
            super().__init__()
            self.second = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
            self.one, self.two = keras.optimizers.SGD(0.1), keras.optimizers.SGD(halving())

        def build(self, shape: Any) -> None:
            self.dense.build(shape)
            self.second.build(shape)

        def train_step(self, batch: Any) -> Any:
            value = 0.0
            for layer, optimizer in ((self.dense, self.one), (self.second, self.two)):
                variables = layer.trainable_variables
                ones = [keras.ops.ones_like(one) for one in variables]
                optimizer.apply(ones, variables)
            return {"loss": value}

    model = compiled(Gan(), 0.5)
    model.build((None, 1))
    with Steering(model, optimizer=model.one) as one, Steering(model, optimizer=model.two) as two:
        fit(model, 6, Do({2: lambda: one.scale(0.5), 4: lambda: two.reset(0.02)}))
        rates = one.read(0, 6).rates, two.read(0, 6).rates
    np.testing.assert_allclose(rates[0], [0.1] * 2 + [0.05] * 4, **EXACT)
    np.testing.assert_allclose(rates[1], [*OWN[:4], 0.02, 0.02], **EXACT)
    assert weight(model.dense.trainable_weights) == pytest.approx(1 - sum(rates[0]), abs=1e-5)
    assert weight(model.second.trainable_weights) == pytest.approx(1 - sum(rates[1]), abs=1e-5)
