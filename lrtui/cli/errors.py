"""Errors of the command line: one line on stderr, never a traceback."""

import contextlib
import difflib
from collections.abc import Sequence

import click

from lrtui.cli.output import put

_LONGEST = 400


class WrongCall(click.UsageError):
    """The call was wrong: the message names the argument, what is allowed, what was received."""


class Failed(click.ClickException):
    """The call was right, and it failed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.ctx = click.get_current_context(silent=True)


def report(message: str, ctx: click.Context | None = None, *, hint: bool = False) -> None:
    """One line on stderr, after the command's name; `hint`: and where its options are listed."""
    path = ctx.command_path.removesuffix(" tui") if ctx else "lrtui"
    line = one_line(message)
    if hint:
        line = f"{line.rstrip('.')} ({path} --help)"
    with contextlib.suppress(OSError):  # where that is not read, the exit code tells
        put(f"{path}: {line}", err=True)


def one_line(message: str) -> str:
    """A message without line ends, control characters and excessive length."""
    line = "".join(c if c.isprintable() else "?" for c in " ".join(message.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def unknown_name(name: str, commands: Sequence[str]) -> str:
    """What to say when a word is neither a command nor a schedule: what it is near to."""
    from lrtui.schedules import catalogue

    known = {f"lrtui {command}": command for command in commands}
    for short, schedule in catalogue().items():
        known |= {short: short, schedule.__name__: schedule.__name__.lower()}
    likeness = {
        shown: difflib.SequenceMatcher(None, name.lower(), text).ratio()
        for shown, text in known.items()
    }
    near = sorted((shown for shown in known if likeness[shown] >= 0.5), key=likeness.__getitem__)
    advice = f"did you mean {' or '.join(near[:-4:-1])}?" if near else "`lrtui list` shows them all"
    commands_too = "" if near else f"; commands: {', '.join(commands)}"
    return (
        f"schedule must be the name of a schedule, or a command ({advice}{commands_too}). "
        f"Received: {one_line(repr(name))[:60]}"
    )
