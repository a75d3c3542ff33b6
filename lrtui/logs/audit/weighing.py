"""Whether a log says enough to be sure of an explanation."""

import numpy as np

from lrtui.logs.audit.hypotheses import Case, Hypothesis
from lrtui.schedules.arrays import Bools

_FEWEST_RATES = 3
_DIGITS = 9


def is_clear(case: Case, one: Hypothesis, right: Bools) -> bool:
    """Whether another cause could hardly have left the same rates.

    Args:
        case: what was looked at.
        one: what explains it.
        right: which rates it gives.
    """
    if len(right) < _FEWEST_RATES or not one.unique:
        return False
    explained = case.wrong & right
    values = _distinct(case, explained)
    match one.kind:
        case "base_rate":
            # Of a rate that is held, no height says that it should have fallen.
            seen = values >= 2 or float(np.ptp(case.at(case.steps))) == 0
            return int(explained.sum()) >= 2 and one.values["factor"] > 0 and seen
        case "floor":
            return int(explained.sum()) >= 3 and values == 1 and _distinct(case, ~case.wrong) >= 2
        case "resumed_at_zero":
            before = np.arange(len(right)) < int(np.argmax(case.wrong))
            return int(explained.sum()) >= 3 and values >= 2 and _distinct(case, before) >= 2
        case "reset_ignored":
            return int(explained.sum()) >= 2 and int((~case.wrong).sum()) >= 2
        case "per_replica" | "per_accumulated_update" | "steps_late" | "steps_early":
            return int(explained.sum()) >= 3 and _distinct(case, right) >= 2
        case _:
            return _distinct(case, right) >= 2


def _distinct(case: Case, which: Bools) -> int:
    """How many different rates there are among these."""
    values = case.logged.values[which]
    return len(np.unique(np.round(values / (case.logged.peak or 1), _DIGITS)))
