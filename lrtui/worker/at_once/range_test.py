"""A range test on fresh weights by trainings at once, with the numbers of the one by ``fit``."""

import math

import numpy as np
from msgspec.structs import replace

from lrtui.live.range_test import RangeTestListener, least_diverging
from lrtui.protocol import Allowed
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.protocol.recommendation import HELD_STEPS, has_diverged, recommend
from lrtui.protocol.settings import Settings
from lrtui.protocol.smoothing import Smoothing
from lrtui.schedules.arrays import Float32s
from lrtui.worker.at_once.training import Row, Trainings

SEEDS = 8
"""A rate is recommended only if it held with so many, from that of the settings on."""


def range_test_at_once(
    settings: Settings,
    sweep: Sweep,
    trainings: Trainings,
    watcher: RangeTestListener,
    allowed: Allowed = (),
) -> RangeTest:
    """What :func:`lrtui.live.range_test.range_test` does on fresh weights.

    Args:
        settings: of what is trained.
        sweep: what to try.
        trainings: trains.
        watcher: who is told.
        allowed: what the file of a task of the user's own may hold.

    Raises:
        Invalid: Keras has no such optimizer.
        OwnFault: a task of the user's own cannot be had.
        Impossible: no loop has the numbers of ``fit``.
    """
    return _Trials(settings, trainings, watcher, allowed).all(sweep)


class _Trials:
    def __init__(
        self, settings: Settings, trainings: Trainings, watcher: RangeTestListener, allowed: Allowed
    ) -> None:
        self._allowed = allowed
        # Nothing is validated; the data that are trained on are the same without it.
        self._settings = settings.replace(validation_share=0.0, plateau_patience=None)
        self._trainings, self._watcher = trainings, watcher
        self._stopped = False

    def all(self, sweep: Sweep) -> RangeTest:
        """The sweep, and if asked for where it diverges, and a rate that was tried."""
        test = self._sweep(sweep)
        if sweep.quick or self._stopped:
            return test
        if (at := test.diverged_at) is not None:
            begin = float(test.rates[at])
            divergence = least_diverging(begin, sweep, lambda one: self._diverges(one, sweep.steps))
            test = replace(test, divergence=divergence)
        if self._stopped:
            return test
        found = recommend(test.suggestions, test.divergence, SEEDS, self._diverges_on_any)
        return replace(test, recommendation=found)

    def _sweep(self, sweep: Sweep) -> RangeTest:
        slope = math.log(sweep.high / sweep.low) / (sweep.steps - 1)
        steps = np.arange(sweep.steps, dtype=np.float32)
        rates = np.float32(sweep.low) * np.exp(np.float32(slope) * steps)
        losses = self._train(rates, [self._settings.seed], told=True)[0]
        known = RangeTest(rates[: len(losses)], losses, sweep.steps)
        if (at := known.diverged_at) is not None:
            known = RangeTest(rates[: at + 1], losses[: at + 1], sweep.steps)
        return known

    def _diverges(self, rate: float, steps: int) -> bool | None:
        """Whether the smoothed loss grows at a constant rate; None: it was stopped before."""
        self._watcher.held(rate)
        (losses,) = self._train(np.full(steps, rate, np.float32), [self._settings.seed])
        if self._stopped:
            return None
        smoothing = Smoothing()
        for loss in losses.tolist():
            smoothing.add(loss)
        return smoothing.diverged

    def _diverges_on_any(self, rate: float) -> bool | None:
        """Whether it does on any of the seeds, as long as a recommended rate is held."""
        self._watcher.held(rate)
        seeds = [(self._settings.seed + number) % 2**31 for number in range(SEEDS)]
        every = self._train(np.full(HELD_STEPS, rate, np.float32), seeds)
        if self._stopped:
            return None
        return any(has_diverged(losses, fresh=True) for losses in every)

    def _train(self, rates: Float32s, seeds: list[int], *, told: bool = False) -> list[Float32s]:
        """The losses of each seed's training; fewer if it was stopped."""
        rows = [Row(0, seed) for seed in seeds]
        losses: list[list[Float32s]] = [[] for _ in rows]
        smoothing = Smoothing()
        pieces = self._trainings.train(
            self._settings, rates[None], rows, until_diverged=True, allowed=self._allowed
        )
        for done in pieces:
            for offset, some in enumerate(done.losses):
                losses[done.first_row + offset].append(some)
            if told and not smoothing.diverged:
                for loss in done.losses[0].tolist():
                    smoothing.add(loss)
                stop = done.first_step + done.losses.shape[1]
                self._watcher.swept(done.first_step, rates[done.first_step : stop], done.losses[0])
            if self._watcher.stopped():
                self._stopped = True
                break
        return [np.concatenate(some) if some else np.empty(0, np.float32) for some in losses]
