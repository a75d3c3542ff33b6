"""What people's scripts do: followed, or refused in a line. Never is anything told as done."""

import csv
import gc
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import lrtui
from lrtui import Live, Steering
from lrtui.export.history import history_pieces
from lrtui.live.hooks import NotSteerable
from lrtui.live.link import QueueLink
from lrtui.live.open_hub import close_hubs
from lrtui.protocol import Marked, Script, Started, StepsDone, unpack
from lrtui.protocol.values import is_known
from lrtui.runs.journal import read_journal
from lrtui.runs.record import RunRecord
from lrtui.runs.trainings import trainings
from lrtui.schedules import Invalid
from tests.any_backend.oracle import (
    BACKEND,
    Do,
    OwnLoss,
    Weights,
    compiled,
    data,
    fit,
    functional,
    sequential,
    weight,
)

EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-6}


def halving(rate: float = 0.1) -> Any:
    return keras.optimizers.schedules.ExponentialDecay(rate, 8, 0.5)


def built_with(what: str) -> Any:
    return 0.1 if what == "float" else halving()


def rates_of(link: QueueLink) -> Any:
    told = [event for event in link.events if isinstance(event, StepsDone)]
    return np.concatenate([unpack(event.rates) for event in told])


class TestWhatCannotBeSteered:
    def test_an_optimizer_that_nobody_applies(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Keras installs one by itself where a model of one's own is compiled with others."""

        class Own(OwnLoss):
            def used(self) -> Any:
                return others[0]

        others = [keras.optimizers.SGD(0.1)]
        model = compiled(Own())
        if BACKEND == "jax":
            pytest.skip("the state of a step on JAX holds one optimizer's variables")
        with Steering(model) as steering:
            fit(model, 4, Live(steering=steering))
            with pytest.raises(NotSteerable, match=r"nobody applies this optimizer \(SGD\)"):
                steering.reset(0.0)
            assert steering.changes == []
        assert capsys.readouterr().err.count("nobody applies this optimizer") == 1

        with Steering(model, optimizer=others[0]) as steering:
            weights = Weights()
            fit(model, 6, weights, Do({3: lambda: steering.reset(0.0)}))
            np.testing.assert_allclose(weights.moved, [0.1] * 3 + [0.0] * 3, **EXACT)
            noted = steering.read(steering.steps - 6, steering.steps)
            np.testing.assert_allclose(noted.rates, weights.moved, **EXACT)

    def test_several_rates_under_one_name(self) -> None:
        if not hasattr(keras.optimizers, "MultiOptimizer"):
            pytest.skip("this Keras has none")
        layers = [keras.Input((1,)), keras.layers.Dense(1), keras.layers.Dense(1)]
        model = keras.Sequential(layers)
        both = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))
        model.compile(keras.optimizers.MultiOptimizer(both), "mse")
        with pytest.raises(NotSteerable, match="has several rates"):
            Steering(model)

    def test_it_is_said_and_the_fit_goes_on(self, capsys: pytest.CaptureFixture[str]) -> None:
        model = compiled(sequential())
        other = Steering(compiled(sequential()))
        weights = Weights()
        fit(model, 4, weights, Live(steering=other))
        np.testing.assert_allclose(weights.moved, 0.1, **EXACT)
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 1
        assert "another model" in said[0]

    def test_a_rate_getter_of_ones_own_cannot_be_begun_anew(self) -> None:
        class Odd(keras.optimizers.SGD):  # type: ignore[misc]
            def _get_current_learning_rate(self) -> Any:
                return 0.1 / (1.0 + keras.ops.cast(self._iterations, "float32"))

        model, weights = compiled(sequential(), optimizer=Odd(1.0)), Weights()
        if BACKEND == "torch":
            pytest.skip("Keras makes another class of it on torch")
        model.optimizer.learning_rate = halving()
        with Steering(model) as steering:
            with pytest.raises(Invalid, match=r"schedule must be given .*cannot be begun anew$"):
                steering.reset()
            fit(model, 4, weights, Do({2: lambda: steering.scale(0.5)}))
            expected = [0.1, 0.05, 0.1 / 3 / 2, 0.1 / 4 / 2]
            np.testing.assert_allclose(weights.moved, expected, **EXACT)
            np.testing.assert_allclose(steering.read(0, 4).rates, expected, **EXACT)


