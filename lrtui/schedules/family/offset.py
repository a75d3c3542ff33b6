"""Any schedule, begun later on."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inner, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.parameters import WarmupSteps


class Offset(Composition, frozen=True, tag="offset"):
    """Another schedule, begun at a later step of it: what a resumed training goes on with.

    Formula:
        schedule at step + steps

    Args:
        schedule: what is gone on with.
        steps: the step of the schedule that is step 0 here.

    Example:
        >>> from lrtui.schedules import parse
        >>> Offset(parse("LinearDecay(0.5, 100)"), steps=50)([0, 25, 50])
        array([0.25 , 0.125, 0.   ], dtype=float32)

    Reference:
        keras.optimizers.Optimizer, whose iterations go on in a second fit; torch's last_epoch
    """

    schedule: Inner = CosineDecay()
    steps: WarmupSteps = 500

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above."""
        return self.schedule.formula(real(step + self.steps, xp), xp)

    def corners(self, start: int, stop: int) -> Int64s:
        """Those of the schedule, earlier."""
        corners = self.schedule.corners(start + self.steps, stop + self.steps)
        return np.asarray(corners, np.int64) - self.steps

    def end(self) -> int | None:
        """Where the schedule ends."""
        end = self.schedule.end()
        return None if end is None else max(end - self.steps, 0)

    def rises_again(self) -> int | None:
        """Where the schedule does."""
        again = self.schedule.rises_again()
        return None if again is None else max(again - self.steps, 0)
