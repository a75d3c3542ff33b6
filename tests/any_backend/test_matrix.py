"""The rate of every step is the one by which the weight moved, whatever is trained and how.

Each case is one fit of one weight, steered at known steps, against plain arithmetic.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from lrtui import Live, Steering
from lrtui.live.link import QueueLink
from lrtui.protocol import StepsDone, unpack
from tests.any_backend.oracle import (
    BACKEND,
    Do,
    GuideStep,
    OwnLoss,
    OwnStep,
    Subclassed,
    Weights,
    compiled,
    data,
    dense,
    fit,
    functional,
    loss,
    sequential,
    unbuilt,
)

STEPS = 24
EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-6}


class Falling(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A schedule of the user's own, which asserts beyond what it was made for."""

    def __call__(self, step: Any) -> Any:
        return 0.1 / (1.0 + keras.ops.cast(step, "float32") / 4)


def falls(step: int) -> float:
    return 0.1 / (1 + step / 4)


def halves(step: int) -> float:
    return float(0.1 * 0.5 ** (step / 8))


def constant(step: int) -> float:
    return 0.1


def cosine(step: int) -> float:
    return 0.05 * (1 + float(np.cos(np.pi * step / 20))) / 2


RATES: dict[str, tuple[Callable[[], Any], Callable[[int], float], bool]] = {
    "float": (lambda: 0.1, constant, True),
    "schedule": (
        lambda: keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5),
        halves,
        True,
    ),
    "own schedule": (Falling, falls, True),
    "callable": (lambda: lambda: 0.1, constant, False),
}


def by_hand(own: Callable[[int], float], restarts: bool) -> Any:
    """Steered after 4, 8, 12, 16 and 20 steps as :func:`steered` does it."""
    return [
        *(own(step) for step in range(4)),
        *(own(step if restarts else step + 4) for step in range(4)),
        *(own(step + 4) / 2 for step in range(4)),
        *(cosine(step) for step in range(4)),
        *(cosine(step + 4) * 2 for step in range(4)),
        *([0.0] * 4),
    ]


def steered(steering: Steering, restarts: bool) -> Do:
    return Do(
        {
            4: steering.reset if restarts else lambda: None,
            8: lambda: steering.scale(0.5),
            12: lambda: steering.reset("CosineDecay(0.05, 20)"),
            16: lambda: steering.scale(2.0),
            20: lambda: steering.reset(0.0),
        }
    )


def check(
    model: Any, own: Callable[[int], float], restarts: bool = True, seen: bool = True
) -> None:
    weights, link = Weights(), QueueLink()
    steering = Steering(model)
    begun = steering.steps
    live = Live(link=link, steering=steering)
    history = fit(model, STEPS, weights, steered(steering, restarts), live)

    noted = steering.read(begun, begun + STEPS)
    np.testing.assert_allclose(noted.rates, weights.moved, **EXACT)
    np.testing.assert_allclose(noted.rates, by_hand(own, restarts), **EXACT)
    assert noted.seen.all() == seen == noted.seen.any()
    if seen:
        np.testing.assert_allclose(noted.losses, weights.all[:-1], **EXACT)
    told = [event for event in link.events if isinstance(event, StepsDone)]
    recorded = np.concatenate([unpack(event.rates) for event in told])
    np.testing.assert_array_equal(recorded, noted.rates)
    assert history.history["learning_rate"] == [0.0]
    assert [change.step - begun for change in steering.changes] == (
        [4, 8, 12, 16, 20] if restarts else [8, 12, 16, 20]
    )
    steering.detach()


@pytest.mark.parametrize("name", RATES)
def test_whatever_the_optimizer_was_built_with(name: str) -> None:
    made, own, restarts = RATES[name]
    check(compiled(sequential(), made()), own, restarts)


@pytest.mark.parametrize("make", [unbuilt, functional, Subclassed, OwnStep, GuideStep])
def test_whatever_kind_of_model(make: Callable[[], Any]) -> None:
    check(compiled(make(), RATES["schedule"][0]()), halves)


@pytest.mark.parametrize("name", ["float", "schedule"])
def test_a_train_step_that_computes_its_own_loss(name: str) -> None:
    """Its rates are known, its losses are not, and that is not a NaN."""
    made, own, _ = RATES[name]
    check(compiled(OwnLoss(), made()), own, seen=False)


