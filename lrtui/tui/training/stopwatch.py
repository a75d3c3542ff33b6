"""Estimates how long a run will still take, from its pace so far without pauses."""

from collections.abc import Callable

from lrtui.protocol import Event, Paused, Resumed
from lrtui.runs.record import RunRecord


class Stopwatch:
    """Times the present run.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = 0.0
        self._base = 0
        self._held = 0.0

    def begin(self, steps: int) -> None:
        """Begin to time a run of which so many steps are done already."""
        self._began, self._base = self._clock(), steps

    def hear(self, event: Event) -> None:
        """Note pauses, which are left out."""
        if isinstance(event, Paused):
            self._held = self._clock()
        elif isinstance(event, Resumed):
            self._began += self._clock() - self._held

    def seconds_left(self, record: RunRecord) -> float | None:
        """Until all steps are done; None: not known yet, or it does not go on."""
        total = record.settings.steps
        if total is None or record.steps <= self._base or record.state == "paused":
            return None
        seconds_a_step = (self._clock() - self._began) / (record.steps - self._base)
        return seconds_a_step * (total - record.steps)
