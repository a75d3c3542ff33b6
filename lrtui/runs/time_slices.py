"""Divides the event loop: one task with much to do leaves half of the time to the others.

So a worker that floods us with events does not delay the keys that a person presses.
"""

import asyncio
from collections.abc import Callable

AT_A_TIME_SECONDS = 0.005
"""The task works for so long, then the other tasks have as much time."""

MOST_SECONDS = 0.05
"""The others never have more: a process that was stopped (Ctrl+Z) has not worked meanwhile."""


class TimeSlices:
    """Keeps one task from taking more than half of the loop's time.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at = clock()
        self._taken = 0.0

    def begin(self) -> None:
        """The task begins to work; since the last call the loop was free for others."""
        now = self._clock()
        self._taken, self._at = max(0.0, self._taken - (now - self._at)), now

    async def end(self) -> None:
        """The task has worked since :meth:`begin`. If that was long, wait here for as long."""
        now = self._clock()
        self._taken, self._at = self._taken + now - self._at, now
        if self._taken >= AT_A_TIME_SECONDS:
            await asyncio.sleep(min(self._taken, MOST_SECONDS))
            self._taken, self._at = 0.0, self._clock()