class TestALossThatIsNotKnown:
    """It is told from one that is not a number, wherever it is recorded."""

    @staticmethod
    def recorded() -> RunRecord:
        link = QueueLink()
        fit(compiled(OwnLoss()), 3, Live(link=link), epochs=2)
        return RunRecord.of([Started("Constant(0.1)", script=Script("own")), *link.events])

    def test_in_the_record_and_in_files(self) -> None:
        record = self.recorded()
        assert record.diverged_at is None
        assert not is_known(record.losses).any()
        np.testing.assert_allclose(record.rates, 0.1, **EXACT)
        steps = "".join(history_pieces(record, ".csv", per_step=True)).splitlines()
        assert steps[1:3] == ["0,1,0.1,,", "1,1,0.1,,"]
        whole = json.loads("".join(history_pieces(record, ".json", per_step=True)))
        assert whole["steps"]["loss"] == [None] * 6
        assert whole["divergences"] == []
        # Keras itself shows 0 here, its own mean, which such a train_step never tells anything.
        assert whole["history"]["loss"] == [None, None]

    def test_one_that_is_watched_for_it_says_that_it_is_blind(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        live = Live(link=QueueLink(), on_divergence="stop", clock=lambda: 0.0)
        fit(compiled(OwnLoss()), 3, live, epochs=3)
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 1
        assert "a divergence is not seen" in said[0]
        assert not live.stopped

    def test_a_range_test_is_refused(self) -> None:
        model = compiled(OwnLoss())
        model.build((None, 1))
        before = weight(model)
        with pytest.raises(Invalid, match="must compute its loss by compute_loss"):
            lrtui.find_rate(model, np.ones((8, 1)), np.ones((8, 1)))
        assert weight(model) == before


class TestCompiledAgain:
    @pytest.mark.parametrize("rate", [1e-3, "schedule"])
    def test_the_new_optimizer_is_followed(self, rate: Any) -> None:
        model, weights = compiled(sequential(), halving()), Weights()
        steering = Steering(model)
        fit(model, 4, weights, Live(steering=steering))
        steering.scale(0.5)
        made = halving(0.2) if rate == "schedule" else rate
        compiled(model, made)
        link = QueueLink()
        fit(
            model,
            4,
            weights,
            Do({2: lambda: steering.reset(0.0)}),
            Live(link=link, steering=steering),
        )

        first = [0.2, 0.2 * 0.5 ** (1 / 8)] if rate == "schedule" else [1e-3, 1e-3]
        moved = np.delete(weights.moved, 4)  # between the two fits
        np.testing.assert_allclose(moved[4:], [*first, 0.0, 0.0], **EXACT)
        np.testing.assert_allclose(rates_of(link), moved[4:], **EXACT)
        assert steering.steps == 8
        np.testing.assert_allclose(steering.read(4, 8).rates, moved[4:], **EXACT)
        steering.detach()

    def test_with_the_same_optimizer(self) -> None:
        model, weights = compiled(sequential(), halving()), Weights()
        with Steering(model) as steering:
            fit(model, 2, weights)
            compiled(model, optimizer=model.optimizer)
            steering.reset()
            fit(model, 2, weights)
            noted = steering.read(0, 4)
        moved = np.delete(weights.moved, 2)
        np.testing.assert_allclose(noted.rates, moved, **EXACT)
        np.testing.assert_allclose(moved, 0.1 * 0.5 ** (np.array([0, 1, 0, 1]) / 8), **EXACT)
        assert noted.seen.all()


class TestTwoWhoSteer:
    def test_one_optimizer_is_steered_once(self) -> None:
        """Each sees what the other does; the one that leaves takes nothing away."""
        model, weights = compiled(sequential(), halving()), Weights()
        first, second = Steering(model), Steering(model)
        fit(model, 6, weights, Do({2: lambda: first.reset(0.05), 4: lambda: second.scale(2.0)}))
        assert (first.factor, [one.kind for one in first.changes]) == (2.0, ["reset", "scale"])
        second.detach()
        fit(model, 2, weights)
        first.detach()
        fit(model, 2, weights)

        moved = np.delete(weights.moved, [6, 9])
        own = 0.1 * 0.5 ** (np.arange(10) / 8)
        expected = [*own[:2], 0.05, 0.05, 0.1, 0.1, 0.1, 0.1, *own[8:]]
        np.testing.assert_allclose(moved, expected, **EXACT)


class TestOthersWhoSetTheRate:
    def test_whoever_sets_it_last_has_it(self) -> None:
        """LearningRateScheduler ends a scale at the next epoch; a mark says what is used."""
        model, weights, link = compiled(sequential()), Weights(), QueueLink()
        steering = Steering(model)
        scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1))
        commands = Do({2: lambda: steering.scale(0.5), 6: lambda: steering.reset("Constant(0.2)")})
        fit(model, 4, weights, scheduler, commands, Live(link=link, steering=steering), epochs=3)
        steering.detach()

        expected = [0.1] * 2 + [0.05] * 2 + [0.05] * 2 + [0.2] * 2 + [0.1 / 3] * 4
        np.testing.assert_allclose(weights.moved, expected, **EXACT)
        np.testing.assert_allclose(rates_of(link), expected, **EXACT)
        marks = [event for event in link.events if isinstance(event, Marked)]
        told = [(mark.step, mark.kind, mark.factor, mark.rate) for mark in marks]
        assert told == [
            (2, "scale", 0.5, None),
            (6, "reset", 1.0, None),
            (8, "rate", 1.0, pytest.approx(0.1 / 3)),
        ]

    def test_kerass_own_plateau_cuts_what_is_used(self) -> None:
        """Under a schedule that took over it reads the true rate; its cut holds from there on."""
        model, weights = compiled(sequential()), Weights()
        with Steering(model) as steering:
            steering.reset([0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03])
            cut = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=9.0)
            fit(model, 2, weights, cut, epochs=3)
        expected = [0.1, 0.09, 0.08, 0.07, 0.03, 0.03]
        np.testing.assert_allclose(weights.moved, expected, **EXACT)

    def test_what_others_read_is_what_is_used(self) -> None:
        class Look(keras.callbacks.Callback):  # type: ignore[misc]
            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                rate = self.model.optimizer.learning_rate
                read.append(float(keras.ops.convert_to_numpy(rate)))

        read: list[float] = []
        model, weights = compiled(sequential()), Weights()
        with Steering(model) as steering:
            table = [0.3, 0.2, 0.1]
            commands = Do({1: lambda: steering.scale(0.5), 3: lambda: steering.reset(table)})
            fit(model, 6, weights, commands, Look())
        read.pop()  # of a step that was not done
        assert read == pytest.approx(weights.moved[1:].tolist(), abs=1e-6)


