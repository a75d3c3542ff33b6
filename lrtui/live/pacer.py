"""How fast a training may go: so many steps a second, so that a person can watch and steer."""

from collections.abc import Callable

SLACK_SECONDS = 0.1
"""A training that fell behind by more than this does not rush to catch up."""


class Pacer:
    """Says how long to wait before the next step. It never waits itself.

    Args:
        pace: steps a second; None: no limit.
        clock: seconds, monotonic.
    """

    def __init__(self, pace: float | None, clock: Callable[[], float]) -> None:
        self.pace = pace
        self._clock = clock
        self.restart(0)

    def restart(self, steps: int) -> None:
        """Count from here: so many steps are done now."""
        self._since, self._steps = self._clock(), steps

    def early(self, steps: int) -> float:
        """Seconds until the step after so many may begin; 0 or less: at once."""
        if not self.pace:
            return 0.0
        early = self._since + (steps - self._steps) / self.pace - self._clock()
        if early < -SLACK_SECONDS:
            self.restart(steps)
        return early
