"""LiveCallback: what it reports and how it obeys, without a socket and without waiting."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.keras_schedule import KerasSchedule
from lrtui.live.link import QueueLink
from lrtui.live.steering import Steering
from lrtui.protocol import (
    Command,
    Ended,
    Epoch,
    Marked,
    Pause,
    Paused,
    Reset,
    Resume,
    Resumed,
    Scale,
    Settings,
    Start,
    Started,
    StepsDone,
    Stop,
    unpack,
)
from lrtui.runs.record import RunRecord
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.worker.run import train
from tests.live.fits import STEPS, Answering, Director, fit, model, recorded

FALLING = "ExponentialDecay(0.1, decay_steps=8, decay_rate=0.5)"


def falling() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)


class Clock:
    """Seconds that pass by so much at each look."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def small(**changes: Any) -> Settings:
    return Settings(epochs=3, steps_per_epoch=4, batch_size=8).replace(**changes)


def run(link: QueueLink, schedule: str = FALLING, **changes: Any) -> RunRecord:
    train(Start(schedule, small(**changes)), link)
    return RunRecord.of(link.events)


class TestReports:
    def test_at_most_five_a_second_and_every_step_is_in_them(self) -> None:
        """400 steps of 1 ms (each is one look at the clock) are 0.4 s: at most 3 reports."""
        link, clock = QueueLink(), Clock(0.001)
        made = model(keras.optimizers.SGD(falling()))
        x = np.ones((400, 1))
        made.fit(x, x, batch_size=1, verbose=0, callbacks=[LiveCallback(link, clock=clock)])

        assert len(recorded(link)) == 400
        assert sum(isinstance(event, StepsDone) for event in link.events) <= 5 * clock.now + 1

    def test_the_loss_of_each_batch_not_a_running_mean(self) -> None:
        """With rate 0 the weight stays 3, so batch k's loss is (2.5 x_k) ** 2, x_k = 1 + k."""
        link = QueueLink()
        x = np.arange(1.0, 7.0)[:, None]
        made = model(keras.optimizers.SGD(0.0))
        live = LiveCallback(link)
        made.fit(x, x / 2, batch_size=1, shuffle=False, verbose=0, callbacks=[live])

        losses = np.concatenate([unpack(e.losses) for e in link.events if isinstance(e, StepsDone)])
        np.testing.assert_allclose(losses, (2.5 * np.arange(1, 7)) ** 2, rtol=1e-6)

    def test_memory_of_the_process(self) -> None:
        link = QueueLink()
        fit(model(keras.optimizers.SGD(0.1)), 1, [LiveCallback(link)])

        assert all(e.memory > 50e6 for e in link.events if isinstance(e, StepsDone))

    def test_a_run_that_diverges_is_reported_to_its_end(self) -> None:
        record = run(QueueLink(), "Constant(1e30)", task="sine")

        assert record.state == "done"
        assert record.steps == 12
        assert record.diverged_at is not None
        assert not np.isfinite(record.rows[-1].loss)

    def test_the_sequence_of_a_run(self) -> None:
        link = QueueLink()
        run(link)

        kinds = [type(event) for event in link.events]
        assert kinds[0] is Started
        assert kinds[-1] is Ended
        assert set(kinds[1:-1]) == {StepsDone, Epoch}
        assert kinds.count(Epoch) == 3


