"""A share of the event loop: whoever floods us must not keep keys from being obeyed.

Knows nothing of who floods, or what with.
"""

import asyncio
from collections.abc import Callable

AT_A_TIME_SECONDS = 0.005
"""One works for so long, then the others have as much."""

MOST_SECONDS = 0.05
"""The others never have more: who was stopped while he worked (Ctrl+Z) has not worked so long."""


class Fair:
    """Keeps one who works in the loop from taking more than half of its time.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at = clock()
        self._taken = 0.0

    def waited(self) -> None:
        """Since the last call the loop was free for others."""
        now = self._clock()
        self._taken, self._at = max(0.0, self._taken - (now - self._at)), now

    async def worked(self) -> None:
        """Since the last call it was not. Leaves it to the others for as long if it was enough."""
        now = self._clock()
        self._taken, self._at = self._taken + now - self._at, now
        if self._taken >= AT_A_TIME_SECONDS:
            await asyncio.sleep(min(self._taken, MOST_SECONDS))
            self._taken, self._at = 0.0, self._clock()
