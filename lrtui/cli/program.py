"""The program ``lrtui``: which commands there are, and what becomes of a wrong call.

A call that does not begin with a command opens the TUI.
"""

import errno
import gc
import os
import re
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from lrtui import __version__
from lrtui.cli.errors import Failed, WrongCall, report, unknown_name
from lrtui.cli.opening import forgive_unprintable

COMMANDS = {
    "list": "the schedules there are, with their parameters",
    "show": "plot schedules as text, with their landmarks",
    "values": "the learning rate of every step, as CSV or JSON",
    "code": "a schedule as source for Keras, PyTorch or optax",
    "train": "train a small Keras model with a schedule; a row an epoch",
    "compare": "train with several schedules on the same seeds; do they differ?",
    "sweep": "train over ranges of parameters and settings; a heat map",
    "open": "open the program on the map of a sweep that is kept in a file",
    "find": "try rising rates on a small Keras model; which one to begin with?",
    "runs": "list your trainings on this machine, also those that are over",
    "attach": "watch and steer one of them, from its first step on",
    "watch": "follow the log of any training, with a schedule under it",
    "audit": "are the rates of a log those of a schedule; if not, why not?",
    "ctl": "give a running training an order, for scripts; JSON out",
}
"""The commands, in the order of the help. ``tui`` is one as well, reached without its name."""

INTERRUPTED = 130
"""The exit code after Ctrl+C where nothing has been done that could be told: nothing is said."""
TUI = "tui"
_OWN_OPTIONS = ("-h", "--help", "--version")
_NAME = re.compile(r"[A-Za-z][\w.-]*")

_FILES = (".py", ".keras", ".h5", ".hdf5")
"""A first word that ends so is a file and no name; what opens it says what is wrong with it."""

_HELP = """See what a learning rate schedule really does.

Without a command the program opens on SCHEDULE: turn its parameters under a live plot, train a
real Keras model with it, reset it in mid-training.

\b
  --cold             load TensorFlow only when a training is asked for
  --device cpu|gpu   what a training may use (default: cpu, no GPU)
  --threads N        threads of a training (default: 2)
  --unit step|epoch  what the steps of the schedule are
  -p NAME=VALUE      set a parameter, or a name in the line; may be repeated
  --allow-own PATH   code that data name, and not you, may be run as it is now

SCHEDULE is a short name (exponential), a class name (ExponentialDecay) or, in quotes, the line of
a training script: 'ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)'; or your own, in a
Python file: mymodule.py:name, a function from a step to its rate or a Keras schedule.
"""


class Program(click.Group):
    """A group that imports a command when it is called, and falls back to the TUI."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands that the help names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in (*COMMANDS, TUI):
            return None
        command: click.Command = import_module(f"lrtui.cli.commands.{cmd_name}").command
        if cmd_name not in (TUI, "attach"):  # which have more to import
            gc.enable()
        return command

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two usages: with and without a command."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [SCHEDULE]")
        formatter.write_usage(ctx.command_path, "COMMAND ...", prefix="       ")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, none of which is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Send a call that begins with no command to the TUI."""
        first = args[0] if args else ""
        if first not in (*COMMANDS, TUI, *_OWN_OPTIONS):
            if _NAME.fullmatch(first) and not first.endswith(_FILES):
                _refuse_unknown(first)
            args = [TUI, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that leaves early, as head does, ends it quietly."""
        if sys.stdout is None:
            raise Failed("stdout is closed: send it somewhere, to /dev/null for instance")
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except OSError as error:
            if message := _fault(error):
                raise Failed(message) from None
            return 0
        except KeyboardInterrupt:  # click would print an empty line
            raise click.Abort from None
        return result

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run and exit; every error is a line on stderr."""
        forgive_unprintable()
        _heed_ctrl_c()
        extra["standalone_mode"] = False
        try:
            code = super().main(args, prog_name, **extra)
        except click.UsageError as error:
            report(error.format_message(), error.ctx, hint=not isinstance(error, WrongCall))
            code = 2
        except Failed as error:
            report(str(error), error.ctx)
            code = 1
        except OSError as error:  # of a help, which is written before a command is invoked
            message = _fault(error)
            code = 1 if message else 0
            if message:
                report(message)
        except click.Abort:
            code = INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


def _heed_ctrl_c() -> None:
    """From now on Ctrl+C is an exception: what is under way ends in good order."""
    if callable(signal.getsignal(signal.SIGINT)):
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _refuse_unknown(name: str) -> None:
    from lrtui.schedules import Invalid, read

    try:
        read(name)
    except Invalid as refusal:
        unknown = "must be the name of a schedule" in str(refusal)
        message = unknown_name(name, list(COMMANDS)) if unknown else str(refusal)
        raise WrongCall(message) from None


def end(error: OSError | KeyboardInterrupt) -> NoReturn:
    """Exit as a command that met this would."""
    if isinstance(error, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    message = _fault(error)
    if message:
        report(message)
    sys.exit(1 if message else 0)


def _fault(error: OSError) -> str:
    """What the system refused; empty: only that a reader left early."""
    _discard_output()
    if error.errno == errno.EPIPE:
        return ""
    where = f"{error.filename}: " if error.filename else "the output could not be written: "
    return f"{where}{error.strerror}"


def _discard_output() -> None:
    """Let what is still buffered for stdout go nowhere, so that the exit does not fail on it."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@click.group(
    cls=Program,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="lrtui %(version)s")
def program() -> None:
    """The program; its help is `_HELP`."""
