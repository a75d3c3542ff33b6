"""``python -m lrtui`` and the console script: gives the command line what opens the TUI."""

import os
import signal
from types import FrameType

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:

    def _leave(number: int, frame: FrameType | None) -> None:
        """Ctrl+C while modules are read: nothing was done, and nothing is to be said of it."""
        os._exit(130)

    signal.signal(signal.SIGINT, _leave)

import gc
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

    from lrtui.kept.consent import Consent
    from lrtui.runs.trainings import Training
    from lrtui.runs.watched import LogsToWatch
    from lrtui.schedules import Reading


def main() -> None:
    """Start the command line."""
    # Modules are no garbage: looking for some among them takes a tenth of the time to the first
    # frame. Whoever is done with importing turns it on again.
    gc.disable()
    # NumPy's linear algebra, of which nothing is used, starts a thread for each core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    try:
        from lrtui.cli import main as cli

        cli(open_tui)
    except Exception as error:
        _end_with(error)


def _end_with(error: Exception) -> NoReturn:
    """The last resort, for what nobody expected: a line, and its trace in the log."""
    told = ([line.strip() for line in str(error).splitlines() if line.strip()] or [""])[-1]
    told = f"{type(error).__name__}: {told}" if told else type(error).__name__
    with suppress(Exception):  # without the memory for it, there is no log
        from lrtui.kept.fault_log import FaultLog

        told = FaultLog().record(error)
    # Whatever else is wrong, a line that cannot be printed is no reason for a trace.
    with suppress(Exception):
        sys.stderr.write(f"lrtui: {told}\n")
        sys.stderr.flush()
    with suppress(Exception):
        sys.stdout.flush()
        sys.exit(1)
    os._exit(1)  # what waits for stdout cannot be written


def open_tui(
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
    """Open the TUI, and return when it is left. See :func:`lrtui.tui.start.run`."""
    _leave_out_tls()
    for name in ("COLUMNS", "LINES"):  # the terminal knows its size; these may be of another one
        os.environ.pop(name, None)
    # First, from a shallow stack: deep in other imports its own ones cross, at each of a thousand
    # calls, the end of the memory for Python's frames, which is mapped and given back each time.
    import numpy  # noqa: F401

    from lrtui.kept.consent import Consent, default_path
    from lrtui.tui import start

    consent = consent or Consent(default_path())
    if watch is not None:
        start.run_watched(schedule, consent, watch)
    elif attach is not None:
        start.run_attached(schedule, consent, attach)
    else:
        start.run(schedule, consent, cold=cold, device=device, threads=threads, store=store)


def _leave_out_tls() -> None:
    """Read asyncio without it: it takes 6 ms, and nothing here speaks to a network."""
    if "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]  # not to be imported
        import asyncio  # noqa: F401

        del sys.modules["ssl"]


if __name__ == "__main__":
    main()
