"""Where the warmup of a schedule ends, seen by its rates."""

import numpy as np

from lrtui.schedules import Schedule

_LOOKED_AT = 1 << 18
_RISES = 1.05


def warmup_end(schedule: Schedule, last: int) -> int:
    """The step at which the rate has risen to its first peak; 0: it does not rise at first.

    Args:
        schedule: any.
        last: the last step that is looked at.
    """
    rates = schedule(np.arange(min(last, _LOOKED_AT) + 2)).astype(np.float64)
    falls = np.flatnonzero(np.diff(rates) < 0)
    end = int(falls[0]) if len(falls) else len(rates) - 1
    peak = rates[end]
    first = int(np.argmax(rates[: end + 1] >= peak))  # it may be held for a while
    return first if first and peak > _RISES * rates[0] else 0
