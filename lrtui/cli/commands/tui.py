"""``lrtui [SCHEDULE]``: open the TUI, if there is a terminal to open it on."""

import os
import sys
from typing import TextIO

import click

from lrtui.cli.errors import WrongCall
from lrtui.cli.options import Worker, options_of, overrides, schedule_of
from lrtui.cli.program import COMMANDS


@click.command("tui", hidden=True)
@click.argument("schedule", required=False)
@overrides
@click.option("--cold", is_flag=True, help="load TensorFlow only when a training is asked for")
@options_of(Worker)
def command(
    schedule: str | None, overrides: dict[str, str], cold: bool, device: str, threads: int
) -> None:
    """Open the program on SCHEDULE (default: as it was last left)."""
    if schedule in COMMANDS:
        raise WrongCall(f"the command {schedule} must come first, as in lrtui {schedule} --help")
    chosen = None
    if schedule is not None or overrides:
        chosen = schedule_of(schedule or "exponential", overrides)
    if lack := _what_is_missing():
        raise WrongCall(f"{lack}. What works without: lrtui {', '.join(COMMANDS)}")
    from lrtui.tui.early import ASIDE, prepare

    ASIDE.begin(prepare)  # before anything is imported that it has no use for
    from lrtui.tui.app import run

    run(chosen, cold=cold, device=device, threads=threads)


def _what_is_missing() -> str:
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
