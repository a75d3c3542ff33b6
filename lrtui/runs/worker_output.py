"""Collects what the worker process prints: its last lines, and a log file of limited size.

If the file cannot be written, there is none. What is kept is safe to show in a terminal: colours
are left out, other control characters are written as in Python (``\\x07``).
"""

import fcntl
import os
import re
from collections import deque
from pathlib import Path
from typing import IO

import platformdirs

from lrtui.protocol.outside_text import harmless

MOST_BYTES = 1_000_000
"""A log that grows longer begins anew, with the last lines."""

MOST_FILES = 5
"""Logs of earlier lrtui that are left in the folder."""

MOST_LINES = 1000
"""Lines that are kept to be shown."""

MOST_LENGTH = 2000
"""Characters of a line that are kept."""

# Patterns are texts, which re compiles when it meets them first: not before the first frame.
_NOISE = (
    r"^(\d{4}-\d\d-\d\d |[IWE]\d{4} |WARNING: All log messages|\s|Traceback |\*\*\* Check failure"
    r"|Fatal Python error|(Current t|T)hread 0x|Extension modules:|<no Python frame>)"
)
_FATAL = r"^F\d{4} [^]]*\] "


def default_log_path() -> Path:
    """The log of this process: ``worker-<pid>.log`` in the user's state folder."""
    return platformdirs.user_state_path("lrtui") / f"worker-{os.getpid()}.log"


class WorkerOutput:
    """Collects what the workers of one client print, one worker after the other.

    Args:
        path: the log file; its folder is made. One that another process writes is left alone, and
            a number put behind the name. If it cannot be written there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._words = 0
        """How many of them the present worker printed."""
        self._rest = b""
        self._file: IO[bytes] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file, self.path = _open(path)
            _remove_old(self.path)
        except OSError:
            self._drop()

    @property
    def lines(self) -> tuple[str, ...]:
        """The last 1000 lines, each of at most 2000 characters, harmless to a terminal."""
        return tuple(self._lines)

    def begin(self) -> None:
        """What follows is printed by another worker."""
        self._words = 0

    def add(self, block: bytes) -> None:
        """Some more of what it prints. Costs no more for many short lines than for a long one."""
        *lines, self._rest = (self._rest + block).replace(b"\r", b"\n").split(b"\n")
        # A line that never ends is cut: only its beginning can be told.
        self._rest = self._rest[: 4 * MOST_LENGTH]
        self._keep(lines)

    def flush(self) -> None:
        """It prints no more: a line without an end is one."""
        if self._rest:
            self._keep([self._rest])
        self._rest = b""

    def last_words(self) -> str:
        """The worker's last line that says something: no log chatter, no inside of a traceback."""
        latest = list(self._lines)[-self._words :] if self._words else []
        telling = (line for line in reversed(latest) if line and not re.match(_NOISE, line))
        return re.sub(_FATAL, "", next(telling, "")).strip()

    def close(self) -> None:
        """No more lines will come."""
        self._drop()

    def _keep(self, lines: list[bytes]) -> None:
        text = harmless(b"\n".join(lines).decode(errors="replace"), keep="\n\t")
        texts = [line[:MOST_LENGTH] for line in text.split("\n")] if lines else []
        self._lines.extend(texts)
        self._words = min(self._words + len(texts), MOST_LINES)
        self._write(texts)

    def _write(self, texts: list[str]) -> None:
        if self._file is None or not texts:
            return
        block = _encoded(texts)
        try:
            if self._file.tell() + len(block) > MOST_BYTES:
                self._file.seek(0)
                self._file.truncate()
                block = _encoded(list(self._lines))[-MOST_BYTES // 2 :]
            self._file.write(block)
        except OSError as error:
            self._lines.append(f"{self.path} could not be written on: {error.strerror}")
            self._drop()

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _encoded(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode(errors="replace")


def _open(path: Path) -> tuple[IO[bytes], Path]:
    """The file, locked while it is open. Processes of different machines may share the folder."""
    for number in range(1, 100):
        tried = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        file = tried.open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        except OSError:
            pass  # a file system without locks
        file.truncate(0)
        return file, tried
    raise FileExistsError(path)


def _remove_old(path: Path) -> None:
    """Remove the logs of earlier lrtui but for a few; one that is being written is left alone."""
    others = (other for other in path.parent.glob("worker-*.log") if other != path)
    ages = []
    for other in others:
        try:
            ages.append((other.stat().st_mtime, other))
        except FileNotFoundError:
            continue  # another lrtui was faster
    for _, old in sorted(ages)[: -MOST_FILES or None]:
        if not _locked(old):
            old.unlink(missing_ok=True)


def _locked(path: Path) -> bool:
    try:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
