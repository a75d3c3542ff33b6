"""The learning rate range test of a compiled model, after which the model is as it was before.

The sweep is an ordinary ``fit`` under a schedule of ours, driven by :class:`Steering`: its rates
are those that the optimizer used, its losses those of each batch. What they say is for
``range_test``.
"""

import math
from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np
from msgspec.structs import replace

from lrtui.live.checkpoint import Checkpoint
from lrtui.live.steering import Steering
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.protocol.recommendation import HELD_STEPS, has_diverged, recommend
from lrtui.protocol.smoothing import Smoothing
from lrtui.schedules import Invalid
from lrtui.schedules.arrays import Float32s

HALVINGS = 4
"""Bisections between a rate that diverges and its half: to 2**(1/16), that is 4.4 %."""


class RangeTestListener(Protocol):
    """Who is told how a range test goes."""

    def swept(self, first: int, rates: Float32s, losses: Float32s) -> None:
        """Steps of the sweep were done, from `first` on."""

    def held(self, rate: float) -> None:
        """The sweep is over; a constant rate is tried next."""

    def stopped(self) -> bool:
        """Whether to end it now with what there is. Asked after each batch."""


class Nobody:
    """Nobody is told."""

    def swept(self, first: int, rates: Float32s, losses: Float32s) -> None:
        """Nobody is told."""

    def held(self, rate: float) -> None:
        """Nobody is told."""

    def stopped(self) -> bool:
        """Nobody ends it."""
        return False


def find_rate(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    low: float = 1e-7,
    high: float = 10.0,
    steps: int = 100,
    quick: bool = False,
    **fit: Any,
) -> RangeTest:
    """Try rates from `low` to `high` on a compiled model, and leave it as it was.

    Its weights, the variables of its optimizer, its rate or schedule and its seeds are put back bit
    for bit, also if this raises. The global random numbers, which shuffle, are not.

    Args:
        model: compiled and built; trained or not.
        x: for ``model.fit``: inputs, or a data set. It is gone through again and again.
        y: for ``model.fit``: targets, if they are not in `x`.
        low: rate of the first step.
        high: rate of the last step, unless it diverges before.
        steps: steps from low to high.
        quick: the sweep alone, without looking for ``divergence``, which takes four to seven times
            as many steps, nor for ``recommendation``, which takes 500 steps or more.
        fit: further arguments of ``model.fit``, such as ``batch_size`` or ``class_weight``.

    Returns:
        Rates, losses and suggestions; see :class:`~lrtui.protocol.range_test.RangeTest`.

    Raises:
        Invalid: an argument is out of its bounds.
            A ``train_step`` of one's own does not compute its loss by ``compute_loss``.
        ValueError: the model is not compiled or not built.
    """
    more = [*(fit.pop("callbacks", None) or ())]
    # Each epoch has a step at least.
    how = {"verbose": 0, **fit, "epochs": max(steps, HELD_STEPS)}

    def again(callbacks: list[Any]) -> None:
        model.fit(x, y, **how, callbacks=[*more, *callbacks])

    return range_test(model, Sweep(low, high, steps, quick), again)


def range_test(
    model: Any,
    sweep: Sweep,
    fit: Callable[[list[Any]], None],
    watcher: RangeTestListener | None = None,
) -> RangeTest:
    """What :func:`find_rate` does, on whatever `fit` trains with.

    Args:
        model: compiled and built. Put back bit for bit.
        sweep: what to try.
        fit: trains the model with these callbacks, which end it, from the beginning of its data,
            for at least ``sweep.steps`` and ``HELD_STEPS`` steps; called many times.
        watcher: who is told.
    """
    kept = {name: getattr(model, name, None) for name in ("history", "stop_training")}
    steering = Steering(model)
    begun, kept_rates = steering.checkpoint(), steering.state()
    trials = _Trials(steering, begun, sweep.steps, fit, watcher or Nobody())
    try:
        return trials.all(sweep)
    finally:
        with steering.unseen():
            begun.restore(model)
        steering.put_back(kept_rates)
        steering.detach()
        for name, value in kept.items():
            setattr(model, name, value)


def least_diverging(
    rate: float, sweep: Sweep, diverges: Callable[[float], bool | None]
) -> float | None:
    """The rate from which on training diverges, by bisection.

    Args:
        rate: where to begin.
        sweep: between whose low and high it is looked for.
        diverges: whether training diverges at a constant rate; None: it was stopped.

    Returns:
        None: it is not between low and high, or it was stopped.
    """
    stable, unstable = 0.0, math.inf
    while not (stable and math.isfinite(unstable)):
        rate = min(rate, sweep.high)
        diverged = diverges(rate)
        if diverged is None or rate < sweep.low or (rate == sweep.high and not diverged):
            return None
        stable, unstable = (stable, rate) if diverged else (rate, unstable)
        rate = rate / 2 if diverged else rate * 2
    for _ in range(HALVINGS):
        middle = math.sqrt(stable * unstable)
        diverged = diverges(middle)
        if diverged is None:
            return None
        stable, unstable = (stable, middle) if diverged else (middle, unstable)
    return math.sqrt(stable * unstable)