class TestCommands:
    def test_marks_name_step_schedule_and_scale(self) -> None:
        link = QueueLink()
        commands = {2: [Scale(0.5), Scale(0.5)], 3: Reset(), 5: Reset("CosineDecay(0.3, 4)")}
        fit(
            model(keras.optimizers.SGD(falling())),
            1,
            [Director(link, commands), LiveCallback(link)],
        )

        assert [event for event in link.events if isinstance(event, Marked)] == [
            Marked(2, "scale", FALLING, 0.5, by=0.5, origin=0),
            Marked(2, "scale", FALLING, 0.25, by=0.5, origin=0),
            Marked(3, "reset", FALLING, origin=3),
            Marked(5, "reset", "CosineDecay(0.3, decay_steps=4)", origin=5),
        ]

    def test_what_a_script_steers_by_itself_is_marked_too(self) -> None:
        link = QueueLink()
        made = model(keras.optimizers.SGD(falling()))
        steering = Steering(made)
        fit(made, 1)
        steering.scale(2.0)
        by_hand = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: steering.reset() if batch == 2 else None
        )
        fit(made, 1, [by_hand, LiveCallback(link, steering=steering)])

        marks = [event for event in link.events if isinstance(event, Marked)]
        assert marks == [Marked(3, "reset", FALLING, origin=3)]

    def test_steps_before_a_mark_are_reported_before_it(self) -> None:
        link = QueueLink()
        live = LiveCallback(link, clock=lambda: 0.0)
        fit(model(keras.optimizers.SGD(falling())), 1, [Director(link, {5: Reset()}), live])

        steps, mark = link.events[:2]
        assert isinstance(steps, StepsDone)
        assert len(unpack(steps.rates)) == 5
        assert isinstance(mark, Marked)

    def test_pause_waits_and_obeys_meanwhile(self) -> None:
        def answer(event: Any) -> list[Command]:
            return [Reset(), Pause(), Scale(2.0), Resume()] if isinstance(event, Paused) else []

        link = Answering(answer)
        fit(
            model(keras.optimizers.SGD(falling())),
            1,
            [Director(link, {3: Pause()}), LiveCallback(link)],
        )

        told = [event for event in link.events if not isinstance(event, StepsDone)][:4]
        assert told == [
            Paused(3),
            Marked(3, "reset", FALLING, origin=3),
            Marked(3, "scale", FALLING, 2.0, by=2.0, origin=3),
            Resumed(3),
        ]
        np.testing.assert_allclose(recorded(link)[3:], 0.2 * 0.5 ** (np.arange(5) / 8), rtol=1e-6)

    @pytest.mark.parametrize("ending", [Stop(), Start(FALLING, Settings(epochs=1))])
    def test_a_stop_while_paused(self, ending: Command) -> None:
        link = Answering(lambda event: [ending] if isinstance(event, Paused) else [])
        director = Director(link, {3: Pause()})
        live = LiveCallback(link)
        fit(model(keras.optimizers.SGD(falling())), 5, [director, live])

        assert len(recorded(link)) == 3
        assert live.stopped
        assert live.successor == (ending if isinstance(ending, Start) else None)

    def test_stop_ends_the_run_after_the_present_step(self) -> None:
        link = Answering(lambda event: [Stop()] if isinstance(event, Epoch) else [])
        record = run(link, epochs=50)

        assert record.state == "stopped"
        assert record.steps == record.rows[-1].steps < 200

    def test_a_command_that_makes_no_sense_is_ignored(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        link = QueueLink()
        director = Director(link, {2: [Reset("Nonsense(1)"), Scale(-1.0)]})
        fit(model(keras.optimizers.SGD(falling())), 1, [director, LiveCallback(link)])

        assert len(recorded(link)) == STEPS
        assert "Nonsense" in capfd.readouterr().err

    def test_resets_that_travel_with_the_start_hit_their_steps(self) -> None:
        link = QueueLink()
        train(Start(FALLING, small(), script=((7, Reset()), (2, Reset()))), link)
        record = RunRecord.of(link.events)

        assert [mark.step for mark in record.marks] == [2, 7]
        by_hand = 0.1 * 0.5 ** (np.r_[0:2, 0:5, 0:5] / 8)
        np.testing.assert_allclose(record.rates, by_hand, rtol=1e-6)

    def test_a_pause_changes_no_number(self) -> None:
        def answer(event: Any) -> list[Command]:
            return (
                [Resume()]
                if isinstance(event, Paused)
                else [Pause()] * isinstance(event, StepsDone)
            )

        straight, paused = run(QueueLink()), run(Answering(answer))
        np.testing.assert_array_equal(straight.rates, paused.rates)
        np.testing.assert_array_equal(straight.losses, paused.losses)
        assert straight.rows == paused.rows


class TestInAnybodysScript:
    def test_a_model_saved_in_mid_run_has_the_scripts_own_schedule(self, tmp_path: Path) -> None:
        link = QueueLink()
        made = model(keras.optimizers.SGD(falling()))
        saved = tmp_path / "model.keras"
        keep = keras.callbacks.ModelCheckpoint(str(saved))
        fit(made, 1, [Director(link, {6: Reset()}), keep, LiveCallback(link)])

        loaded = keras.models.load_model(saved)
        # 8 steps done: what was steered by hand is not in the file.
        assert float(loaded.optimizer.learning_rate) == pytest.approx(0.05)

    def test_a_callable_rate(self) -> None:
        link = QueueLink()
        made = model(keras.optimizers.SGD(lambda: 0.25))
        commands = {2: Scale(2.0), 4: Reset(), 6: Reset("Constant(0.5)")}
        fit(made, 1, [Director(link, commands), LiveCallback(link)])

        by_hand = [0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5]
        np.testing.assert_allclose(recorded(link), by_hand, rtol=1e-6)

    def test_a_wrapped_optimizer_of_mixed_precision(self) -> None:
        link = QueueLink()
        inner = keras.optimizers.SGD(falling())
        made = model(keras.optimizers.LossScaleOptimizer(inner, initial_scale=1.0))
        fit(made, 1, [Director(link, {4: Reset()}), LiveCallback(link)])

        by_hand = 0.1 * 0.5 ** (np.r_[0:4, 0:4] / 8)
        np.testing.assert_allclose(recorded(link), by_hand, rtol=1e-6)

    def test_weight_decay_asks_for_the_rate_more_than_once_a_step(self) -> None:
        link = QueueLink()
        made = model(keras.optimizers.AdamW(falling()))
        fit(made, 1, [Director(link, {4: Reset()}), LiveCallback(link)])

        by_hand = 0.1 * 0.5 ** (np.r_[0:4, 0:4] / 8)
        np.testing.assert_allclose(recorded(link), by_hand, rtol=1e-6)

    def test_a_schedule_that_keras_has_not_is_named_in_the_marks(self) -> None:
        link = QueueLink()
        made = model(keras.optimizers.SGD(KerasSchedule(CosineDecay(0.1, 100))))
        fit(made, 1, [Director(link, {4: Scale(0.5)}), LiveCallback(link)])

        marks = [event for event in link.events if isinstance(event, Marked)]
        assert [mark.schedule for mark in marks] == ["CosineDecay(0.1, decay_steps=100)"]

    def test_a_model_that_is_not_compiled_is_refused(self) -> None:
        with pytest.raises(ValueError, match="compile"):
            Steering(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