class Interrupting(keras.callbacks.Callback):  # type: ignore[misc]
    def __init__(self, error: type[BaseException], after: int) -> None:
        super().__init__()
        self._error, self._left = error, after

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._left -= 1
        if not self._left:
            raise self._error("stop")


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("rate", ["float", "schedule"])
def test_an_interrupted_fit_loses_no_step_and_leaves_nothing(
    rate: str, error: type[BaseException]
) -> None:
    model, weights, link = (
        compiled(sequential(), 0.1 if rate == "float" else halving()),
        Weights(),
        QueueLink(),
    )
    live = Live(link=link, clock=lambda: 0.0)
    commands = Do({3: lambda: live.steering.scale(0.5)})
    with pytest.raises(error):
        fit(model, 9, weights, commands, live, Interrupting(error, 5))
    gc.collect()
    np.testing.assert_allclose(rates_of(link), weights.moved, **EXACT)
    assert len(rates_of(link)) == 5

    again = Weights()
    fit(model, 3, again)
    own = [0.1] * 3 if rate == "float" else 0.1 * 0.5 ** (np.arange(5, 8) / 8)
    np.testing.assert_allclose(again.moved, own, **EXACT)
    assert "apply" not in vars(model.optimizer)
    assert "compute_loss" not in vars(model)


