"""Opening the TUI, if there is a terminal to open it on. Imports next to nothing until it does."""

import os
import sys
from typing import TYPE_CHECKING, TextIO

from lrtui.lazily import without

if TYPE_CHECKING:
    from lrtui.schedules import Reading

PLAIN: tuple[list[str], ...] = ([], ["--cold"])
"""The calls that open it and have nothing in them that could be wrong."""


def open_tui(
    schedule: "Reading | None" = None,
    *,
    cold: bool = False,
    device: str = "cpu",
    threads: int = 2,
) -> None:
    """Open it, and return when it is left. See :func:`lrtui.tui.app.run`."""
    from lrtui.tui.early import ASIDE, prepare

    forgive_unprintable()
    ASIDE.begin(prepare)  # before anything is imported that it has no use for
    with without("ssl"):  # nothing here speaks to a network
        import asyncio  # noqa: F401
    from lrtui.tui.app import run

    run(schedule, cold=cold, device=device, threads=threads)


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
