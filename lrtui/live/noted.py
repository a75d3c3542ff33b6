"""What the steps of a training noted of themselves: their rates, losses, and whether they counted.

Values only; the backends write them inside the step and read them back in bulk.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lrtui.protocol.values import NOT_KNOWN
from lrtui.schedules.arrays import Float32s

CAPACITY = 4096
"""Steps that are held: at 1 ms a step, reading five times a second leaves a margin of twenty."""

RATE, LOSS, DID, SEEN = range(4)
"""The columns of a row: the rate, the loss, what the step did, whether its loss was seen."""
UPDATED, ACCUMULATED, SKIPPED = 1.0, 0.0, -1.0
"""What a step did."""


class Noted(NamedTuple):
    """What was noted of some steps; each array of shape (steps,)."""

    rates: Float32s
    """The rate that each step used; NOT_KNOWN, a NaN: none, the weights did not move."""
    losses: Float32s
    """The loss of each step's batch; NOT_KNOWN, a NaN, where it was not seen."""
    skipped: NDArray[np.bool_]
    """Whether LossScaleOptimizer skipped it."""
    updated: NDArray[np.bool_]
    """Whether it moved the weights; not if it was skipped or only accumulates gradients."""
    seen: NDArray[np.bool_]
    """Whether its loss was seen: a ``train_step`` of one's own may not call ``compute_loss``."""

    @classmethod
    def of(cls, rows: Float32s) -> Self:
        """What rows of four columns say, shape (steps, 4)."""
        did, seen = rows[:, DID], rows[:, SEEN] == 1
        return cls(
            rates=np.where(did == UPDATED, rows[:, RATE], NOT_KNOWN),
            losses=np.where(seen, rows[:, LOSS], NOT_KNOWN),
            skipped=did == SKIPPED,
            updated=did == UPDATED,
            seen=seen,
        )
