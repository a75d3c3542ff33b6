"""Any schedule, scaled."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inner, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.parameters import Factor


class Scaled(Composition, frozen=True, tag="scaled"):
    """Another schedule, all of its rates multiplied by a factor.

    Formula:
        factor * schedule

    Args:
        schedule: what is scaled.
        factor: what each rate is multiplied by.

    Example:
        >>> from lrtui.schedules import parse
        >>> Scaled(parse("LinearDecay(0.5, 100)"), factor=0.5)([0, 50, 100])
        array([0.25 , 0.125, 0.   ], dtype=float32)

    Reference:
        torch.optim.lr_scheduler.LambdaLR, which scales the optimizer's rate; Goyal et al. 2017,
        arXiv:1706.02677, on scaling with the batch size
    """

    schedule: Inner = CosineDecay()
    factor: Factor = 0.5

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        return self.factor * self.schedule.formula(real(step, xp), xp)

    def corners(self, start: int, stop: int) -> Int64s:
        """Those of the schedule."""
        return np.asarray(self.schedule.corners(start, stop), np.int64)

    def end(self) -> int | None:
        """Where the schedule ends."""
        return self.schedule.end()