@pytest.mark.parametrize("rate", ["float", "schedule"])
def test_a_restart_goes_on_with_the_true_rate_and_says_what_is_not_in_force(
    rate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a crash: another model takes up what BackupAndRestore kept."""

    def life(*callbacks: Any) -> Any:
        weights, live = Weights(), Live("restarted")
        backup = keras.callbacks.BackupAndRestore(str(tmp_path), save_freq=1)
        steer = Do({2: lambda: live.steering.scale(0.5)}) if callbacks else Do({})
        model = compiled(sequential(), built_with(rate))
        history = fit(model, 6, backup, live, weights, steer, *callbacks)
        return weights.moved, history

    with pytest.raises(RuntimeError):
        life(Interrupting(RuntimeError, 4))
    gc.collect()
    assert "not in force" not in capsys.readouterr().err
    moved, history = life()
    own = 0.1 if rate == "float" else 0.1 * 0.5 ** (np.arange(12) / 8)
    # The optimizer's count goes on from the four steps that were kept.
    expected = np.broadcast_to(own, 12)[4 : 4 + len(moved)]
    np.testing.assert_allclose(moved, expected, **EXACT)
    assert history.history["learning_rate"] == [pytest.approx(moved[-1])]
    close_hubs()
    record = read_journal(trainings()[0].place).record()
    assert record is not None
    assert record.origin == -4
    said = [line for line in capsys.readouterr().err.splitlines() if "not in force" in line]
    assert len(said) == 1
    assert "last by a scale at step 2" in said[0]
    assert "factor 0.5" in said[0]


def test_from_another_thread_while_fit_blocks() -> None:
    """The call returns when it has been done, between two steps, and never hangs."""
    model, weights, link = compiled(functional(), 0.01), Weights(), QueueLink()
    steering, said = Steering(model), []

    def other() -> None:
        for factor in (2.0, 0.5, 2.0, 0.5):
            steering.scale(factor)
            said.append(steering.steps)
        steering.reset("CosineDecay(0.01, 1000)")
        model.stop_training = True

    with ThreadPoolExecutor(1) as threads:
        begun: list[Future[None]] = []
        begin = Do({3: lambda: begun.append(threads.submit(other))})
        fit(model, 1000, weights, begin, Live(link=link, steering=steering), epochs=4)
        begun[0].result(60)
    noted = steering.read(0, min(steering.steps, 4000))
    np.testing.assert_allclose(noted.rates, weights.moved[: len(noted.rates)], rtol=0, atol=1e-5)
    marks = [(one.step, one.kind, one.factor) for one in steering.changes]
    assert [kind for _, kind, _ in marks] == ["scale"] * 4 + ["reset"]
    for (step, _, factor), (stop, _, _) in pairwise(marks):
        np.testing.assert_allclose(noted.rates[step:stop], np.float32(0.01) * factor, **EXACT)
    steering.detach()


def test_the_rate_is_in_every_callbacks_logs_whatever_their_order(tmp_path: Path) -> None:
    for place in (0, 1):
        model = compiled(sequential(), halving())
        file = tmp_path / f"{place}.csv"
        both = [keras.callbacks.CSVLogger(str(file))]
        both.insert(place, Live())
        history = fit(model, 4, *both, epochs=2)
        rows = list(csv.DictReader(file.open()))
        expected = [0.1 * 0.5 ** (step / 8) for step in (3, 7)]
        assert [float(row["learning_rate"]) for row in rows] == pytest.approx(expected)
        assert history.history["learning_rate"] == pytest.approx(expected)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)], ids=str)
def test_nor_is_the_next_steps_rate_there_which_others_write(
    order: tuple[int, ...], tmp_path: Path
) -> None:
    """Keras' callbacks that set a rate write the one that the optimizer has by then."""
    model, weights = compiled(sequential()), Weights()
    file = tmp_path / "log.csv"
    cut = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=9.0)
    with Steering(model) as steering:
        steering.reset([0.1, 0.09, 0.08, 0.07, 0.06, 0.05])
        all_of_them = [cut, keras.callbacks.CSVLogger(str(file)), Live(steering=steering)]
        history = fit(model, 2, weights, *(all_of_them[at] for at in order), epochs=3)
    last_of_each = weights.moved[1::2].tolist()
    assert last_of_each == pytest.approx([0.09, 0.07, 0.03], abs=1e-6)
    assert history.history["learning_rate"] == pytest.approx(last_of_each, abs=1e-6)
    rows = list(csv.DictReader(file.open()))
    assert [float(row["learning_rate"]) for row in rows] == history.history["learning_rate"]


