"""How many steps a loop does between two looks, and how long trainings will take."""

import contextlib
import time
from collections.abc import Callable, Iterator

from lrtui.worker.at_once.loop import PIECE_STEPS, Impossible

PIECE_SECONDS = 0.2
"""A piece takes about so long at most, whatever a step takes."""


class LoopPace:
    """Of one loop. Its first piece is a step, and is not timed: it compiles."""

    def __init__(self) -> None:
        self._compiled = False
        self._step_seconds = 0.0

    @property
    def steps(self) -> int:
        """Of the next piece, at most."""
        if not self._step_seconds:
            return 1
        return min(PIECE_STEPS, max(1, int(PIECE_SECONDS / self._step_seconds)))

    @contextlib.contextmanager
    def timed(self, steps: int) -> Iterator[None]:
        """Time a piece of so many steps."""
        begun = time.perf_counter()
        yield
        if self._compiled:
            self._step_seconds = (time.perf_counter() - begun) / steps
        self._compiled = True


class Forecast:
    """Sees whether trainings would take too long.

    Args:
        steps: of all of them.
        most_seconds: they may take; None: any time.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        steps: int,
        most_seconds: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steps, self._most = steps, most_seconds
        self._clock = clock
        self._done = self._compilations = 0
        self._seen: list[tuple[float, int]] = []

    def add(self, steps: int, compilations: int = 0) -> None:
        """So many steps more are done, and so often something was compiled up to now.

        Raises:
            Impossible: all of them would take too long.
        """
        self._done += steps
        if compilations != self._compilations:
            self._compilations, self._seen = compilations, []
        self._seen.append((self._clock(), self._done))
        (begun, before), (now, after) = self._seen[0], self._seen[-1]
        if self._most is None or len(self._seen) < _LOOKS or now - begun < _LEAST_SECONDS:
            return
        left = (self._steps - after) * (now - begun) / (after - before)
        if left > self._most:
            whole = left + now - begun
            raise Impossible(f"too large for at once: these trainings would take {_about(whole)}")


_LOOKS = 4
"""So often it is looked before anything is said."""
_LEAST_SECONDS = 3.0
"""And for so long: on a busy machine the first few steps say nothing of the others."""


def _about(seconds: float) -> str:
    """``about 50 s``, ``about 12 min``, ``about 3.5 h``."""
    if seconds < 100:
        return f"about {seconds:.0f} s"
    if seconds < 100 * 60:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
