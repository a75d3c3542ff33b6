"""What is done when a training diverges: a command of the user's, run without a shell."""

import shlex
import subprocess
from typing import Literal

from lrtui.live.hooks import say, short
from lrtui.schedules import Invalid

OnDivergence = Literal["go on", "pause", "stop"]
"""What the first loss that is not finite does."""

PLACES = {"name": "mnist", "reason": "the loss of step 7 is nan", "step": "7"}


def check_command(command: str) -> None:
    """Make sure that a command can be run.

    Raises:
        Invalid: it cannot be split, or names a place that is not known.
    """
    _arguments(command, PLACES)


def run_command(command: str, *, name: str, reason: str, step: int) -> None:
    """Run it and do not wait; what cannot be run is said in a line."""
    try:
        arguments = _arguments(command, {"name": name, "reason": reason, "step": str(step)})
        nothing = subprocess.DEVNULL
        subprocess.Popen(
            arguments, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
    except (OSError, Invalid) as error:
        say(f"the command of notify could not be run: {short(error)}")


def _arguments(command: str, places: dict[str, str]) -> list[str]:
    """The command's words, with what belongs into their places; no word is taken apart again."""
    try:
        words = [word.format(**places) for word in shlex.split(command)]
    except (ValueError, LookupError, AttributeError):
        words = []
    if not words:
        allowed = "must be a command such as 'mail-me {name} {reason} {step}'"
        raise Invalid("notify", allowed, command)
    return words