def test_a_callback_that_another_one_adds_at_an_epochs_end_stays() -> None:
    seen: list[int] = []
    on_end = keras.callbacks.LambdaCallback
    later = on_end(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    first = on_end(on_epoch_end=lambda epoch, logs: epoch or every.callbacks.append(later))
    model = compiled(sequential())
    both = [first, Live(link=QueueLink())]
    every: Any = keras.callbacks.CallbackList(both, add_history=True, model=model)
    x, y = data(2)
    model.fit(x, y, epochs=3, verbose=0, callbacks=every)
    assert seen[-2:] == [1, 2]
    assert every.callbacks[-1] is later


class TestWhatAResetTakes:
    @pytest.mark.parametrize("rate", ["float", "schedule"])
    def test_anything_that_gives_rates(self, rate: str) -> None:
        falling, cycle = "PolynomialDecay(0.2, 4, 0.1)", "OneCycle(0.2, total_steps=8)"
        kinds: list[tuple[Any, Callable[[int], float]]] = [
            (0.2, lambda step: 0.2),
            (falling, lambda step: 0.2 - 0.025 * step),
            (lrtui.parse(falling), lambda step: 0.2 - 0.025 * step),
            (halving(0.2), lambda step: 0.2 * 0.5 ** (step / 8)),
            (lrtui.keras_schedule(cycle), lrtui.parse(cycle)),
            (lambda step: 0.01 * (step + 1), lambda step: 0.01 * (step + 1)),
            ([0.3, 0.2, 0.1], lambda step: [0.3, 0.2, 0.1][step]),
        ]
        model, weights = compiled(sequential(), built_with(rate)), Weights()
        with Steering(model) as steering:
            resets = [partial(steering.reset, kind) for kind, _ in kinds]
            commands = {2 * at + 1: reset for at, reset in enumerate(resets)}
            fit(model, 15, weights, Do(commands))
        expected = [0.1] + [float(rate_of(step)) for _, rate_of in kinds for step in (0, 1)]
        np.testing.assert_allclose(weights.moved, expected, **EXACT)

    @pytest.mark.parametrize(
        "wrong", ["NoSuchDecay(0.1)", float("nan"), object(), lambda step: "x", None.__class__]
    )
    def test_anything_else_is_refused_at_once(self, wrong: Any) -> None:
        with Steering(compiled(sequential())) as steering:
            with pytest.raises(Invalid) as caught:
                steering.reset(wrong)
            assert len(str(caught.value).splitlines()) <= 2
            assert steering.changes == []

    def test_schedules_of_lrtui_where_keras_takes_others(self) -> None:
        """Keras' LearningRateScheduler takes one; an optimizer does not, and says what it takes."""
        schedule = lrtui.parse("ExponentialDecay(0.1, 2, 0.5)")
        model, weights = compiled(sequential()), Weights()
        scheduler = keras.callbacks.LearningRateScheduler(schedule)
        history = fit(model, 2, weights, scheduler, Live(link=QueueLink()), epochs=3)
        each = 0.1 * 0.5 ** (np.arange(3) / 2)
        np.testing.assert_allclose(weights.moved, np.repeat(each, 2), **EXACT)
        assert history.history["learning_rate"] == pytest.approx(each.tolist())

        model = compiled(sequential(), schedule)
        with pytest.raises(NotSteerable, match=r"give it lrtui\.keras_schedule\(schedule\)$"):
            Steering(model)
        with pytest.raises(Invalid, match="must be given to an optimizer") as told:
            fit(model, 1)
        assert len(str(told.value).splitlines()) == 1

    def test_beginning_later(self) -> None:
        model, weights = compiled(sequential(), halving()), Weights()
        with Steering(model) as steering:
            commands = Do(
                {
                    2: lambda: steering.reset(at=8),
                    4: lambda: steering.reset("CosineDecay(0.1, 10)", at=5),
                }
            )
            fit(model, 6, weights, commands)
        second = 0.05 * (1 + np.cos(np.pi * np.array([5, 6]) / 10))
        expected = [*(0.1 * 0.5 ** (np.array([0, 1, 8, 9]) / 8)), *second]
        np.testing.assert_allclose(weights.moved, expected, **EXACT)


class TestWhatWasDoneByHand:
    """A second training with it as its schedule has the rates of the first."""

    @pytest.mark.parametrize("rate", ["float", "schedule"])
    def test_as_a_schedule_of_the_script(self, rate: str) -> None:
        model, weights = compiled(sequential(), built_with(rate)), Weights()
        steering = Steering(model)
        commands = {
            3: lambda: steering.scale(0.5),
            5: lambda: steering.reset("CosineDecay(0.2, 10)", at=3),
            7: lambda: steering.scale(0.25),
            8: lambda: steering.set_rate(0.03),
            9: lambda: steering.reset([0.3, 0.2, 0.25]),
            14: lambda: steering.reset(lambda step: 0.01 * (step + 1)),
            17: steering.undo,
            19: lambda: steering.reset("OneCycle(0.1, total_steps=9)"),
        }
        if rate == "schedule":
            commands[4] = steering.reset
        fit(model, 22, weights, Do(commands))
        text = str(steering.as_schedule())
        steering.detach()
        drawn = lrtui.parse(text)(np.arange(22))
        np.testing.assert_allclose(drawn, weights.moved, **EXACT)

        again = Weights()
        schedule = lrtui.keras_schedule(text)
        fit(compiled(sequential(), schedule), 22, again)
        np.testing.assert_allclose(again.moved, weights.moved, **EXACT)

    def test_rates_that_another_callback_set_are_in_it(self) -> None:
        model, weights = compiled(sequential()), Weights()
        with Steering(model) as steering:
            scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1))
            fit(model, 3, weights, scheduler, Do({4: lambda: steering.scale(0.5)}), epochs=3)
            drawn = steering.as_schedule()(np.arange(9))
        np.testing.assert_allclose(drawn, weights.moved, **EXACT)

    def test_a_range_test_is_not(self) -> None:
        model = compiled(sequential(), halving())
        with Steering(model) as steering:
            fit(model, 2)
            x, y = data(4)
            lrtui.find_rate(model, x, y, steps=10, quick=True)
            weights = Weights()
            fit(model, 2, weights, Do({1: lambda: steering.scale(0.5)}))
            drawn = steering.as_schedule()(np.arange(4))
        np.testing.assert_allclose(drawn[2:], weights.moved, **EXACT)

    def test_nobody_has_steered(self) -> None:
        with Steering(compiled(sequential(), halving())) as steering:
            assert str(steering.as_schedule()) == steering.schedule

    def test_a_function_that_drives_still_has_no_text(self) -> None:
        with Steering(compiled(sequential())) as steering:
            steering.reset(lambda step: 0.1 / (1 + step))
            with pytest.raises(Invalid, match="cannot be written as a text"):
                steering.as_schedule()


