"""What is reported is what the optimizer did: checked by the movement of the weights."""

from typing import Any, get_args

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.link import QueueLink
from lrtui.live.steering import EpochDrive, Steering
from lrtui.protocol import Reset, Restore, Scale, SetRate, Steer, Stop, UndoSteering
from tests.live.fits import STEPS, Director, Witness, fit, model, recorded

WAYS = {
    "compiled": {},
    "eager": {"run_eagerly": True},
    "jit": {"jit_compile": True},
    "four steps per execution": {"steps_per_execution": 4},
}

RESET, SWITCH, AGAIN, SCALED = 8, 12, 20, 28
"""Multiples of 4, so that they lie between two executions of four steps too."""


def direct(link: QueueLink) -> Director:
    cosine = Reset("CosineDecay(0.05, 100)")
    commands = {RESET: Reset(), SWITCH: cosine, AGAIN: Reset(), SCALED: Scale(0.5)}
    return Director(link, commands)


def halving(steps: Any, every: float = 10) -> Any:
    return 0.1 * 0.5 ** (np.asarray(steps) / every)


def cosine(steps: Any) -> Any:
    return 0.05 * (1 + np.cos(np.pi * np.asarray(steps) / 100)) / 2


@pytest.mark.parametrize("how", WAYS.values(), ids=list(WAYS))
def test_built_with_a_schedule(how: dict[str, Any]) -> None:
    link = QueueLink()
    optimizer = Witness(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
    fit(model(optimizer, **how), 5, [direct(link), LiveCallback(link)])

    expected = [
        *halving(range(RESET)),
        *halving(range(SWITCH - RESET)),
        *cosine(range(AGAIN - SWITCH)),
        *cosine(range(SCALED - AGAIN)),
        *cosine(range(SCALED - AGAIN, 5 * STEPS - AGAIN)) / 2,
    ]
    assert len(recorded(link)) == 5 * STEPS
    np.testing.assert_allclose(optimizer.rates(), recorded(link), rtol=1e-5)
    np.testing.assert_allclose(optimizer.rates(), expected, rtol=1e-5)


@pytest.mark.parametrize("how", WAYS.values(), ids=list(WAYS))
def test_built_with_a_float(how: dict[str, Any]) -> None:
    link = QueueLink()
    optimizer = Witness(0.1)
    commands = {4: Scale(0.5), 8: Reset(), 12: Reset("ExponentialDecay(0.1, 10, 0.5)"), 20: Reset()}
    director = Director(link, commands)
    fit(model(optimizer, **how), 3, [director, LiveCallback(link)])

    expected = [*[0.1] * 4, *[0.05] * 4, *[0.1] * 4, *halving(range(8)), *halving(range(4))]
    np.testing.assert_allclose(optimizer.rates(), recorded(link), rtol=1e-5)
    np.testing.assert_allclose(optimizer.rates(), expected, rtol=1e-5)


@pytest.mark.parametrize("how", list(WAYS.values())[:2], ids=list(WAYS)[:2])
def test_set_once_an_epoch_by_keras(how: dict[str, Any]) -> None:
    link = QueueLink()
    optimizer = Witness(0.7)
    made = model(optimizer, **how)
    drive = EpochDrive(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
    live = LiveCallback(link, steering=Steering(made, drive))
    scheduler = keras.callbacks.LearningRateScheduler(drive)
    commands = {
        12: Reset(),
        20: Reset("CosineDecay(0.05, 100)"),
        28: Scale(0.5),
        44: SetRate(0.03),
        50: UndoSteering(),
    }
    fit(made, 7, [Director(link, commands), scheduler, live])

    # Each epoch of 8 steps has the rate of its first step; a reset acts at once.
    expected = [
        *[0.1] * 8,
        *[halving(8)] * 4,
        *[0.1] * 4,
        *[halving(16 - 12)] * 4,
        *[cosine(0)] * 4,
        *[cosine(24 - 20)] * 4,
        *[cosine(24 - 20) / 2] * 4,
        *[cosine(32 - 20) / 2] * 8,
        *[cosine(40 - 20) / 2] * 4,
        *[0.03] * 6,
        *[halving(48)] * 6,
    ]
    np.testing.assert_allclose(optimizer.rates(), recorded(link), rtol=1e-5)
    np.testing.assert_allclose(optimizer.rates(), expected, rtol=1e-5)
    left = {*get_args(Steer)} - {type(one) for one in commands.values()} - {Restore, Stop}
    assert not left, "give it here too: EpochDriving may need a method of its own"


def test_a_rate_set_by_hand_is_reported_as_set() -> None:
    link = QueueLink()
    optimizer = Witness(0.1)
    by_hand = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: optimizer.learning_rate.assign(0.1 / (batch + 2))
    )
    fit(model(optimizer), 1, [by_hand, LiveCallback(link)])

    np.testing.assert_allclose(recorded(link), 0.1 / np.arange(1, STEPS + 1), rtol=1e-6)
    np.testing.assert_allclose(optimizer.rates(), recorded(link), rtol=1e-5)


def test_looking_at_the_schedule_between_two_steps_changes_nothing() -> None:
    link = QueueLink()
    optimizer = Witness(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
    curious = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: float(optimizer.learning_rate)
    )
    fit(model(optimizer), 2, [curious, LiveCallback(link), curious])

    np.testing.assert_allclose(recorded(link), halving(range(2 * STEPS)), rtol=1e-6)


def test_more_steps_than_the_ring_holds_are_all_reported() -> None:
    link = QueueLink()
    schedule = keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.5)
    made = model(keras.optimizers.SGD(schedule), steps_per_execution=500)
    x = np.ones((10_000, 1))
    time_stands_still = LiveCallback(link, clock=lambda: 0.0)
    made.fit(x, x, batch_size=1, verbose=0, callbacks=[time_stands_still])

    np.testing.assert_allclose(recorded(link), 0.1 / (1 + 0.5 * np.arange(10_000)), rtol=1e-6)


@pytest.mark.parametrize("how", list(WAYS.values())[:2], ids=list(WAYS)[:2])
def test_the_naive_way_is_reported_but_not_used(how: dict[str, Any]) -> None:
    """Why there is all this: Keras takes a new schedule in mid-fit, names it, and ignores it."""
    optimizer = Witness(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
    new = keras.optimizers.schedules.CosineDecay(0.05, 100)
    told: list[float] = []

    def swap(batch: int, logs: Any) -> None:
        if batch == 3:
            optimizer.learning_rate = new
            told.append(float(optimizer.learning_rate))

    fit(model(optimizer, **how), 1, [keras.callbacks.LambdaCallback(on_train_batch_end=swap)])

    assert told == pytest.approx([cosine(4)])
    used = cosine(range(4, STEPS)) if how else halving(range(4, STEPS))
    np.testing.assert_allclose(optimizer.rates()[4:], used, rtol=1e-5)