HOW = {
    "eager": {"run_eagerly": True},
    "jit": {"jit_compile": True},
    "not jit": {"jit_compile": False},
}


@pytest.mark.parametrize("how", HOW.values(), ids=list(HOW))
@pytest.mark.parametrize("name", ["float", "own schedule"])
def test_however_it_is_compiled(name: str, how: dict[str, Any]) -> None:
    if BACKEND == "torch" and how.get("jit_compile"):
        pytest.skip("needs a compiler for C++ and a minute: benchmarks.torch_compiled does it")
    made, own, _ = RATES[name]
    check(compiled(sequential(), made(), **how), own)


OPTIMIZERS: dict[str, Any] = {
    "ema": {"use_ema": True},
    "clipped": {"clipnorm": 10.0},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_options_of_the_optimizer(name: str) -> None:
    optimizer = keras.optimizers.SGD(RATES["schedule"][0](), **OPTIMIZERS[name])
    check(compiled(sequential(), optimizer=optimizer), halves)


@pytest.mark.parametrize("name", ["float", "schedule"])
def test_loss_scaling(name: str) -> None:
    made, own, _ = RATES[name]
    inner = keras.optimizers.SGD(made())
    scaled = keras.optimizers.LossScaleOptimizer(inner, initial_scale=1.0)
    check(compiled(sequential(), optimizer=scaled), own)


@pytest.mark.parametrize("name", ["float", "schedule"])
def test_accumulated_gradients(name: str) -> None:
    """Two of three batches move no weight and use no rate; Keras asks for the third's own."""
    made, own, _ = RATES[name]
    optimizer = keras.optimizers.SGD(made(), gradient_accumulation_steps=3)
    model, weights = compiled(sequential(), optimizer=optimizer), Weights()
    with Steering(model) as steering:
        fit(model, 12, weights, Do({6: lambda: steering.reset("CosineDecay(0.05, 20)")}))
        noted = steering.read(0, 12)

    moved = np.arange(12) % 3 == 2
    np.testing.assert_array_equal(noted.updated, moved)
    expected = [own(2), own(5), cosine(2), cosine(5)]
    np.testing.assert_allclose(noted.rates[moved], expected, **EXACT)
    np.testing.assert_allclose(weights.moved, np.where(moved, noted.rates, 0), **EXACT)
    assert np.isnan(noted.rates[~moved]).all()


@pytest.mark.skipif(BACKEND == "torch", reason="Keras does one step per execution on torch")
@pytest.mark.parametrize("name", ["float", "schedule"])
def test_several_steps_per_execution(name: str) -> None:
    """Every step's rate is known; what is steered begins with the next execution."""
    made, own, _ = RATES[name]
    model, weights = compiled(sequential(), made(), steps_per_execution=4), Weights()
    with Steering(model) as steering:
        commands = Do({1: lambda: steering.scale(0.5), 3: lambda: steering.reset([0.2, 0.1], at=1)})
        fit(model, STEPS, weights, commands)
        noted = steering.read(0, STEPS)

    expected = [*map(own, range(4)), *(own(step) / 2 for step in range(4, 12)), *[0.1] * 12]
    np.testing.assert_allclose(noted.rates, expected, **EXACT)
    np.testing.assert_allclose(noted.rates.reshape(-1, 4).sum(1), weights.moved, **EXACT)
    np.testing.assert_allclose(noted.losses[::4], weights.all[:-1], **EXACT)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="elsewhere Keras writes out such a loop")
