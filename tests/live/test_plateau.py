"""ReduceLROnPlateau under any schedule: cut exactly when Keras' own cuts an optimizer's float."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.link import QueueLink
from lrtui.live.plateau import Plateau
from lrtui.live.steering import EpochDrive, Steering
from lrtui.protocol import Marked, Reset, Settings, Start
from lrtui.runs.record import RunRecord
from lrtui.worker.run import train
from tests.live.fits import STEPS, Director, Witness, fit, model, recorded

STILL = (1.0,) * 8
BY_STAIRS = (1.0, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8)
UP_AND_DOWN = (1.0, 1.2, 0.9, 1.0, 0.85, float("nan"), 1.0, 1.0)

CASES: dict[str, tuple[Sequence[float], dict[str, Any]]] = {
    "standing still": (STILL, {"patience": 2, "factor": 0.5}),
    "every epoch": (UP_AND_DOWN, {"patience": 1, "factor": 0.3}),
    "cooldown": (STILL, {"patience": 1, "factor": 0.5, "cooldown": 2}),
    "min_delta": (BY_STAIRS, {"patience": 3, "factor": 0.1, "min_delta": 0.15}),
    "the best is the most": (BY_STAIRS, {"patience": 2, "factor": 0.5, "mode": "max"}),
}
EAGER = pytest.mark.parametrize("eager", [False, True], ids=["compiled", "eager"])


class Scripted(keras.callbacks.Callback):  # type: ignore[misc]
    """Says that the validation loss of each epoch was this. Put it first."""

    def __init__(self, losses: Sequence[float]) -> None:
        super().__init__()
        self._losses = losses

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["val_loss"] = self._losses[epoch]


def falling() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 20, 0.5)


def by_hand(steps: Any) -> Any:
    return 0.1 * 0.5 ** (np.asarray(steps) / 20)


@cache
def built_with_a_float() -> Any:
    """Compiled once for all cases."""
    return model(keras.optimizers.SGD(1.0))


@cache
def factors(case: str) -> Any:
    """What Keras' own callback makes of a float of 1, epoch by epoch."""
    losses, how = CASES[case]
    own = keras.callbacks.ReduceLROnPlateau(**how)
    made = built_with_a_float()
    made.optimizer.learning_rate = 1.0
    return np.array(fit(made, len(losses), [Scripted(losses), own])["learning_rate"])


def test_keras_own_fails_under_a_schedule_when_it_first_fires() -> None:
    """Why there is all this."""
    made = model(keras.optimizers.SGD(falling()))
    own = keras.callbacks.ReduceLROnPlateau(patience=2)
    with pytest.raises(TypeError, match="LearningRateSchedule"):
        fit(made, 8, [Scripted(STILL), own])

    assert int(made.optimizer.iterations.numpy()) == 3 * STEPS


def test_keras_own_beside_its_own_scheduler_is_undone_by_the_next_epoch() -> None:
    optimizer = Witness(0.7)
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1)
    own = keras.callbacks.ReduceLROnPlateau(patience=1)
    fit(model(optimizer), 4, [Scripted(STILL), scheduler, own])

    np.testing.assert_allclose(optimizer.rates(), 0.1, rtol=1e-5)


class TestCutsWhereKerasDoes:
    def test_the_cases_tell_something(self) -> None:
        cuts = {case: int((np.diff(factors(case)) < 0).sum()) for case in CASES}
        assert cuts == {
            "standing still": 3,
            "every epoch": 4,
            "cooldown": 3,
            "min_delta": 1,
            "the best is the most": 3,
        }

    @pytest.mark.parametrize("case", CASES)
    def test_built_with_a_schedule(self, case: str) -> None:
        self.check_schedule(case, eager=False)

    def test_built_with_a_schedule_eager(self) -> None:
        self.check_schedule("standing still", eager=True)

    @staticmethod
    def check_schedule(case: str, eager: bool) -> None:
        losses, how = CASES[case]
        link, optimizer = QueueLink(), Witness(falling())
        made = model(optimizer, run_eagerly=eager)
        steering = Steering(made)
        callbacks = [Scripted(losses), Plateau(steering, **how)]
        fit(made, len(losses), [*callbacks, LiveCallback(link, steering=steering)])

        cut = np.repeat(factors(case), STEPS)
        np.testing.assert_allclose(recorded(link), by_hand(range(len(cut))) * cut, rtol=1e-6)
        np.testing.assert_allclose(optimizer.rates(), recorded(link), rtol=1e-5)
        marks = [event for event in link.events if isinstance(event, Marked)]
        epochs = np.flatnonzero(np.diff(factors(case)) < 0) + 1
        assert [mark.step for mark in marks if mark.step < len(cut)] == (epochs * STEPS).tolist()
        assert {mark.kind for mark in marks} == {"plateau"}
        steering.detach()

    @EAGER
    def test_built_with_a_float(self, eager: bool) -> None:
        losses, how = CASES["standing still"]
        optimizer = Witness(0.1)
        made = model(optimizer, run_eagerly=eager)
        with Steering(made) as steering:
            fit(made, 8, [Scripted(losses), Plateau(steering, **how)])

            used = np.repeat(0.1 * factors("standing still"), STEPS)
            np.testing.assert_allclose(optimizer.rates(), used, rtol=1e-5)
            np.testing.assert_allclose(steering.read(0, 8 * STEPS)[0], used, rtol=1e-6)

    def test_built_with_a_float_that_a_schedule_has_taken_over(self) -> None:
        losses, how = CASES["standing still"]
        optimizer = Witness(0.7)
        made = model(optimizer)
        with Steering(made) as steering:
            steering.reset(falling())
            fit(made, 8, [Scripted(losses), Plateau(steering, **how)])

        cut = np.repeat(factors("standing still"), STEPS)
        np.testing.assert_allclose(optimizer.rates(), by_hand(range(8 * STEPS)) * cut, rtol=1e-5)

    @EAGER
    def test_set_once_an_epoch_by_keras(self, eager: bool) -> None:
        losses, how = CASES["standing still"]
        optimizer = Witness(0.7)
        made = model(optimizer, run_eagerly=eager)
        drive = EpochDrive(falling())
        with Steering(made, drive) as steering:
            scheduler = keras.callbacks.LearningRateScheduler(drive)
            fit(made, 8, [Scripted(losses), scheduler, Plateau(steering, **how)])

        each_epoch = by_hand(np.arange(8) * STEPS) * factors("standing still")
        np.testing.assert_allclose(optimizer.rates(), np.repeat(each_epoch, STEPS), rtol=1e-5)


