"""Range tests that are asked for over a link: on fresh weights, or on a copy of a run under way.

A run is never touched by it: the copy has a model, an optimizer and a steering of its own.
"""

import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from lrtui.live.link import KeepingLink
from lrtui.live.range_test import RangeTestListener, range_test
from lrtui.live.user_code import OwnFault
from lrtui.protocol import FindRate, RangeTestEnded, RangeTestSteps, Settings, pack
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.schedules import Invalid
from lrtui.schedules.arrays import Float32s
from lrtui.worker import build
from lrtui.worker.at_once.loop import Impossible
from lrtui.worker.at_once.range_test import range_test_at_once
from lrtui.worker.at_once.training import Trainings
from lrtui.worker.run_state import StateFiles

REPORT_SECONDS = 0.1
"""Steps are reported at most this often."""


def find(command: FindRate, link: KeepingLink, trainings: Trainings, threads: int = 2) -> None:
    """Do a range test on fresh weights, and tell the link up to ``RangeTestEnded``."""
    settings = command.settings

    def by_fit(told: RangeTestListener) -> RangeTest:
        keras.backend.clear_session()
        material = build.material(settings, threads, command.allowed)
        _compile(material.model, material.made, settings)
        return range_test(material.model, command.sweep, _fit(material.model, material), told)

    def at_once(told: RangeTestListener) -> RangeTest:
        return range_test_at_once(settings, command.sweep, trainings, told, command.allowed)

    if command.fit:
        _tell(link, command.sweep, by_fit)
        return
    try:
        _tell(link, command.sweep, at_once)
    except Impossible as why:
        _tell(link, command.sweep, by_fit, why_fit=str(why))


def _fit(model: Any, material: build.Material) -> Callable[[list[Any]], None]:
    return lambda callbacks: model.fit(
        material.batches, shuffle=False, verbose=0, callbacks=callbacks
    )


class RunFinder:
    """Does range tests on copies of one run.

    Args:
        material: what it trains; its model is compiled.
        settings: of the run.
        link: who is told, up to ``RangeTestEnded``.
    """

    def __init__(self, material: build.Material, settings: Settings, link: KeepingLink) -> None:
        self._material, self._settings, self._link = material, settings, link
        self._states = StateFiles(material.model)

    def __call__(self, sweep: Sweep, step: int) -> None:
        """Do one between two steps of the run, before this step."""

        def by_fit(told: RangeTestListener) -> RangeTest:
            copy = self._copy()
            return range_test(copy, sweep, _fit(copy, self._material), told)

        _tell(self._link, sweep, by_fit, step)

    def take_state(self, step: int) -> None:
        """Write the state of the run before this step to a file, and tell where."""
        self._link.send(self._states.take(step))

    def _copy(self) -> Any:
        """The model as it is now, with an optimizer in the same state."""
        model = self._material.model
        # clone_model would compile it as well, and cannot read a metric of a task's back.
        try:
            copy = type(model).from_config(model.get_config())
        except Exception as error:
            raise OwnFault(f"this model cannot be copied ({type(error).__name__})") from error
        _compile(copy, self._material.made, self._settings)
        pairs = [(copy.variables, model.variables)]
        if model.optimizer.built:
            copy.optimizer.build(copy.trainable_variables)
            pairs.append((_state(copy.optimizer), _state(model.optimizer)))
        for theirs, ours in pairs:
            for one, other in zip(theirs, ours, strict=True):
                one.assign(other)
        return copy


def _compile(model: Any, made: build.Made, settings: Settings) -> None:
    # The rate is taken over by the sweep: any float.
    optimizer = made.optimizer(settings.optimizer, 0.0)
    made.compile(optimizer, eager=settings.eager, model=model)


def _state(optimizer: Any) -> list[Any]:
    """The variables of an optimizer without its rate, which only one built with a float has."""
    rate = optimizer._learning_rate
    return [one for one in optimizer.variables if one is not rate]


def _tell(
    link: KeepingLink,
    sweep: Sweep,
    test: Callable[[RangeTestListener], RangeTest],
    step: int | None = None,
    why_fit: str = "",
) -> None:
    """Do it; whatever goes wrong is told, but for what is impossible at once."""
    told = _Told(link)
    try:
        found = test(told)
    except Impossible:
        raise
    except (Invalid, OwnFault) as fault:
        link.send(RangeTestEnded(sweep, step=step, error=str(fault)))
        return
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        link.send(RangeTestEnded(sweep, step=step, error=f"{type(error).__name__}: {error}"[:300]))
        return
    ended = RangeTestEnded(
        sweep,
        pack(found.rates),
        pack(found.losses),
        found.divergence,
        step,
        told.ended,
        recommendation=found.recommendation,
        why_fit=why_fit,
    )
    link.send(ended)


class _Told:
    """Whoever is at the other end of a link watches; see ``sweep.RangeTestListener``."""

    def __init__(self, link: KeepingLink) -> None:
        self._link = link
        self._first = 0
        self._rates: list[Float32s] = []
        self._losses: list[Float32s] = []
        self._due = 0.0
        self.ended = False
        """Whether a command ended it."""

    def swept(self, first: int, rates: Float32s, losses: Float32s) -> None:
        """Tell of steps of the sweep, at most ten times a second."""
        self._first = self._first if self._rates else first
        self._rates.append(rates)
        self._losses.append(losses)
        if time.monotonic() >= self._due:
            self._flush()

    def held(self, rate: float) -> None:
        """Tell that this rate is tried now."""
        self._flush()
        self._link.send(RangeTestSteps(self._first, b"", b"", held=rate))

    def stopped(self) -> bool:
        """Whether a command ended the test."""
        self.ended = self.ended or self._link.stop_asked()
        return self.ended

    def _flush(self) -> None:
        if not self._rates:
            return
        rates, losses = np.concatenate(self._rates), np.concatenate(self._losses)
        self._link.send(RangeTestSteps(self._first, pack(rates), pack(losses)))
        self._first += len(rates)
        self._rates, self._losses = [], []
        self._due = time.monotonic() + REPORT_SECONDS