class _Trials:
    """Trainings from the same state, one after another."""

    def __init__(
        self,
        steering: Steering,
        begun: Checkpoint,
        steps: int,
        fit: Callable[[list[Any]], None],
        watcher: RangeTestListener,
    ) -> None:
        self._begun, self._fit = begun, fit
        self._steering, self._steps, self._watcher = steering, steps, watcher
        self._stopped = False

    def all(self, sweep: Sweep) -> RangeTest:
        """The sweep, and if asked for where it diverges, and a rate that was tried."""
        test = self._swept(sweep)
        if sweep.quick or self._stopped:
            return test
        found = recommend(test.suggestions, test.divergence, 1, self._diverges_when_held)
        return replace(test, recommendation=found)

    def _swept(self, sweep: Sweep) -> RangeTest:
        slope = math.log(sweep.high / sweep.low) / (sweep.steps - 1)
        swept = self._run(sweep.low, slope, self._watcher.swept)
        test = RangeTest(*swept.read(), sweep.steps)
        at = test.diverged_at
        if at is None or sweep.quick or swept.stopped:
            return test
        divergence = least_diverging(float(test.rates[at]), sweep, self._diverges)
        return replace(test, divergence=divergence)

    def _diverges(self, rate: float) -> bool | None:
        """Whether training diverges at a constant rate; None: it was stopped before that is known.

        What a sweep sees is late: on its way it passes rates that all but erase the part of the
        error that diverges later (1 / L), so that it has gone on far beyond when that has grown.
        """
        self._watcher.held(rate)
        held = self._run(rate, 0.0, lambda *_: None)
        return None if held.stopped or not held.steps else held.diverged

    def _diverges_when_held(self, rate: float) -> bool | None:
        """The same over as many steps as a recommended rate is held for."""
        self._watcher.held(rate)
        held = self._run(rate, 0.0, lambda *_: None, HELD_STEPS)
        return None if held.stopped or not held.steps else has_diverged(held.read()[1], fresh=False)

    def _run(
        self,
        first: float,
        slope: float,
        tell: Callable[[int, Float32s, Float32s], None],
        steps: int | None = None,
    ) -> "_StepReader":
        self._steering.restore(self._begun)
        steps = self._steps if steps is None else steps
        # Computed in float32, as a step would.
        exponents = np.float32(slope) * np.arange(steps, dtype=np.float32)
        self._steering.reset(np.float32(first) * np.exp(exponents))
        reader = _StepReader(self._steering, steps, tell, self._watcher.stopped)
        self._fit([reader])
        self._stopped = self._stopped or reader.stopped
        return reader


class _StepReader(keras.callbacks.Callback):  # type: ignore[misc]
    """Reads rates and losses of a fit's steps as they come, and ends it when it is time."""

    def __init__(
        self,
        steering: Steering,
        steps: int,
        tell: Callable[[int, Float32s, Float32s], None],
        stop: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._steering, self._steps, self._tell, self._stop = steering, steps, tell, stop
        self._first = self._read = steering.steps
        self._tried = 0
        self._smoothing = Smoothing()
        self._rates: list[float] = []
        self._losses: list[float] = []
        self.stopped = False
        """Whether it was ended by whoever is told."""

    @property
    def steps(self) -> int:
        """How many steps were read."""
        return len(self._losses)

    def read(self) -> tuple[Float32s, Float32s]:
        """Rates and losses of all steps so far."""
        return np.array(self._rates, np.float32), np.array(self._losses, np.float32)

    @property
    def diverged(self) -> bool:
        """Whether it had diverged when it ended."""
        return self._smoothing.diverged

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Read what is new; steps that did not move the weights, skipped ones, are left out."""
        done, stop = self.steps, min(self._steering.steps, self._first + self._steps)
        noted = self._steering.read(self._read, stop)
        self._read = stop
        if noted.updated.any() and not noted.seen[noted.updated].any():
            allowed = "must compute its loss by compute_loss(): what it is otherwise is not known"
            raise Invalid("train_step", allowed, type(self.model).__name__)
        rates, losses = noted.rates[noted.updated], noted.losses[noted.updated]
        self._rates += rates.tolist()
        self._losses += losses.tolist()
        for loss in losses.tolist():
            self._smoothing.add(loss)
        self._tell(done, rates, losses)
        self._tried += int(self.model.steps_per_execution)
        self.stopped = self._stop()
        if self.stopped or self.diverged or self._tried >= self._steps:
            self.model.stop_training = True
