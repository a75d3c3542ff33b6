"""What is ordered compiles nothing: neither is a step traced again nor, on JAX, anything built."""

from typing import Any

import keras
import numpy as np
import pytest

from lrtui import Steering
from tests.any_backend.oracle import BACKEND, Do, Weights, compiled, dense, fit

pytestmark = pytest.mark.skipif(BACKEND == "torch", reason="torch runs each step as Python")


class Traced(keras.layers.Layer):  # type: ignore[misc]
    """Counts how often its Python runs: once whenever a step is traced."""

    times = 0

    def call(self, x: Any) -> Any:
        self.times += 1
        return x


class Built:
    """Counts what XLA builds for JAX."""

    def __init__(self) -> None:
        self.times = 0
        if BACKEND == "jax":
            import jax

            jax.monitoring.register_event_duration_secs_listener(self._heard)

    def _heard(self, event: str, seconds: float, **_: Any) -> None:
        self.times += event == "/jax/core/compile/backend_compile_duration"


@pytest.mark.parametrize("rate", [0.1, keras.optimizers.schedules.ExponentialDecay(0.1, 9, 0.5)])
def test_of_no_order(rate: Any) -> None:
    traced, built = Traced(), Built()
    model = compiled(keras.Sequential([keras.Input((1,)), traced, dense()]), rate)
    steering, weights = Steering(model), Weights()
    counts: list[tuple[int, int]] = []

    def count() -> None:
        counts.append((traced.times, built.times))

    acts: list[Any] = [
        count,
        lambda: steering.reset("Constant(0.5)"),
        lambda: steering.scale(0.5),
        lambda: steering.set_rate(0.125),
        lambda: steering.reset(np.full(5000, 0.25, "float32")),
        steering.undo,
        count,
    ]
    fit(model, 12, weights, Do(dict(enumerate(acts, start=3))))

    np.testing.assert_allclose(weights.moved[4:8], [0.5, 0.25, 0.125, 0.25], rtol=0, atol=1e-6)
    before, after = counts
    assert after == before

    model.compile(keras.optimizers.SGD(0.1), loss="mse")  # what is counted, counts
    fit(model, 1)
    count()
    assert counts[-1][0] > before[0]
    assert BACKEND != "jax" or counts[-1][1] > before[1]
