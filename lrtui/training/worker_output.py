"""What the worker process prints: its last lines and a capped log file.

A file that cannot be written never stops anything.
"""

import os
import re
from collections import deque
from pathlib import Path
from typing import IO

import platformdirs

MOST_BYTES = 1_000_000
"""A log that grows longer begins anew."""

MOST_FILES = 5
"""Logs of earlier and of other lrtui that are left in the folder."""

_NOISE = re.compile(r"^(\d{4}-\d\d-\d\d |[IWE]\d{4} |WARNING: All log messages|\s|Traceback )")


def default_log_path() -> Path:
    """The log of this process: ``worker-<pid>.log`` in the user's state folder."""
    return platformdirs.user_state_path("lrtui") / f"worker-{os.getpid()}.log"


class WorkerOutput:
    """Collects what a worker prints.

    Args:
        path: the log file; its folder is made. If it cannot be written there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: deque[str] = deque(maxlen=200)
        self._file: IO[str] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8", errors="replace")
            _remove_old(path)
        except OSError:
            self._file = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The last 200 lines."""
        return tuple(self._lines)

    def add(self, line: str) -> None:
        """One more line, without its newline."""
        self._lines.append(line)
        if self._file is None:
            return
        try:
            if self._file.tell() + len(line) > MOST_BYTES:
                self._file.seek(0)
                self._file.truncate()
            self._file.write(line + "\n")
            self._file.flush()
        except OSError:
            self._file = None

    def last_words(self) -> str:
        """The last line that says something: no log chatter, no inside of a traceback."""
        telling = (line for line in reversed(self._lines) if line and not _NOISE.match(line))
        return next(telling, "").strip()

    def close(self) -> None:
        """No more lines will come."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _remove_old(path: Path) -> None:
    others = (other for other in path.parent.glob("worker-*.log") if other != path)
    for old in sorted(others, key=lambda other: other.stat().st_mtime)[: -MOST_FILES or None]:
        old.unlink(missing_ok=True)