def rates(schedule: Any, losses: Sequence[float] = STILL, epochs: int = 5, **how: Any) -> Any:
    """The rates that such a run used, and its cuts, without a LiveCallback; and its history."""
    made = model(keras.optimizers.SGD(schedule))
    with Steering(made) as steering:
        history = fit(made, epochs, [Scripted(losses), Plateau(steering, **how)])
        used = steering.read(0, epochs * STEPS)[0]
        return used, [change.step // STEPS for change in steering.changes], history


class TestTheSmallPrint:
    def test_the_history_has_the_rate_of_each_epochs_last_step(self) -> None:
        used, _, history = rates(falling(), patience=1, factor=0.5)
        assert history["learning_rate"] == pytest.approx(used[STEPS - 1 :: STEPS].tolist())

    def test_min_lr_is_reached_once_and_not_cut_again(self) -> None:
        constant = keras.optimizers.schedules.PiecewiseConstantDecay([100], [0.1, 0.1])
        used, cuts, _ = rates(constant, patience=1, factor=0.5, min_lr=0.03)

        np.testing.assert_allclose(used[::STEPS], [0.1, 0.1, 0.05, 0.03, 0.03], rtol=1e-6)
        assert cuts == [2, 3]

    def test_a_schedule_below_min_lr_is_left_alone(self) -> None:
        used, cuts, _ = rates(falling(), patience=1, factor=0.5, min_lr=0.5)

        np.testing.assert_allclose(used, by_hand(range(5 * STEPS)), rtol=1e-6)
        assert cuts == []

    def test_a_rate_of_0_is_cut_when_it_has_risen(self) -> None:
        late = keras.optimizers.schedules.PiecewiseConstantDecay([2 * STEPS - 1], [0.0, 0.1])
        used, cuts, _ = rates(late, patience=1, factor=0.5)

        np.testing.assert_allclose(used[::STEPS], [0, 0, 0.1, 0.05, 0.025], rtol=1e-6)
        assert cuts == [3, 4, 5]

    def test_a_reset_undoes_the_cuts_and_counts_anew(self) -> None:
        """Still from epoch 1 on, so cut before epoch 4; reset in epoch 5, so cut before epoch 8."""
        link = QueueLink()
        made = model(keras.optimizers.SGD(falling()))
        steering = Steering(made)
        plateau = Plateau(steering, patience=2, factor=0.5)
        director, live = Director(link, {36: Reset()}), LiveCallback(link, steering=steering)
        fit(made, 8, [Scripted(STILL), director, plateau, live])

        expected = [
            *by_hand(range(24)),
            *by_hand(range(24, 36)) * 0.5,
            *by_hand(range(56 - 36)),
            *by_hand(range(56 - 36, 64 - 36)) * 0.5,
        ]
        np.testing.assert_allclose(recorded(link), expected, rtol=1e-6)
        marks = [event for event in link.events if isinstance(event, Marked)]
        assert [(mark.step, mark.kind, mark.factor) for mark in marks] == [
            (24, "plateau", 0.5),
            (36, "reset", 1.0),
            (56, "plateau", 0.5),
        ]


@EAGER
@pytest.mark.parametrize("drive", ["schedule", "callback"])
def test_in_our_training(drive: str, eager: bool) -> None:
    """At such a rate no weight moves, so the validation loss stands still from epoch 1 on."""
    link = QueueLink()
    settings = Settings(
        epochs=6,
        steps_per_epoch=4,
        batch_size=8,
        drive=drive,
        eager=eager,
        plateau_patience=2,
        plateau_factor=0.5,
    )
    train(Start("ExponentialDecay(1e-12, decay_steps=4, decay_rate=0.9)", settings), link)
    record = RunRecord.of(link.events)

    counted = np.arange(24) if drive == "schedule" else np.arange(24) // 4 * 4
    cut = np.repeat([1, 1, 1, 0.5, 0.5, 0.25], 4)
    np.testing.assert_allclose(record.rates, 1e-12 * 0.9 ** (counted / 4) * cut, rtol=1e-6)
    assert [(mark.step, mark.kind) for mark in record.marks] == [(12, "plateau"), (20, "plateau")]
    assert [row.marks.get("plateau", 0) for row in record.rows] == [0, 0, 0, 1, 0, 1]
    assert record.history["learning_rate"] == pytest.approx(record.rates[3::4].tolist())
