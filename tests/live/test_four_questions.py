"""The questions that this program answers once and for all, on real Keras.

How does a rate change during a fit with validation data; how is it reset; what is it now; how does
it get into the history. The same answers hold for our own trainings and in anybody's script.
"""

from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.link import QueueLink
from lrtui.live.steering import Steering
from lrtui.protocol import Epoch, Reset, Settings, Start
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.worker.run import train
from tests.live.fits import STEPS, Director, Witness, fit, model, recorded

COMPILED_OR_NOT = pytest.mark.parametrize("eager", [False, True], ids=["compiled", "eager"])


def step_decay(epoch: int) -> float:
    initial, drop, epochs_drop = 0.1, 0.5, 2.0
    return float(initial * drop ** np.floor((1 + epoch) / epochs_drop))


STEP_DECAY_BY_HAND = [0.1, 0.05, 0.05, 0.025]


class TestARateThatChangesDuringFit:
    @COMPILED_OR_NOT
    def test_keras_own_scheduler_beside_the_callback(self, eager: bool) -> None:
        link = QueueLink()
        optimizer = Witness(0.9)
        callbacks = [
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: step_decay(epoch)),
            LiveCallback(link),
        ]
        history = fit(model(optimizer, run_eagerly=eager), 4, callbacks)

        used = np.repeat(STEP_DECAY_BY_HAND, STEPS)
        np.testing.assert_allclose(recorded(link), used, rtol=1e-6)
        np.testing.assert_allclose(optimizer.rates(), used, rtol=1e-5)
        assert history["learning_rate"] == pytest.approx(STEP_DECAY_BY_HAND)
        assert len(history["val_loss"]) == 4

    @COMPILED_OR_NOT
    @pytest.mark.parametrize("drive", ["schedule", "callback"])
    def test_in_our_training(self, drive: str, eager: bool) -> None:
        link = QueueLink()
        settings = Settings(epochs=3, steps_per_epoch=4, batch_size=8, drive=drive, eager=eager)
        train(Start("ExponentialDecay(0.1, decay_steps=4, decay_rate=0.5)", settings), link)
        record = RunRecord.of(link.events)

        each_step = 0.1 * 0.5 ** (np.arange(12) / 4)
        each_epoch = np.repeat([0.1, 0.05, 0.025], 4)
        by_hand = each_step if drive == "schedule" else each_epoch
        np.testing.assert_allclose(record.rates, by_hand, rtol=1e-6)
        assert record.state == "done"
        assert all(row.validation() is not None for row in record.rows)

    @COMPILED_OR_NOT
    @pytest.mark.parametrize("drive", ["schedule", "callback"])
    def test_step_decay_in_our_training(self, drive: str, eager: bool) -> None:
        """Epochs of 4 steps: floor((1 + epoch) / 2) rises after steps 3, 11, 19."""
        values = "[0.1, 0.05, 0.025]"
        link = QueueLink()
        settings = Settings(epochs=4, steps_per_epoch=4, batch_size=8, drive=drive, eager=eager)
        train(Start(f"PiecewiseConstantDecay([3, 11], {values})", settings), link)

        np.testing.assert_allclose(
            RunRecord.of(link.events).rates, np.repeat(STEP_DECAY_BY_HAND, 4), rtol=1e-6
        )

    @pytest.mark.parametrize("stair", [41, 47, 61])
    def test_every_edge_of_a_stair_is_where_it_is_drawn(self, stair: int) -> None:
        """Compiled, TensorFlow would multiply by 1 / 41, so that step 41 falls just short of 1."""
        link = QueueLink()
        settings = Settings(epochs=1, steps_per_epoch=7 * stair + 1, batch_size=1)
        train(Start(f"ExponentialDecay(0.1, {stair}, 0.5, staircase=True)", settings), link)

        by_hand = 0.1 * 0.5 ** (np.arange(settings.steps) // stair)
        np.testing.assert_allclose(RunRecord.of(link.events).rates, by_hand, rtol=1e-6)


class TestReset:
    """Built with a float or a schedule; to its start or to a new one; amid a fit or between two."""

    BUILT = pytest.mark.parametrize("built", ["float", "schedule"])

    @staticmethod
    def optimizer(built: str) -> Witness:
        if built == "float":
            return Witness(0.1)
        return Witness(keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5))

    @BUILT
    @COMPILED_OR_NOT
    def test_to_its_start_amid_a_fit(self, built: str, eager: bool) -> None:
        link, optimizer = QueueLink(), self.optimizer(built)
        lower = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: (
                optimizer.learning_rate.assign(0.01) if batch == 3 and built == "float" else None
            )
        )
        director = Director(link, {6: Reset()})
        fit(model(optimizer, run_eagerly=eager), 1, [lower, director, LiveCallback(link)])

        falling = 0.1 * 0.5 ** (np.arange(8) / 8)
        before = [*[0.1] * 4, 0.01, 0.01] if built == "float" else falling[:6]
        after = [0.1, 0.1] if built == "float" else falling[:2]
        np.testing.assert_allclose(optimizer.rates(), [*before, *after], rtol=1e-5)
        np.testing.assert_allclose(recorded(link), [*before, *after], rtol=1e-6)

    @BUILT
    @COMPILED_OR_NOT
    def test_to_a_new_schedule_amid_a_fit(self, built: str, eager: bool) -> None:
        link, optimizer = QueueLink(), self.optimizer(built)
        director = Director(link, {6: Reset("CosineDecay(0.3, 4)")})
        fit(model(optimizer, run_eagerly=eager), 1, [director, LiveCallback(link)])

        np.testing.assert_allclose(
            optimizer.rates()[6:], [0.3, 0.15 * (1 + np.sqrt(0.5))], rtol=1e-5
        )

    @BUILT
    @COMPILED_OR_NOT
    def test_between_two_fits(self, built: str, eager: bool) -> None:
        link, optimizer = QueueLink(), self.optimizer(built)
        made = model(optimizer, run_eagerly=eager)
        with Steering(made) as steering:
            live = LiveCallback(link, steering=steering)
            fit(made, 1, [live])
            assert steering.rate == pytest.approx(optimizer.rates()[-1], rel=1e-5)
            steering.scale(0.5)
            fit(made, 1)
            steering.reset()
            fit(made, 1, [live])
            steering.reset(CosineDecay(0.3, 16))
            fit(made, 1, [live])

        falling = 0.1 * 0.5 ** (np.arange(16) / 8) if built == "schedule" else np.full(16, 0.1)
        cosine = 0.15 * (1 + np.cos(np.pi * np.arange(8) / 16))
        used = [*falling[:8], *falling[8:] / 2, *falling[:8], *cosine]
        np.testing.assert_allclose(optimizer.rates(), used, rtol=1e-5)

    def test_a_second_fit_is_counted_from_0_and_goes_on_with_the_schedule(self) -> None:
        optimizer = self.optimizer("schedule")
        made = model(optimizer)
        for begun in (0, 8):
            link = QueueLink()
            fit(made, 1, [LiveCallback(link)])
            np.testing.assert_allclose(
                recorded(link), 0.1 * 0.5 ** (np.arange(begun, begun + 8) / 8), rtol=1e-6
            )

    def test_adam_keeps_its_count(self) -> None:
        """Assigning iterations would restart the bias correction (and shrink the next updates)."""
        made = model(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 100)))
        link = QueueLink()
        fit(made, 1, [Director(link, {4: Reset()}), LiveCallback(link)])

        assert int(made.optimizer.iterations.numpy()) == STEPS
        assert recorded(link)[4] == np.float32(0.1)

    def test_afterwards_everything_is_as_it_was(self) -> None:
        schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)
        optimizer = Witness(schedule)
        made = model(optimizer)
        own_loss = made.compute_loss
        link = QueueLink()
        fit(made, 1, [Director(link, {4: Reset("Constant(0.7)")}), LiveCallback(link)])

        assert made.compute_loss == own_loss
        assert optimizer.get_config()["learning_rate"]["class_name"] == "ExponentialDecay"
        fit(made, 1)
        np.testing.assert_allclose(
            optimizer.rates()[8:], 0.1 * 0.5 ** (np.arange(8, 16) / 8), rtol=1e-5
        )


