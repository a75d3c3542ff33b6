"""What a run could do from its present step on: as planned, cooled down, as the form. Pure.

A cooldown to zero says what the loss is without the noise of the present rate (Hägele et al. 2024,
arXiv:2405.18392): its straight line, the steeper 1 - sqrt, and half a cosine.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.family.wsd import WarmupStableDecay

SHAPES = ("linear", "1-sqrt", "cosine")


class Fork(Struct, frozen=True, eq=False):
    """One of the ways to go on."""

    name: str
    rates: Float32s
    """Of each step from the present one on, shape (steps,)."""
    schedule: Schedule | None = None
    """What a run is reset to, to go this way; None: it goes this way already."""


def forks(
    planned: Callable[[int, int], Float32s],
    step: int,
    stop: int,
    cooldown_steps: int,
    shown: Schedule,
) -> list[Fork]:
    """The ways from a step on.

    Args:
        planned: the rates that the run will have, from a step up to, but not, another one.
        step: the one that comes next.
        stop: where the run ends.
        cooldown_steps: over which it cools down; at most those that are left.
        shown: what the form shows.
    """
    left = stop - step
    as_planned = planned(step, stop)
    rate, cooled = float(as_planned[0]), min(cooldown_steps, left)
    found = [Fork("as planned", as_planned)]
    if rate > 0:
        for shape in SHAPES:
            schedule = WarmupStableDecay(rate, 0, 0, cooled, decay_shape=shape)
            rates = np.asarray(schedule(np.arange(cooled)), np.float32)
            found.append(Fork(f"cooled down, {shape}", rates, schedule))
    rates = np.asarray(shown(np.arange(left)), np.float32)
    if np.isfinite(rates).all():
        found.append(Fork("what the form shows", rates, shown))
    return found
