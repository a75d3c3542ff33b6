"""Steers a rate that Python hands out before each update: to ``torch.optim``, or to whoever asks.

It knows no framework. The same operations as :class:`~lrtui.live.steering.Steering`, and the same
marks come of them.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from lrtui.live.hooks import NotSteerable, say
from lrtui.live.noted import CAPACITY, Noted
from lrtui.live.rate_supply import NO_START, AnyRates, RateSupply, rate_supply
from lrtui.protocol import Marked, MarkKind
from lrtui.protocol.values import NOT_KNOWN
from lrtui.schedules import Invalid
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.invalid import NotGiven

RATES_AT_ONCE = CAPACITY
"""So many are worked out of a schedule at a time."""


class HostSteering:
    """Says which rate the next update uses, and keeps what each used.

    All of it is for the thread that trains.

    Args:
        supply: gives the rates; None: they are the loop's own, told at each step.
        text: what the loop's own rates are called; empty: what the supply is called.
        done: so many of the supply's steps are done already.
    """

    def __init__(self, supply: RateSupply | None = None, text: str = "", done: int = 0) -> None:
        self._first = self._supply = supply
        self._own_text = text
        self._begin = self._first_begin = -done
        self._table: list[float] = []
        self._table_from = 0
        self._ended_told = False
        self.factor = 1.0
        """What the rates are scaled by since the last reset."""
        self.held: float | None = None
        """The rate that was set, in place of what drives."""
        self.steps = 0
        """The step that comes next."""
        self.own_restarts = True
        """Whether the loop's own rate is one that never changed, so that it can begin anew."""
        self.changes: list[Marked] = []
        self.refusal: str | None = None
        """Why it cannot be steered; None: it can."""
        self._used: list[Any] = []
        self._last: Any = math.nan

    # ------------------------------------------------------------------ each step

    @property
    def untouched(self) -> bool:
        """Whether the loop's own rate is used as it is."""
        return self._supply is None and self.held is None and self.factor == 1.0

    @property
    def drives(self) -> bool:
        """Whether the rate is not made of the loop's own."""
        return self._supply is not None or self.held is not None

    def next_rate(self, own: float = math.nan) -> float:
        """The rate of the step that comes next.

        Args:
            own: what the loop itself would use.
        """
        if self.held is not None:
            return self.held * self.factor
        if self._supply is None:
            return own if self.factor == 1.0 else own * self.factor
        at = self.steps - self._begin - self._table_from
        if not 0 <= at < len(self._table):
            at = self._fill(self.steps - self._begin)
        rate = self._table[at]
        return rate if self.factor == 1.0 else rate * self.factor

    def note(self, rate: Any) -> None:
        """The step is done and used this rate, read later if a device has it; None: not known."""
        self._used.append(rate)
        if rate is not None:
            self._last = rate
        self.steps += 1

    def snapshot(self) -> Callable[[int], tuple[int, Noted]]:
        """As :meth:`lrtui.live.steering.Steering.snapshot`; each step is handed out once."""
        used, stop = self._used, self.steps
        self._used = []
        return lambda first: (stop, _noted(used))

    def count(self) -> int:
        """:attr:`steps`."""
        return self.steps

    @property
    def rate(self) -> float:
        """The rate that the last update used; NaN before the first."""
        return float(self._last)

    # ------------------------------------------------------------------ steering

    @property
    def schedule(self) -> str:
        """What drives, as text."""
        return self._own_text if self._supply is None else self._supply.text

    @property
    def position(self) -> int:
        """The step that comes next, as what drives counts it."""
        return self.steps - self._begin

    def reset(self, schedule: AnyRates | None = None, at: int = 0) -> None:
        """From the next step on begin anew, unscaled; weights and optimizer state stay.

        A rate of the loop's own begins anew only if it never changed. Raises: Invalid: it gives no
        rates, or the loop cannot be steered.
        """
        self._check()
        supply = self._supply if schedule is None else rate_supply(schedule)
        if supply is None and not self.own_restarts:
            raise NotGiven("schedule", NO_START)
        self._supply, self._begin = supply, self.steps - at
        self._change("reset")

    def undo(self) -> None:
        """From the next step on the rate is what it had been if nobody had ever steered it."""
        self._check()
        self._supply, self._begin = self._first, self._first_begin
        self._change("undo")

    def set_rate(self, learning_rate: float) -> None:
        """From the next step on use this rate, whatever the schedule gives."""
        Constant(learning_rate)  # refuses what no rate can be
        self._check()
        self._change("rate", held=learning_rate)

    def scale(self, factor: float, kind: Literal["scale", "plateau"] = "scale") -> None:
        """Multiply the rate from the next step on, on top of earlier scales."""
        if not (math.isfinite(factor) and factor >= 0):
            raise Invalid("factor", "must be a finite number >= 0", factor)
        self._check()
        self._change(kind, held=self.held, factor=self.factor * factor, by=factor)

    def _check(self) -> None:
        if self.refusal is not None:
            raise NotSteerable(self.refusal)

    def _change(
        self,
        kind: MarkKind,
        *,
        held: float | None = None,
        factor: float = 1.0,
        by: float = 1.0,
    ) -> None:
        """Have it from the next step on, and write it down."""
        self.held, self.factor = held, factor
        self._table, self._ended_told = [], False
        mark = Marked(self.steps, kind, self.schedule, factor, held, by, origin=self._begin)
        self.changes.append(mark)

    def _fill(self, position: int) -> int:
        """Work out the rates from a position on; where they are in the table."""
        assert self._supply is not None
        position = max(position, 0)
        rates = self._supply.rates(position, position + RATES_AT_ONCE)
        if not len(rates):
            last = self._table[-1] if self._table else self._supply.rates(0, position)[-1]
            rates = np.full(RATES_AT_ONCE, last, np.float32)
            if not self._ended_told:
                self._ended_told = True
                say(f"{self._supply.text} has no more rates: its last rate, {last:.6g}, is held")
        self._table, self._table_from = rates.tolist(), position
        return 0


def _noted(used: list[Any]) -> Noted:
    unknown = np.full(len(used), NOT_KNOWN, np.float32)
    updated = np.array([one is not None for one in used], bool)
    rates = unknown.copy()
    rates[updated] = [float(one) for one in used if one is not None]
    return Noted(rates, unknown, np.zeros(len(used), bool), updated, np.zeros(len(used), bool))
