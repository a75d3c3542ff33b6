"""A run that diverges: Keras alone stays NaN; here it pauses, and a restore brings it back."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.checkpoint import Checkpoint, Checkpoints
from lrtui.live.link import QueueLink
from lrtui.live.steering import Steering
from lrtui.protocol import (
    Command,
    Diverged,
    Epoch,
    Marked,
    Pause,
    Paused,
    Reset,
    Restore,
    Resume,
    Resumed,
    Scale,
    Settings,
    Start,
    Started,
    UndoSteering,
)
from lrtui.runs.record import RunRecord
from lrtui.worker.run import train
from tests.live.fits import STEPS, Answering, Director, fit, model, recorded


def falling() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)


BLOWN = 11
"""The step before which the rate is raised beyond all bounds: in the second epoch."""


def diverging(answer: Callable[[Any], list[Command]], optimizer: Any, **how: Any) -> QueueLink:
    """Four epochs of a run whose rate is blown up before step BLOWN."""
    link = Answering(answer)
    live = LiveCallback(link, script=[(BLOWN, Scale(1e300))], pause_on_divergence=True)
    fit(model(optimizer, **how), 4, [live])
    return link


def when_paused(*commands: Command) -> Callable[[Any], list[Command]]:
    return lambda event: list(commands) if isinstance(event, Paused) else []


def losses(link: QueueLink) -> np.ndarray[Any, Any]:
    started = Started("Constant(0.1)", Settings())
    return RunRecord.of([started, *link.events]).losses


def test_keras_alone_stays_nan() -> None:
    """Why there is all this. Setting the rate back does not help."""
    optimizer = keras.optimizers.SGD(0.1)
    made = model(optimizer)
    fit(made, 1)
    optimizer.learning_rate = 1e300
    fit(made, 1)
    optimizer.learning_rate = 0.1

    assert np.isnan(fit(made, 2)["loss"]).all()


@pytest.mark.parametrize(
    "optimizer",
    [lambda: keras.optimizers.SGD(falling()), lambda: keras.optimizers.Adam(0.1)],
    ids=["schedule", "float"],
)
def test_it_pauses_at_the_first_loss_that_is_not_finite_and_recovers(optimizer: Any) -> None:
    link = diverging(when_paused(Reset(restore=True), Resume()), optimizer())
    told = [one for one in link.events if isinstance(one, Diverged | Paused | Resumed | Marked)]
    scaled, diverged, paused, restored, reset, resumed = told
    seen, rates = losses(link), recorded(link)
    first = int(np.flatnonzero(~np.isfinite(seen))[0])

    assert isinstance(diverged, Diverged)
    assert (diverged.step, diverged.last_finite_step) == (first, first - 1)
    assert diverged.last_finite_loss == seen[first - 1]
    assert float(diverged.learning_rate) == rates[first]
    assert paused == Paused(first + 1, "diverged")
    # The last checkpoint is the one from before the rise.
    assert diverged.checkpoint_step == BLOWN == scaled.step
    assert isinstance(restored, Marked)
    assert (restored.kind, restored.step, restored.checkpoint_step) == ("restore", first + 1, BLOWN)
    assert isinstance(reset, Marked)
    assert (reset.kind, reset.step, reset.factor) == ("reset", first + 1, 1.0)
    assert resumed == Resumed(first + 1)
    assert len(rates) == len(seen) == 4 * STEPS
    assert np.isfinite(seen[first + 1 :]).all()
    assert seen[-1] < seen[0] / 2


def test_the_state_is_the_checkpoints_bit_by_bit() -> None:
    made = model(keras.optimizers.Adam(falling()))
    with Steering(made) as steering:
        fit(made, 1)
        good = steering.checkpoint()
        weights = made.get_weights()
        steering.scale(1e300)
        fit(made, 1)
        assert not np.isfinite(made.get_weights()[0]).all()
        steering.restore(good)

        for one, other in zip(weights, made.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
        for one, other in zip(good.values, Checkpoint.of(made).values, strict=True):
            np.testing.assert_array_equal(one, other)
        # Adam's count belongs to its moments; the count of steps goes on.
        assert int(made.optimizer.iterations.numpy()) == STEPS
        assert steering.steps == 2 * STEPS


def test_a_restore_leaves_the_rate_alone_and_a_run_goes_on_as_after_the_checkpoint() -> None:
    """Twice the same epoch from the same state with the same rates: the same losses."""
    for optimizer in (keras.optimizers.Adam(0.1), keras.optimizers.Adam(falling())):
        made = model(optimizer)
        with Steering(made) as steering:
            fit(made, 1, shuffle=False)
            good = steering.checkpoint()
            steering.reset()
            fit(made, 1, shuffle=False)
            steering.restore(good)
            steering.reset()
            fit(made, 1, shuffle=False)
            steering.restore(good)
            fit(made, 1, shuffle=False)
            first, again, later = (steering.read(at, at + STEPS) for at in (8, 16, 24))

        np.testing.assert_array_equal(first.losses, again.losses)
        np.testing.assert_array_equal(first.rates, again.rates)
        steady = isinstance(optimizer._learning_rate, keras.Variable)
        by_hand = 0.1 * np.where(steady, 1.0, 0.5 ** (np.arange(8, 16) / 8))
        np.testing.assert_allclose(later.rates, by_hand, rtol=1e-6)


def test_going_on_without_restoring_is_possible_and_pauses_no_more() -> None:
    link = diverging(when_paused(Resume()), keras.optimizers.SGD(falling()))

    assert sum(isinstance(event, Paused) for event in link.events) == 1
    assert len(recorded(link)) == 4 * STEPS
    assert np.isnan(losses(link)[-1])


def test_after_a_restore_it_watches_again_and_keeps_nothing_that_is_bad() -> None:
    """It diverges again in the same epoch, whose mean Keras began anew."""
    again: list[Command] = [Reset(restore=True), Scale(1e300), Resume()]
    answers: Iterator[list[Command]] = iter([again, again, [Reset(restore=True), Resume()]])
    link = diverging(
        lambda event: next(answers) if isinstance(event, Paused) else [],
        keras.optimizers.SGD(falling()),
    )
    found = [event for event in link.events if isinstance(event, Diverged)]

    assert [one.checkpoint_step for one in found] == [BLOWN, BLOWN, BLOWN]
    assert [event.step for event in link.events if isinstance(event, Paused)] == [
        one.step + 1 for one in found
    ]
    assert np.isfinite(losses(link)[found[-1].step + 1 :]).all()
    epochs = [event.logs["loss"] for event in link.events if isinstance(event, Epoch)]
    assert all(isinstance(loss, float) for loss in epochs[-2:])
    restored = losses(link)[found[-1].step + 1 : 3 * STEPS]
    assert epochs[2] == pytest.approx(restored.mean(), rel=1e-6), "that of what was restored"


def test_four_steps_per_execution() -> None:
    """It pauses after the execution, and tells the exact step all the same."""
    answer = when_paused(Reset(restore=True), Resume())
    link = diverging(answer, keras.optimizers.SGD(falling()), steps_per_execution=4)
    seen = losses(link)
    (diverged,) = (event for event in link.events if isinstance(event, Diverged))
    (paused,) = (event for event in link.events if isinstance(event, Paused))

    assert diverged.step == np.flatnonzero(~np.isfinite(seen))[0]
    assert diverged.step < paused.step <= diverged.step + 4
    assert np.isfinite(seen[paused.step :]).all()


def test_nothing_is_watched_unless_asked_for() -> None:
    link = QueueLink()
    fit(model(keras.optimizers.SGD(1e200)), 2, [LiveCallback(link)])

    assert not any(isinstance(event, Diverged | Paused) for event in link.events)
    with pytest.raises(ValueError, match="needs a link"):
        LiveCallback(pause_on_divergence=True)


def test_a_restore_without_a_checkpoint_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    link = QueueLink()
    director = Director(link, {2: [Restore(), Reset(restore=True)]})
    fit(model(keras.optimizers.SGD(falling())), 1, [director, LiveCallback(link)])

    assert not any(isinstance(event, Marked) for event in link.events)
    assert capfd.readouterr().err.count("none was kept") == 2


class TestWhatIsKept:
    def test_the_last_three_at_the_start_at_epochs_and_before_a_rise(self) -> None:
        kept = Checkpoints()
        made = model(keras.optimizers.SGD(0.1))
        for step in (0, 8, 11, 11, 16):
            kept.take(made, step)

        assert kept.steps == [8, 11, 16]
        found = [kept.at(), kept.at(11), kept.at(0)]
        assert [one and one.step for one in found] == [16, 11, None]

    def test_never_a_state_that_is_not_finite(self) -> None:
        kept = Checkpoints()
        made = model(keras.optimizers.SGD(0.1))
        made.weights[0].assign([[np.inf]])
        kept.take(made, 0)

        assert kept.at() is None

    def test_within_a_bound_of_memory(self) -> None:
        made = model(keras.optimizers.SGD(0.1))
        bytes_of_one = Checkpoint.of(made).bytes
        two, none = Checkpoints(most_bytes=2 * bytes_of_one), Checkpoints(most_bytes=1)
        for step in range(3):
            two.take(made, step)
            none.take(made, step)

        assert (two.steps, none.steps) == ([1, 2], [])


def test_in_our_own_run_from_its_very_first_steps() -> None:
    """The start's state is kept: a rate that is too high from the beginning is recovered from."""
    settings = Settings(task="sine", epochs=3, steps_per_epoch=4, batch_size=8)
    link = Answering(when_paused(Reset("Constant(0.01)", restore=True), Resume()))
    train(Start("Constant(1e30)", settings, pause_on_divergence=True), link)
    record = RunRecord.of(link.events)

    (diverged,) = record.divergences
    assert diverged.checkpoint_step == 0
    assert record.diverged_at == diverged.step
    assert np.isfinite(record.losses[diverged.step + 1 :]).all()
    np.testing.assert_allclose(record.rates[diverged.step + 1 :], 0.01, rtol=1e-6)
    assert (record.state, record.steps, record.paused_for) == ("done", 12, None)


