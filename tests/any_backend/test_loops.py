"""A loop of one's own under ``lrtui.live``: steered, recorded, and never held up."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, get_args

import keras
import numpy as np
import pytest

import lrtui
from lrtui.live.link import QueueLink
from lrtui.protocol import (
    Command,
    Diverged,
    Epoch,
    Marked,
    MarkKind,
    Pause,
    Paused,
    Reset,
    Resume,
    Resumed,
    Scale,
    SetRate,
    StepsDone,
    Stop,
    UndoSteering,
    unpack,
)
from lrtui.protocol.values import NOT_KNOWN, is_known
from lrtui.schedules import Invalid
from tests.any_backend.loops import asking_loop, keras_loop
from tests.any_backend.oracle import BACKEND

EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-6}
STEPS = 24


def halving(rate: float = 0.1) -> Any:
    return keras.optimizers.schedules.ExponentialDecay(rate, 8, 0.5)


OWN = 0.1 * 0.5 ** (np.arange(STEPS) / 8)
LINEAR = 0.2 * (1 - np.arange(STEPS) / 100)
COMMANDS: dict[int, Command] = {
    3: Scale(0.5),
    6: Reset("PolynomialDecay(0.2, 100, end_learning_rate=0.0)"),
    10: SetRate(0.05),
    13: Scale(2.0),
    16: UndoSteering(),
    19: Reset("Constant(0.0)"),
}
"""By the number of steps done when each is given."""
STEERED = [*OWN[:3], *OWN[3:6] / 2, *LINEAR[:4], *[0.05] * 3, *[0.1] * 3, *OWN[16:19], *[0.0] * 5]
KINDS = ["scale", "reset", "rate", "scale", "undo", "reset"]
WATCHED = {"plateau", "restore"}
"""Kinds of marks that come of watching a fit's losses."""


def test_loops_of_ones_own_obey_every_command() -> None:
    assert {*KINDS} == {*get_args(MarkKind)} - WATCHED


def told(link: QueueLink, what: str = "rates") -> Any:
    parts = [unpack(getattr(one, what)) for one in link.events if isinstance(one, StepsDone)]
    return np.concatenate(parts) if parts else np.empty(0)


def steered(loop: Iterator[float], link: QueueLink, commands: dict[int, Command]) -> Any:
    """By how much the weight fell in each step, with commands given during the step before."""
    weights = []
    for done, weight in enumerate(loop):
        weights.append(weight)
        if done + 1 in commands:
            link.command(commands[done + 1])
    return np.array(weights)


def keras_optimizer() -> Any:
    return keras.optimizers.SGD(halving())


def check(link: QueueLink, weights: Any, rates: Any = STEERED) -> None:
    np.testing.assert_allclose(-np.diff(weights), rates, **EXACT)
    np.testing.assert_allclose(told(link), rates, **EXACT)
    np.testing.assert_allclose(told(link, "losses"), weights[:-1], **EXACT)


def test_a_keras_optimizer_uses_what_is_ordered_at_the_very_step() -> None:
    link, optimizer = QueueLink(), keras_optimizer()
    with lrtui.live(optimizer, "mine", link=link) as run:
        weights = steered(keras_loop(run, optimizer, STEPS), link, COMMANDS)
    check(link, weights)
    marks = [one for one in link.events if isinstance(one, Marked)]
    assert [(one.step, one.kind) for one in marks] == list(zip(COMMANDS, KINDS, strict=True))
    assert "_get_current_learning_rate" not in vars(optimizer)


def test_a_loop_that_asks_for_its_rates() -> None:
    link = QueueLink()
    with lrtui.live("ExponentialDecay(0.1, 8, 0.5)", "mine", link=link) as run:
        weights = steered(asking_loop(run, STEPS), link, COMMANDS)
    check(link, weights)


def test_a_float_is_restarted_and_left_as_it_was() -> None:
    link, optimizer = QueueLink(), keras.optimizers.SGD(0.1)
    with lrtui.live(optimizer, link=link) as run:
        commands: dict[int, Command] = {2: Scale(0.5), 5: Reset()}
        weights = steered(keras_loop(run, optimizer, 8), link, commands)
    check(link, weights, [0.1, 0.1, 0.05, 0.05, 0.05, 0.1, 0.1, 0.1])
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == pytest.approx(0.1)


def test_stop_ends_the_with_and_what_follows_it_runs() -> None:
    link, optimizer, weights = QueueLink(), keras_optimizer(), []
    with lrtui.live(optimizer, link=link) as run:
        for weight in keras_loop(run, optimizer, 100):
            weights.append(weight)
            if len(weights) == 5:
                link.command(Stop())
        pytest.fail("it was not stopped")
    assert run.stopped
    assert len(told(link)) == 5


def test_a_pause_waits_between_two_steps() -> None:
    link = QueueLink()
    with lrtui.live(0.1, link=link) as run:
        loop = asking_loop(run, 4)
        next(loop), next(loop)
        link.command(Pause())
        threading.Timer(0.05, lambda: link.command(Resume())).start()
        list(loop)
    waits = [one for one in link.events if isinstance(one, Paused | Resumed)]
    assert [(type(one), one.step) for one in waits] == [(Paused, 2), (Resumed, 2)]