def test_a_table_is_refilled_between_executions_of_many_steps() -> None:
    """Ten times half a table, in a fit; benchmarks/million.py does a million steps so."""
    import tensorflow as tf

    per_execution, steps = 1024, 20 * 1024
    model, weights = compiled(sequential(), 0.1, steps_per_execution=per_execution), Weights()
    used: list[Any] = []

    class Read(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            used.append(steering.read(steering.steps - per_execution, steering.steps).rates)

    with Steering(model) as steering:
        steering.reset("InverseTimeDecay(0.001, 1000, 1.0)")
        x, y = data(1)
        feed = tf.data.Dataset.from_tensors((x, y)).repeat()
        model.fit(feed, steps_per_epoch=steps, verbose=0, callbacks=[weights, Read()])
        assert steering.capacity == 4096

    exact = 0.001 / (1 + np.arange(steps) / 1000)
    np.testing.assert_allclose(np.concatenate(used), exact, rtol=2e-7)
    np.testing.assert_allclose(weights.moved, exact.reshape(20, -1).sum(1), rtol=1e-4)


def batches(count: int) -> Any:
    x, y = data(1)
    for _ in range(count):
        yield x, y


def test_data_that_come_from_a_generator_and_validation() -> None:
    model, weights = compiled(functional(), RATES["schedule"][0]()), Weights()
    with Steering(model) as steering:
        commands = Do({3: steering.reset})
        model.fit(
            batches(100),
            epochs=2,
            steps_per_epoch=6,
            validation_data=data(2),
            verbose=0,
            callbacks=[weights, commands, keras.callbacks.EarlyStopping(patience=9)],
        )
        noted = steering.read(0, steering.steps)

    np.testing.assert_allclose(
        noted.rates, [*map(halves, range(3)), *map(halves, range(9))], **EXACT
    )
    np.testing.assert_allclose(noted.rates, weights.moved, **EXACT)
    np.testing.assert_allclose(noted.losses, weights.all[:-1], **EXACT)


def test_data_of_unknown_length_have_no_steps_that_were_not_done() -> None:
    """Keras' own count goes on by one more an epoch than it makes updates, on TensorFlow."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        x, y = data(6)
        feed = tf.data.Dataset.from_tensor_slices((x, y)).batch(4).filter(lambda *_: True)
    else:

        class Feed(keras.utils.PyDataset):  # type: ignore[misc]
            num_batches = None

            def __getitem__(self, at: int) -> Any:
                return data(1)

        feed = Feed()
    how = {} if BACKEND == "tensorflow" else {"steps_per_epoch": 6}
    model, weights = compiled(sequential(), 0.1), Weights()
    with Steering(model) as steering:
        steering.reset([0.01 * (1 + step) for step in range(30)])
        model.fit(feed, epochs=3, verbose=0, callbacks=[weights], **how)
        noted = steering.read(0, steering.steps)

    assert steering.steps == 18 == len(weights.moved)
    np.testing.assert_allclose(noted.rates, weights.moved, **EXACT)
    np.testing.assert_allclose(noted.rates, 0.01 * np.arange(1, 19), **EXACT)


def test_several_outputs_sample_weights_and_a_loss_that_is_added() -> None:
    class Added(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            self.add_loss(0.0 * keras.ops.sum(x))
            return x

    x = keras.Input((1,))
    first = dense("first")(Added()(x))
    model = keras.Model(x, [first, keras.layers.Activation("linear", name="second")(first)])
    schedule = RATES["schedule"][0]()
    model.compile(keras.optimizers.SGD(schedule), loss=[loss, loss], loss_weights=[0.5, 0.5])
    inputs, targets = data(8)
    weights = Weights()
    with Steering(model) as steering:
        ones = [np.ones(len(inputs), "float32")] * 2
        how: dict[str, Any] = {"batch_size": 4, "verbose": 0, "callbacks": [weights]}
        model.fit(inputs, [targets, targets], sample_weight=ones, **how)
        noted = steering.read(0, 8)

    np.testing.assert_allclose(noted.rates, list(map(halves, range(8))), **EXACT)
    np.testing.assert_allclose(noted.rates, weights.moved, **EXACT)
    np.testing.assert_allclose(noted.losses, weights.all[:-1], **EXACT)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(policy: str) -> None:
    """The weight moves by the rate as far as its own precision goes."""
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", dtype=policy)
    model = compiled(keras.Sequential([keras.Input((1,)), layer]), RATES["schedule"][0]())
    weights = Weights()
    with Steering(model) as steering:
        fit(model, 8, weights, Do({4: steering.reset}))
        noted = steering.read(0, steering.steps)
    moved = noted.updated
    np.testing.assert_allclose(noted.rates[moved], weights.moved[moved], rtol=0, atol=1e-5)
    assert noted.rates[moved][0] == pytest.approx(0.1)
