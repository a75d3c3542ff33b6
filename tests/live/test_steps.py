"""What a step is where not every batch moves the weights: it is said to be none that did."""

from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.link import QueueLink
from lrtui.protocol import Epoch, Settings, Started
from lrtui.runs.record import RunRecord
from tests.live.fits import STEPS, Witness, fit, model


class Weights(keras.callbacks.Callback):  # type: ignore[misc]
    """Which batches moved the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.moved: list[bool] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self._last = self.model.get_weights()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = self.model.get_weights()
        same = all(np.array_equal(one, other) for one, other in zip(self._last, now, strict=True))
        self.moved.append(not same)
        self._last = now


def record_of(link: QueueLink) -> RunRecord:
    return RunRecord.of([Started("Constant(0.1)", Settings()), *link.events])


@pytest.mark.parametrize("how", [{}, {"jit_compile": True}], ids=["compiled", "jit"])
def test_mixed_precision_says_which_steps_were_skipped(how: dict[str, Any]) -> None:
    """In float16 the scaled gradient overflows until Keras has halved its scale often enough."""
    link, weights = QueueLink(), Weights()
    dense = keras.layers.Dense(1, use_bias=False, dtype="mixed_float16")
    made = keras.Sequential([keras.Input((1,)), dense])
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-6, 10, 0.5)
    made.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(schedule)), "mse", **how)
    x = np.full((24, 1), 60.0, np.float32)
    callbacks = [weights, LiveCallback(link)]
    made.fit(x, -x, batch_size=1, epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
    record = record_of(link)

    moved = np.array(weights.moved)
    assert 2 < record.steps - moved.sum() < 20
    assert record.skipped == list(np.flatnonzero(~moved))
    assert (record.steps, len(record.losses)) == (48, 48)
    assert np.isfinite(record.losses).all()
    # Keras' schedule counts updates only.
    by_hand = np.full(48, np.nan)
    by_hand[moved] = 1e-6 * 0.5 ** (np.arange(moved.sum()) / 10)
    np.testing.assert_allclose(record.rates, by_hand, rtol=1e-5)
    assert [row.steps for row in record.rows] == [24, 48]


@pytest.mark.parametrize("built", ["schedule", "float"])
def test_accumulated_gradients_use_no_rate_until_they_are_applied(built: str) -> None:
    link, weights = QueueLink(), Weights()
    falling = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    rate = falling if built == "schedule" else 0.1
    optimizer = Witness(rate, gradient_accumulation_steps=3)
    fit(model(optimizer), 2, [weights, LiveCallback(link)])
    record = record_of(link)

    moved = np.array(weights.moved)
    assert list(np.flatnonzero(moved)) == [2, 5, 8, 11, 14]
    # Keras asks its schedule for the rate of the batch's number, not of the update's.
    used = 0.1 * 0.5 ** (np.arange(2 * STEPS) / 10) if built == "schedule" else 0.1
    by_hand = np.where(moved, used, np.nan)
    np.testing.assert_allclose(record.rates, by_hand, rtol=1e-5)
    assert record.skipped == []
    assert np.isfinite(record.losses).all()
    # The epoch's rate is that of its last update.
    told = [float(event.logs["learning_rate"]) for event in link.events if isinstance(event, Epoch)]
    np.testing.assert_allclose(told, by_hand[[5, 14]], rtol=1e-5)
