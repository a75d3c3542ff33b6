"""Copies of a model that is steered: clones of it, and its state taken by another thread."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lrtui import Invalid, Steering
from tests.any_backend.oracle import BACKEND, Do, Weights, compiled, fit, loss, sequential, weight

EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-6}


def test_a_clone_is_not_steered() -> None:
    """It trains with its own rate; of its steps nothing is told."""
    model = compiled(sequential(), 0.125)
    steering = Steering(model)
    steering.set_rate(0.5)
    fit(model, 2)

    with keras.saving.custom_object_scope({"loss": loss}):
        clone = keras.models.clone_model(model)
    if clone.optimizer is not None:  # Keras clones what it was compiled with too
        assert float(clone.optimizer.learning_rate) == 0.125
    compiled(clone, 0.25)
    weights = Weights()
    fit(clone, 3, weights)
    np.testing.assert_allclose(weights.moved, 0.25, **EXACT)
    assert steering.steps == 2

    weights = Weights()
    fit(model, 2, weights)
    np.testing.assert_allclose(weights.moved, 0.5, **EXACT)
    assert steering.steps == 4
    np.testing.assert_allclose(steering.read(0, 4).rates, 0.5, **EXACT)
    steering.detach()
    before = weight(clone)
    fit(clone, 1)
    np.testing.assert_allclose(before - weight(clone), 0.25, **EXACT)


def test_state_that_another_thread_takes(tmp_path: Path) -> None:
    """On JAX the next step deletes it: refused in a line, and the fit goes on and is steered."""
    model, weights = compiled(sequential(), 0.125), Weights()
    steering = Steering(model)
    said: list[str] = []

    def tried(act: Callable[[], Any]) -> Callable[[], None]:
        def in_a_thread() -> None:
            try:
                act()
                said.append("done")
            except Invalid as error:
                said.append(str(error))

        def start_and_wait() -> None:
            thread = threading.Thread(target=in_a_thread, name="other")
            thread.start()
            thread.join()

        return start_and_wait

    acts = {
        2: tried(steering.checkpoint),
        3: tried(lambda: model.save(tmp_path / "model.keras")),
        4: lambda: steering.set_rate(0.5),
    }
    fit(model, 6, weights, Do(acts))

    np.testing.assert_allclose(weights.moved, [0.125] * 4 + [0.5] * 2, **EXACT)
    np.testing.assert_allclose(steering.read(0, 6).rates, weights.moved, **EXACT)
    if BACKEND == "jax":
        assert [one.startswith("thread must be the one that trains") for one in said] == [True] * 2
        assert not any("\n" in one for one in said)
        tried(lambda: model.save(tmp_path / "model.keras"))()  # nothing trains any more
    assert said[-1] == "done"
    assert keras.models.load_model(tmp_path / "model.keras", compile=False).built
