"""Whether there is a terminal to open the TUI on. Imports next to nothing."""

import os
import sys
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from lrtui.kept.consent import Consent
    from lrtui.runs.trainings import Training
    from lrtui.runs.watched import LogsToWatch
    from lrtui.schedules import Reading

PLAIN: tuple[list[str], ...] = ([], ["--cold"])
"""The calls that open it and have nothing in them that could be wrong."""


class OpenTui(Protocol):
    """Opens the TUI, and returns when it is left. The command line is given it: it knows none."""

    def __call__(
        self,
        schedule: "Reading | None" = None,
        consent: "Consent | None" = None,
        *,
        cold: bool = False,
        device: str = "cpu",
        threads: int = 2,
        attach: "Training | None" = None,
        watch: "LogsToWatch | None" = None,
        store: "Path | None" = None,
    ) -> None:
        """Open it.

        Args:
            schedule: what the form shows, and what is told of it; None: what it showed last.
            consent: which files of code a person allowed; None: what is kept of it.
            cold: load TensorFlow only when a training is asked for.
            device: ``cpu`` or ``gpu``.
            threads: of a training, at most.
            attach: a training of somebody's script to watch and steer, instead of one of its own.
            watch: logs of trainings to follow, instead of a training of its own.
            store: a file of ``lrtui sweep`` whose map is shown first.
        """


def missing() -> str:
    """Why the TUI cannot be shown here; empty: it can. It reads stdin and draws on stderr."""
    if os.environ.get("TERM") == "dumb":
        return "the program needs a terminal that can place its cursor. Received: TERM=dumb"
    streams = {"stdin": sys.stdin, "stdout": sys.stdout, "stderr": sys.stderr}
    redirected = [name for name, stream in streams.items() if not _is_terminal(stream)]
    if redirected:
        names = ", ".join(redirected)
        return f"the program needs a terminal on stdin, stdout and stderr. Redirected: {names}"
    return ""


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def forgive_unprintable() -> None:
    """Print what the terminal cannot show as a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
