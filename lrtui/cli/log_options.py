"""What belongs to each LOG of the command line: which column is what, steps of an epoch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from lrtui.cli.errors import Failed, WrongCall, one_line, report
from lrtui.logs.follower import read_logs
from lrtui.logs.values import Log

Function = TypeVar("Function", bound=Callable[..., Any])

_ROLES = {
    "rate": "rate",
    "loss": "loss",
    "val_loss": "validation_loss",
    "step": "step",
    "epoch": "epoch",
}


def log_options(function: Function) -> Function:
    """A decorator that adds ``--column`` and ``--steps-per-epoch``."""
    length = click.option(
        "--steps-per-epoch",
        type=click.IntRange(1, 10**9),
        metavar="N",
        help="steps of an epoch, for a log that counts epochs",
    )
    return click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="[ROLE=]NAME",
        callback=_columns,
        help="which column is what; ROLE is rate (the default), loss, val_loss, step or epoch",
    )(length(function))


def _columns(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    chosen = {}
    for text in given:
        role, sign, name = text.partition("=")
        if sign and role in _ROLES:
            chosen[_ROLES[role]] = name
        else:
            chosen["rate"] = text
    return chosen


def existing(path: str) -> Path:
    """The path of a log.

    Raises:
        WrongCall: nothing is there.
    """
    found = Path(path)
    if not found.exists():
        allowed = "LOG must be a file or a folder that is there"
        raise WrongCall(f"{allowed}. Received: {one_line(repr(path))}")
    return found


def logs_at(path: str, columns: dict[str, str]) -> list[Log]:
    """The trainings in a log that have a column of rates; what is damaged is told on stderr.

    Raises:
        WrongCall: nothing is there, or a named column is not.
        Failed: there is none.
    """
    read = read_logs(existing(path), columns)
    for fault in read.faults:
        report(fault, click.get_current_context(silent=True))
    names = list(dict.fromkeys(one.name for log in read.logs for one in log.series))
    wanted = columns.get("rate")
    if wanted is not None and read.logs and wanted not in names:
        known = one_line(", ".join(names))
        raise WrongCall(f"--column must be one of {known}. Received: {one_line(repr(wanted))}")
    with_rates = [log for log in read.logs if log.has_rates]
    if not with_rates:
        there = f"its columns: {one_line(', '.join(names))}; --column says which" if names else ""
        what = there or "a CSV log, a History or trainer_state as JSON, TensorBoard events"
        raise Failed(f"{one_line(path)}: no learning rates in it ({what})")
    return with_rates