class TestTheCurrentRate:
    def test_of_any_schedule_at_any_step_while_nothing_trains(self) -> None:
        steps = [0, 1, 500, 1000, 123_456]
        keras_says = [
            float(keras.optimizers.schedules.ExponentialDecay(0.1, 1000, 0.96)(step))
            for step in steps
        ]
        np.testing.assert_allclose(
            parse("ExponentialDecay(0.1, 1000, 0.96)")(steps), keras_says, rtol=1e-6
        )

    def test_while_something_trains(self) -> None:
        made = model(Witness(falling_by_keras()))
        seen: list[float] = []
        with Steering(made) as steering:
            look = keras.callbacks.LambdaCallback(
                on_train_batch_end=lambda batch, logs: seen.append(steering.rate)
            )
            fit(made, 1, [look])

        np.testing.assert_allclose(seen, made.optimizer.rates(), rtol=1e-5)


class TestTheRateInTheHistory:
    def test_kerass_own_history_holds_the_rate_of_each_epochs_last_step(self) -> None:
        link = QueueLink()
        optimizer = Witness(falling_by_keras())
        history = fit(model(optimizer), 3, [LiveCallback(link)])

        last_steps = optimizer.rates()[[7, 15, 23]]
        np.testing.assert_allclose(history["learning_rate"], last_steps, rtol=1e-5)
        epochs = [event for event in link.events if isinstance(event, Epoch)]
        assert [epoch.logs["learning_rate"] for epoch in epochs] == history["learning_rate"]
        assert [epoch.logs["loss"] for epoch in epochs] == pytest.approx(history["loss"])
        assert [epoch.logs["val_loss"] for epoch in epochs] == pytest.approx(history["val_loss"])
        assert [(epoch.epoch, epoch.steps) for epoch in epochs] == [(1, 8), (2, 16), (3, 24)]

    def test_without_anybody_who_watches(self) -> None:
        history = fit(model(Witness(falling_by_keras())), 2, [LiveCallback()])

        assert history["learning_rate"] == pytest.approx(
            [0.1 * 0.5 ** (7 / 8), 0.1 * 0.5 ** (15 / 8)]
        )

    @pytest.mark.parametrize("drive", ["schedule", "callback"])
    def test_a_reset_after_an_epochs_last_step_is_not_in_its_row(self, drive: str) -> None:
        link = QueueLink()
        settings = Settings(epochs=2, steps_per_epoch=4, batch_size=8, drive=drive)
        train(Start(str(ExponentialDecay(0.1, 4, 0.5)), settings, script=((4, Reset()),)), link)
        record = RunRecord.of(link.events)

        rates = [row.learning_rate for row in record.rows]
        by_hand = [0.1 * 0.5 ** (3 / 4)] * 2 if drive == "schedule" else [0.1, 0.1]
        assert rates == pytest.approx(by_hand)
        assert record.history["learning_rate"] == pytest.approx(by_hand)
        assert [row.marks.get("reset", 0) for row in record.rows] == [0, 1]


def falling_by_keras() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)