class Slow:
    """A loss that a device is still working on."""

    def __init__(self) -> None:
        self.there = threading.Event()

    def __float__(self) -> float:
        self.there.wait()
        return 0.25


def test_a_step_does_not_wait_for_its_loss() -> None:
    link, optimizer = QueueLink(), keras_optimizer()
    now = iter(range(10**6))
    with lrtui.live(optimizer, link=link, clock=lambda: float(next(now))) as run:
        slow = Slow()
        before = run.step
        run.step = lambda loss: before(slow)  # each step hands over: the clock runs
        list(keras_loop(run, optimizer, 3))
        assert told(link).size == 0
        slow.there.set()
    assert told(link, "losses").tolist() == [0.25] * 3


def test_epochs_and_their_metrics_are_rows() -> None:
    link = QueueLink()
    with lrtui.live(0.1, link=link) as run:
        list(asking_loop(run, 2))
        run.epoch(loss=0.5, accuracy=keras.ops.convert_to_tensor(0.75))
        list(asking_loop(run, 3))
        run.epoch(loss=0.25)
    epochs = [one for one in link.events if isinstance(one, Epoch)]
    assert [(one.epoch, one.steps) for one in epochs] == [(1, 2), (2, 5)]
    assert epochs[0].logs == pytest.approx({"loss": 0.5, "accuracy": 0.75, "learning_rate": 0.1})


def test_the_first_loss_that_is_not_finite_stops_it_if_asked() -> None:
    link = QueueLink()
    clock = iter(range(10**6))
    with lrtui.live(0.1, link=link, on_divergence="stop", clock=lambda: float(next(clock))) as run:
        for step in range(10**6):
            _ = run.rate
            run.step(float("nan") if step == 3 else 1.0)
    assert run.stopped
    (found,) = [one for one in link.events if isinstance(one, Diverged)]
    assert found.step == 3