class TestTheTable:
    def test_a_source_that_ends_holds_its_last_rate_and_says_so(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        model, weights = compiled(sequential()), Weights()
        with Steering(model) as steering:
            steering.reset([0.03, 0.02, 0.01])
            fit(model, 12, weights)
        np.testing.assert_allclose(weights.moved, [0.03, 0.02] + [0.01] * 10, **EXACT)
        said = [line for line in capsys.readouterr().err.splitlines() if "no more rates" in line]
        assert len(said) == 1
        assert "0.01" in said[0]

    def test_it_is_refilled_in_time(self) -> None:
        """More steps than it holds, under a schedule that differs in each."""
        model = compiled(sequential())
        link = QueueLink()
        steering = Steering(model)
        steering.reset("InverseTimeDecay(0.001, 1, 0.5)")
        epochs = 2 if BACKEND == "torch" else 4  # a step on torch takes a millisecond
        fit(model, 1250, Live(link=link, steering=steering), epochs=epochs)
        steering.detach()
        expected = 0.001 / (1 + 0.5 * np.arange(1250 * epochs))
        np.testing.assert_allclose(rates_of(link), expected, rtol=1e-5)

    @pytest.mark.parametrize("own", [True, False])
    def test_steps_beyond_what_a_float32_counts(self, own: bool) -> None:
        """Each of them is another step: 2**24 + 1 is no float32."""
        begun = 2**24 - 2
        boundaries, rates = [begun + at for at in range(5)], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
        schedule = keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, rates)
        model, weights = compiled(sequential(), schedule if own else 0.7), Weights()
        model.optimizer.build(model.trainable_variables)
        model.optimizer.iterations.assign(begun)
        with Steering(model) as steering:
            if not own:
                steering.reset(schedule, at=begun)
            fit(model, 6, weights)
            assert steering.steps == begun + 6
            noted = steering.read(begun, begun + 6)
        np.testing.assert_allclose(weights.moved, rates, **EXACT)
        np.testing.assert_allclose(noted.rates, rates, **EXACT)


def test_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRTUI", "off")
    model, link = compiled(sequential()), QueueLink()
    history = fit(model, 4, Live(link=link))
    assert link.events == []
    assert "learning_rate" not in history.history
    assert "apply" not in vars(model.optimizer)
