"""Keeps the sitting in its file: soon after a change, and at the end. Never over a faulty one, nor
over one that someone else has changed.
"""

from collections.abc import Callable
from pathlib import Path

from lrtui.kept import NotWritten, read, write
from lrtui.tui.saved_session import COMMENT, Sitting

SETTLED_SECONDS = 2.0
"""A change is written when nothing else has changed for so long."""


class Keeper:
    """Reads and writes the sitting.

    Args:
        path: the file; None: nothing is kept.
        clock: seconds, monotonic.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float]) -> None:
        self._kept = None if path is None else read(path, Sitting)
        self._clock = clock
        self._written = self._seen = self.sitting
        self._since = clock()

    @property
    def sitting(self) -> Sitting:
        """What was kept."""
        return Sitting() if self._kept is None else self._kept.value

    @property
    def complaint(self) -> str:
        """What is wrong with the file; empty: nothing."""
        if self._kept is None or not self._kept.complaints:
            return ""
        return f"{self._kept.complaints[0]}. It is left as it is, nothing of this sitting is kept"

    def note(self, sitting: Sitting, *, at_once: bool = False) -> str:
        """Keep this, once it has settled. Returns why it could not be written; empty: no fault."""
        if sitting != self._seen:
            self._seen, self._since = sitting, self._clock()
        settled = at_once or self._clock() - self._since >= SETTLED_SECONDS
        if self._kept is None or not settled or sitting == self._written:
            return ""
        self._written = sitting
        try:
            self._kept = write(self._kept, sitting, COMMENT)
        except NotWritten as refusal:
            told = bool(self._kept.complaints)  # at the start
            self._kept = None
            return "" if told else f"{refusal}: nothing more of this sitting is kept"
        except OSError as error:
            return f"{self._kept.path} could not be written: {error.strerror}"
        return ""
