"""``lrtui ctl``: one order to a running training, for scripts and agents. JSON on stdout."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import click

from lrtui.cli.commands.runs import as_data
from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.output import put
from lrtui.protocol import Command, Pause, Reset, Resume, Scale, Stop
from lrtui.runs.orders import PATIENCE_SECONDS, Unreachable, give_order
from lrtui.runs.trainings import Training, find_training, trainings
from lrtui.schedules import Invalid, parse

_USES = "status, reset [SCHEDULE], scale F, pause, resume, stop, export FILE"


@click.command("ctl")
@click.argument("training", metavar="NAME|PID")
@click.argument("order")
@click.argument("arguments", nargs=-1)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 86400),
    default=PATIENCE_SECONDS,
    show_default=True,
    help="seconds that an answer is waited for",
)
def command(training: str, order: str, arguments: tuple[str, ...], timeout: float) -> None:
    """Give a running training an order; print what became of it as JSON.

    \b
    status              how it is now
    reset [SCHEDULE]    back to the schedule's start, or over to another one
    scale F             multiply the rate by F from the next step on
    pause, resume       wait between two steps, until resume; go on
    stop                end the training after the present step
    export FILE         write all that is recorded to FILE (.json or .csv)

    Exit codes: 0 done, 1 refused or gone, 2 the call was wrong.
    """
    chosen = _chosen(training)
    if order == "status":
        _expect(order, arguments, 0, 0)
        put(json.dumps(as_data(chosen), indent=2))
        return
    if order == "export":
        _expect(order, arguments, 1, 1)
        _export(chosen, Path(arguments[0]))
        return
    if order not in _COMMANDS:
        raise WrongCall(f"the order must be one of {_USES}. Received: {order}")
    _give(chosen, _COMMANDS[order](arguments), timeout)


def _chosen(which: str) -> Training:
    found = trainings()
    try:
        return find_training(which, found)
    except Invalid as fault:
        raise Failed(str(fault)) from None


def _give(training: Training, command: Command, seconds: float) -> None:
    if not training.alive:
        raise Failed(f"{training.name} is {training.state}: it cannot be given an order")
    try:
        answer = give_order(training.place, command, f"ctl of process {os.getppid()}", seconds)
    except Unreachable as error:
        raise Failed(str(error)) from None
    told = {"outcome": answer.outcome, "step": answer.step, "reason": answer.reason or None}
    put(json.dumps(told))
    if answer.outcome != "done":
        raise Failed(f"{answer.outcome}: {answer.reason}")


def _export(training: Training, path: Path) -> None:
    from lrtui.export.history import HISTORY_ENDINGS, export_run
    from lrtui.runs.journal import read_journal

    if path.suffix.lower() not in HISTORY_ENDINGS:
        raise WrongCall(f"FILE must end in {' or '.join(HISTORY_ENDINGS)}. Received: {path}")
    journal = read_journal(training.place)
    record = journal.record()
    if record is None:
        raise Failed(f"{training.name} has recorded nothing yet")
    export_run(record, journal.ready, path, per_step=True)
    put(json.dumps({"outcome": "done", "file": str(path.resolve()), "steps": record.steps}))


def _expect(order: str, arguments: tuple[str, ...], least: int, most: int) -> None:
    if not least <= len(arguments) <= most:
        raise WrongCall(f"it is one of {_USES}. Received: {' '.join((order, *arguments))}")


def _reset(arguments: tuple[str, ...]) -> Command:
    _expect("reset", arguments, 0, 1)
    if not arguments:
        return Reset()
    try:
        return Reset(str(parse(arguments[0])))
    except Invalid as fault:
        raise WrongCall(str(fault)) from None


def _scale(arguments: tuple[str, ...]) -> Command:
    _expect("scale", arguments, 1, 1)
    try:
        factor = float(arguments[0])
    except ValueError:
        factor = float("nan")
    if not 0 <= factor < float("inf"):
        raise WrongCall(f"scale must be a finite number >= 0. Received: {arguments[0]}")
    return Scale(factor)


def _plain(order: str, meant: Command) -> Callable[[tuple[str, ...]], Command]:
    def read(arguments: tuple[str, ...]) -> Command:
        _expect(order, arguments, 0, 0)
        return meant

    return read


_COMMANDS: dict[str, Callable[[tuple[str, ...]], Command]] = {
    "reset": _reset,
    "scale": _scale,
    "pause": _plain("pause", Pause()),
    "resume": _plain("resume", Resume()),
    "stop": _plain("stop", Stop()),
}
