"""The log of errors that nobody expected: what is said of one, and where its trace is written.

Nothing here fails: a log that cannot be written is none.
"""

import os
import stat
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from lrtui import __version__
from lrtui.protocol.outside_text import harmless

FAULTS_FILE = "faults.log"
"""Within the user's state folder."""
MOST_BYTES = 500_000
"""A log that is longer begins anew."""
MOST_CHARACTERS = 50_000
"""Of one trace: of a recursion its end is kept."""
MOST_SAID = 200


def default_path() -> Path:
    """Where the log is."""
    from platformdirs import user_state_path

    return user_state_path("lrtui") / FAULTS_FILE


class FaultLog:
    """Writes traces; of an error that comes again at the same place one is enough.

    Args:
        path: the log; None: that of the user.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._written: set[tuple[object, ...]] = set()

    def record(self, error: BaseException) -> str:
        """Write the trace of an error that nobody expected. Returns what to say of it: a line."""
        said = f"lrtui has a fault ({_short(error)})"
        try:
            path = self._path = self._path or default_path()
            if (where := _place(error)) not in self._written:
                _append(path, error)
                self._written.add(where)
        except Exception as refused:  # whatever it is: the first error is the one to be told
            return f"{said}; its trace could not be written ({_short(refused)})"
        return f"{said}; its trace is in {path}"

    def catch_stray_faults(self) -> None:
        """Record the errors of threads and of the garbage collector, which Python prints."""

        def catch(known: Any) -> None:
            if known.exc_value is not None and not isinstance(known.exc_value, SystemExit):
                self.record(known.exc_value)

        threading.excepthook = sys.unraisablehook = catch


def _place(error: BaseException) -> tuple[object, ...]:
    frames = [
        (frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return (type(error), *frames[-2:])


def _append(path: Path, error: BaseException) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        known = os.fstat(descriptor)
        if not stat.S_ISREG(known.st_mode):
            raise OSError("it is no plain file")
        if known.st_size > MOST_BYTES:
            file.truncate(0)
        trace = "".join(traceback.format_exception(error))[-MOST_CHARACTERS:]
        when = time.strftime("%Y-%m-%d %H:%M:%S")
        python = sys.version.split()[0]
        head = f"--- {when}, lrtui {__version__}, Python {python}\n"
        file.write((head + harmless(trace, keep="\n")).encode(errors="replace"))


def _short(error: BaseException) -> str:
    try:
        lines = harmless(str(error), keep="\n").split("\n")
    except Exception:  # its text cannot be made
        lines = []
    first = next((line.strip() for line in lines if line.strip()), "")
    name = type(error).__name__
    text = f"{name}: {first}" if first else name
    return text if len(text) <= MOST_SAID else text[: MOST_SAID - 1] + "…"