class TestWhatIsNotTrueIsNotSaid:
    def test_a_loop_that_does_not_ask_is_not_steered(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        link = QueueLink()
        with lrtui.live(0.1, "mine", link=link) as run:
            run.step(1.0)
            link.command(Scale(0.5))
            run.step(1.0)
        assert not is_known(told(link)).any()
        assert not [one for one in link.events if isinstance(one, Marked)]
        assert "has not asked for run.rate" in capsys.readouterr().err

    def test_an_optimizer_that_the_loop_does_not_apply(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        if BACKEND == "jax":
            pytest.skip("there a loop asks")
        with lrtui.live(keras_optimizer(), "mine", link=QueueLink()) as run:
            for _ in range(100):
                run.step(1.0)
        assert "nobody applies this optimizer (SGD)" in capsys.readouterr().err

    def test_a_step_that_was_compiled_before(self, capsys: pytest.CaptureFixture[str]) -> None:
        if BACKEND != "tensorflow":
            pytest.skip("of TensorFlow's functions")
        import tensorflow as tf

        optimizer, weight = keras_optimizer(), keras.Variable([1.0])
        step = tf.function(lambda: optimizer.apply([tf.ones(1)], [weight]))
        step()
        link = QueueLink()
        with lrtui.live(optimizer, "mine", link=link) as run:
            for _ in range(3):
                step()
                run.step()
            link.command(Scale(0.0))
            step()
            run.step()
        assert told(link).size == 0
        assert not [one for one in link.events if isinstance(one, Marked)]
        assert "traced before lrtui was attached" in capsys.readouterr().err

    def test_a_rate_that_is_a_constant_of_a_compiled_step(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        if BACKEND == "torch":
            pytest.skip("torch runs its steps as they are")
        link = QueueLink()
        with lrtui.live(0.1, "mine", link=link) as run:
            compiled = _compiled(lambda x: x * float(run.rate))
            for _ in range(2):
                compiled(keras.ops.ones(()))
                run.step(1.0)
        assert not is_known(told(link)).any()
        assert "pass it in as an argument" in capsys.readouterr().err

    @pytest.mark.parametrize("what", [object(), None, "no such schedule", -1.0])
    def test_what_gives_no_rate_is_refused_at_once(self, what: Any) -> None:
        with pytest.raises(Invalid):
            lrtui.live(what)


def _compiled(function: Callable[[Any], Any]) -> Any:
    if BACKEND == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function)


def test_several_updates_a_call_and_updates_that_are_left_out() -> None:
    """The rows are updates: of several in one call the last has the loss."""
    if BACKEND != "tensorflow":
        pytest.skip("a compiled loop of several updates")
    import tensorflow as tf

    optimizer, weight, link = keras_optimizer(), keras.Variable([1.0]), QueueLink()

    @tf.function  # type: ignore[untyped-decorator]
    def some(count: Any) -> Any:
        for _ in tf.range(count):
            optimizer.apply([tf.ones(1)], [weight])
        return weight.value[0]

    with lrtui.live(optimizer, link=link, capacity=3) as run:
        losses = []
        for count in (3, 3, 0, 1, 2):
            losses.append(float(some(tf.constant(count))))
            run.step(losses[-1])
    np.testing.assert_allclose(told(link), OWN[:9], **EXACT)
    expected = np.full(9, NOT_KNOWN)
    expected[[2, 5, 6, 8]] = [losses[0], losses[1], losses[3], losses[4]]
    np.testing.assert_allclose(told(link, "losses"), expected, **EXACT)
    np.testing.assert_array_equal(is_known(told(link, "losses")), is_known(expected))


def test_off_does_nothing_and_gives_the_rates_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LRTUI", "off")
    link, optimizer = QueueLink(), keras_optimizer()
    with lrtui.live(optimizer, link=link) as run:
        weights = np.array(list(keras_loop(run, optimizer, 4)))
    np.testing.assert_allclose(-np.diff(weights), OWN[:4], **EXACT)
    with lrtui.live([0.3, 0.2], link=link) as run:
        weights = np.array(list(asking_loop(run, 3)))
    np.testing.assert_allclose(-np.diff(weights), [0.3, 0.2, 0.2], **EXACT)
    assert link.events == []


def test_an_error_of_ours_ends_no_loop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    optimizer = keras_optimizer()
    with lrtui.live(optimizer, link=QueueLink()) as run:
        monkeypatch.setattr("lrtui.live.control.Control.obey", lambda _: 1 / 0)
        weights = np.array(list(keras_loop(run, optimizer, 4)))
    np.testing.assert_allclose(-np.diff(weights), OWN[:4], **EXACT)
    assert capsys.readouterr().err.count("the loop goes on") == 1


class TestTorchOptim:
    """Of torch alone: Keras need not be there."""

    @pytest.fixture(autouse=True)
    def _with_torch(self) -> None:
        if BACKEND != "torch":
            pytest.skip("of torch")

    def loop(self, run: Any, optimizer: Any, weight: Any, steps: int) -> Iterator[float]:
        yield float(weight.detach())
        for _ in range(steps):
            optimizer.zero_grad()
            loss = weight.sum()
            loss.backward()
            optimizer.step()
            run.step(loss)
            yield float(weight.detach())

    def test_orders_hold_at_the_very_step(self) -> None:
        import torch

        weight = torch.nn.Parameter(torch.ones(1))
        optimizer, link = torch.optim.SGD([weight], lr=0.1), QueueLink()
        decay = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 ** (step / 8))

        def with_scheduler() -> Iterator[float]:
            for done, fallen in enumerate(self.loop(run, optimizer, weight, STEPS)):
                if done:
                    decay.step()
                yield fallen

        with lrtui.live(optimizer, "mine", link=link) as run:
            weights = steered(with_scheduler(), link, COMMANDS)
        check(link, weights)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * 0.5**3)

    def test_a_recursive_scheduler_goes_on_from_its_own_rate(self) -> None:
        import torch

        weight = torch.nn.Parameter(torch.ones(1))
        optimizer, link = torch.optim.SGD([weight], lr=0.1), QueueLink()
        decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        with lrtui.live(optimizer, link=link) as run:
            loop = self.loop(run, optimizer, weight, 4)
            weights = [next(loop)]
            for _ in range(4):
                link.command(Scale(0.5))
                weights.append(next(loop))
                decay.step()
            link.command(Reset())
            run.step()  # with no update: it is no row
        moved = [0.1, 0.05 / 2, 0.025 / 4, 0.0125 / 8]
        check(link, np.array(weights), moved)
        assert run.steering.changes[-1].kind == "scale"  # its own rate cannot begin anew

    def test_groups_keep_their_ratio(self) -> None:
        import torch

        first, second = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
        groups = [{"params": [first], "lr": 0.1}, {"params": [second], "lr": 0.01}]
        optimizer = torch.optim.SGD(groups)
        with lrtui.live(optimizer, link=QueueLink()) as run:
            run.steering.reset(0.4)
            (first.sum() + second.sum()).backward()
            optimizer.step()
        assert float(1 - first) == pytest.approx(0.4)
        assert float(1 - second) == pytest.approx(0.04)
        assert [one["lr"] for one in optimizer.param_groups] == [0.1, 0.01]

    def test_a_step_that_raised_leaves_the_loops_own_rate(self) -> None:
        import torch

        weight = torch.nn.Parameter(torch.ones(1))
        optimizer = torch.optim.SGD([weight], lr=0.1)
        with lrtui.live(optimizer, link=QueueLink()) as run:
            run.steering.scale(0.5)
            with pytest.raises(ZeroDivisionError):
                optimizer.step(lambda: 1 / 0)
        assert optimizer.param_groups[0]["lr"] == 0.1

    def test_keras_is_not_loaded(self) -> None:
        code = (
            "import sys, torch, lrtui\n"
            "w = torch.nn.Parameter(torch.ones(1))\n"
            "o = torch.optim.Adam([w], 1e-3)\n"
            "with lrtui.live(o, 'alone') as run:\n"
            "    w.sum().backward(); o.step(); run.step(w.sum())\n"
            "assert 'keras' not in sys.modules and 'tensorflow' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)
