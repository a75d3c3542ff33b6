"""A product of schedules."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Float32s, Int64s
from lrtui.schedules.base import Composition, Inners, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.parameters import Invalid

MOST_STEPS = 1 << 15
"""So many steps are looked at; of more, as many are, evenly spread, and searched between."""
ROUNDING = 5e-7
"""What a rate rises and falls by when two factors are rounded is less than this share of it."""


class Product(Composition, frozen=True, tag="product"):
    """Several schedules at once: the first gives a rate, the others factors.

    Formula:
        schedules[0] * schedules[1] * ... at each step

    Args:
        schedules: the schedules, whose values are multiplied.

    Example:
        >>> from lrtui.schedules import parse
        >>> Product([parse("Constant(0.5)"), parse("LinearDecay(1.0, 100)")])([0, 50, 100])
        array([0.5 , 0.25, 0.  ], dtype=float32)

    Reference:
        torch.optim.lr_scheduler.ChainedScheduler
    """

    schedules: Inners = (LinearDecay(0.0, 100, 0.1), CosineDecay(1.0, 1000))

    def check(self) -> None:
        """At least one."""
        super().check()
        if not self.schedules:
            raise Invalid("schedules", "must hold at least one schedule", [])

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        rate = self.schedules[0].formula(real(step, xp), xp)
        for schedule in self.schedules[1:]:
            rate = rate * schedule.formula(real(step, xp), xp)
        return rate

    def corners(self, start: int, stop: int) -> Int64s:
        """Those of all, and where the product turns: what rises times what falls may do so often.

        A factor that is held for some steps makes a tooth of each hold. All are found among 32 768
        steps; of more steps a tooth may be missed, but not by more than the next one differs.
        """
        found = [np.asarray(one.corners(start, stop), np.int64) for one in self.schedules]
        corners = np.unique(np.concatenate([[start, stop - 1], *found]).clip(start, stop - 1))
        if len(self.schedules) == 1 or len(corners) > MOST_STEPS:
            return corners
        steps = np.arange(start, stop) if stop - start <= MOST_STEPS else _spread(corners)
        rates = self(steps)
        turns = _turns(rates)
        highest = rates[turns] >= rates[turns - 1]
        extremes = self._extremes(steps[turns - 1], steps[turns + 1], np.where(highest, 1, -1))
        return np.unique(np.concatenate([corners, steps[turns], extremes]))

    def _extremes(self, low: Int64s, high: Int64s, sign: Int64s) -> Int64s:
        """Where each stretch has its highest rate (or, with -1, its lowest), by thirds."""
        while len(low) and (high - low).max() > 2:
            third = (high - low) // 3
            first, last = low + third, high - third
            rises = sign * self(first) < sign * self(last)
            low, high = np.where(rises, first, low), np.where(rises, high, last)
        return (low + high) // 2

    def end(self) -> int | None:
        """The last end, where each has one."""
        ends = [one.end() for one in self.schedules]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None


def _spread(corners: Int64s) -> Int64s:
    """Steps between each corner and the next, the same number everywhere, and the corners."""
    parts = MOST_STEPS // len(corners) + 2
    lengths = np.diff(corners)[:, None]
    whole, rest = divmod(lengths, parts)
    part = np.arange(parts)
    return np.unique(np.append(corners[:-1, None] + whole * part + rest * part // parts, corners))


def _turns(rates: Float32s) -> Int64s:
    """At which indices a series turns, the ends aside. What rounding makes of it is no turn."""
    with np.errstate(all="ignore"):
        new = np.flatnonzero(np.append(True, np.diff(rates) != 0))
        rises = np.diff(rates[new]) > 0
        turns = np.concatenate([new[:1], new[1:-1][rises[1:] != rises[:-1]], new[-1:]])
        while len(turns) > 2:
            sizes = np.abs(rates[turns])
            swings = np.abs(np.diff(rates[turns]))
            around = np.concatenate([[np.inf], swings, [np.inf]])
            small = swings <= ROUNDING * np.maximum(sizes[1:], sizes[:-1])
            small &= (swings <= around[:-2]) & (swings < around[2:])
            if not small.any():
                break
            gone = np.flatnonzero(small)
            turns = np.delete(turns, np.concatenate([gone, gone + 1]))
    return turns[(turns > 0) & (turns < len(rates) - 1)]