def test_steering_undone_and_to_the_end_of_the_epoch() -> None:
    """From step 11 on as if never steered; then a pause at the end of that epoch, and no other."""
    answers: Iterator[list[Command]] = iter(
        [[UndoSteering(), Resume(until_epoch_end=True)], [Resume()]]
    )
    link = Answering(lambda event: next(answers) if isinstance(event, Paused) else [])
    live = LiveCallback(link)
    director = Director(
        link, {3: Reset("CosineDecay(0.3, 4)"), 5: Reset(), 7: Scale(2.0), 11: Pause()}
    )
    fit(model(keras.optimizers.SGD(falling())), 4, [director, live])

    by_hand = 0.1 * 0.5 ** (np.arange(11, 4 * STEPS) / 8)
    np.testing.assert_allclose(recorded(link)[11:], by_hand, rtol=1e-6)
    paused = [event for event in link.events if isinstance(event, Paused)]
    assert paused == [Paused(11, "asked"), Paused(16, "epoch")]
    (mark,) = (one for one in link.events if isinstance(one, Marked) and one.kind == "undo")
    assert (mark.step, mark.origin, mark.factor) == (11, 0, 1.0)
    assert mark.schedule == "ExponentialDecay(0.1, decay_steps=8, decay_rate=0.5)"
