"""Any schedule whose steps are epochs."""

from typing import Any

import numpy as np

from lrtui.schedules.arrays import Int64s
from lrtui.schedules.base import Composition, Inner, real
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.parameters import Steps

STEPS_PER_EPOCH = 64


class PerEpoch(Composition, frozen=True, tag="per-epoch"):
    """Another schedule whose steps are epochs: it holds each of its rates for an epoch.

    Formula:
        schedule at floor(step / steps_per_epoch)

    Args:
        schedule: what gives the rate of each epoch, counted from 0.
        steps_per_epoch: steps of an epoch.

    Example:
        >>> from lrtui.schedules import parse
        >>> PerEpoch(parse("LinearDecay(0.5, 10)"), steps_per_epoch=100)([0, 99, 100, 500])
        array([0.5 , 0.5 , 0.45, 0.25], dtype=float32)

    Note:
        It is what a script does that calls scheduler.step() once an epoch, as most for PyTorch do,
        and what Keras' LearningRateScheduler does.

    Reference:
        keras.callbacks.LearningRateScheduler; torch.optim.lr_scheduler
    """

    schedule: Inner = CosineDecay(0.1, 20)
    steps_per_epoch: Steps = STEPS_PER_EPOCH

    def formula(self, step: Any, xp: Any) -> Any:
        """The rates at these steps, by the formula above.

        Half a step on: a compiler may divide a little too low.
        """
        epoch = xp.floor((step + 0.5) / self.steps_per_epoch)
        return self.schedule.formula(real(epoch, xp), xp)

    def corners(self, start: int, stop: int) -> Int64s:
        """The epochs around each corner of the schedule, of which one may be off by one."""
        first, last = start // self.steps_per_epoch, stop // self.steps_per_epoch + 1
        epochs = np.asarray(self.schedule.corners(first, last), np.int64)
        around = epochs[:, None] + np.array([-1, 0, 1, 2])
        return np.unique(around) * self.steps_per_epoch

    def end(self) -> int | None:
        """Where the epoch begins in which the schedule ends."""
        end = self.schedule.end()
        return None if end is None else end * self.steps_per_epoch

    def rises_again(self) -> int | None:
        """Where the schedule does."""
        again = self.schedule.rises_again()
        return None if again is None else again * self.steps_per_epoch
