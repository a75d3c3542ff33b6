"""What the ticks below a plot count: steps, epochs, the part of a training, or rates of a sweep.

The places are always steps; only where the round numbers are and what they say differs.
"""

import math
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Protocol

from msgspec import Struct

from lrtui.plotting.ticks import Tick, decade_ticks, unit_ticks, value_ticks

Places = tuple[tuple[float, str], ...]
"""The step that a tick stands at, which need not be whole, and its label; rising."""


class XAxis(Hashable, Protocol):
    """What is counted below a plot. A value: it can be compared and hashed."""

    @property
    def unit(self) -> str:
        """What stands left of the labels, in at most seven cells; empty where they say it."""

    def ticks(self, start: int, stop: int, cells: int) -> Places:
        """Round ticks from step `start` to `stop`, which have room on an axis of `cells` cells."""


class Steps(Struct, frozen=True):
    """Steps, counted from 0: ``0``, ``500``, ``20k``, ``1.5M``."""

    unit: str = ""

    def ticks(self, start: int, stop: int, cells: int) -> Places:
        """Round numbers of steps."""
        return unit_ticks(start, stop, cells, 1)


class Epochs(Struct, frozen=True):
    """Epochs that are done: 0 at the first step, 1 where the first ends and the second begins.

    Zoomed in they are parts of an epoch.
    """

    steps_per_epoch: int
    unit: str = "epochs"

    def ticks(self, start: int, stop: int, cells: int) -> Places:
        """Round numbers of epochs."""
        return unit_ticks(start, stop, cells, self.steps_per_epoch)


class Percent(Struct, frozen=True):
    """The part of a training of `total` steps that is done: ``0%`` to ``100%``."""

    total: int
    unit: str = ""

    def ticks(self, start: int, stop: int, cells: int) -> Places:
        """Round percentages."""
        return unit_ticks(start, stop, cells, self.total, 100, "%")


class Rates(Struct, frozen=True):
    """The rates of a sweep: step 0 has `low`, step ``total - 1`` has `high`, by equal factors.

    Raises:
        ValueError: the rates are not above 0, finite and in order, or there is no step.
    """

    low: float
    high: float
    total: int
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no sweep."""
        if not 0 < self.low < self.high < math.inf or self.total < 1:
            allowed = "a sweep must go from a rate above 0 to a higher one, in one step or more"
            raise ValueError(f"{allowed}. Received: {self.low}, {self.high}, {self.total}")

    def rate(self, step: float) -> float:
        """The rate at a step, which may lie beyond the sweep."""
        return self.low * math.pow(self.high / self.low, step / max(1, self.total - 1))

    def step(self, rate: float) -> float:
        """Where a rate is."""
        there = math.log(rate / self.low) / math.log(self.high / self.low)
        return there * max(1, self.total - 1)

    def ticks(self, start: int, stop: int, cells: int) -> Places:
        """Decades and round rates between them."""
        low, high = self.rate(start), self.rate(min(stop, max(start + 1, self.total - 1)))

        def fits(ticks: Sequence[Tick]) -> bool:
            if any(tick.value <= 0 for tick in ticks):
                return False
            wide = max((len(tick.label) for tick in ticks), default=0)
            at = [self.step(tick.value) * cells / (stop - start) for tick in ticks]
            gaps = [after - before for before, after in pairwise(at)]
            return all(gap >= 1.5 * wide + 1.5 for gap in gaps)

        ticks = decade_ticks(low, high, fits).ticks
        if len(ticks) < 2:
            finer = value_ticks(low, high, fits, scientific=True)
            if finer.base or not finer.ticks:
                finer = value_ticks(low, high, _few, scientific=True)
            ticks = (finer.ticks if fits(finer.ticks) else finer.ticks[:1]) or ticks
        return tuple((_whole(self.step(tick.value)), tick.label) for tick in ticks)


def _few(ticks: Sequence[Tick]) -> bool:
    return 1 <= len(ticks) <= 2 and ticks[0].value > 0


def _whole(step: float) -> float:
    """The step, without what rounding left beside a whole one."""
    return round(step) if math.isclose(step, round(step), rel_tol=1e-9, abs_tol=1e-6) else step
