"""The smoothed loss of a range test, and when it says that training diverges."""

import math

SMOOTHING = 0.98
"""The part of the smoothed loss that each step keeps."""
DIVERGED_TIMES = 4.0
"""Diverged: the smoothed loss is so many times the least it ever was."""


class Smoothing:
    """The smoothed loss, a step at a time, and whether the training diverges.

    The exponential mean ``b * mean + (1 - b) * loss`` with b = SMOOTHING, divided by
    ``1 - b ** steps`` so that it does not begin at 0.
    """

    def __init__(self) -> None:
        self._mean, self._weight, self._least = 0.0, 1.0, math.inf
        self.diverged = False
        """Whether a loss was not finite, or the smoothed one grew to DIVERGED_TIMES its least.

        A smoothed loss of 0 or below has no multiple to grow to: there only the first counts.
        """

    def add(self, loss: float) -> float:
        """One more loss. Returns the smoothed one."""
        self._mean = SMOOTHING * self._mean + (1 - SMOOTHING) * loss
        self._weight *= SMOOTHING
        value = self._mean / (1 - self._weight)
        self._least = min(self._least, value)
        grown = self._least > 0 and value > DIVERGED_TIMES * self._least
        self.diverged = self.diverged or grown or not math.isfinite(value)
        return value
