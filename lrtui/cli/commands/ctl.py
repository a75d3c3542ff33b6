"""``lrtui ctl``: one order to a running training, for scripts and agents. JSON on stdout."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click

from lrtui.cli.commands.runs import as_data
from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.output import put
from lrtui.protocol import Command, Pause, Reset, Resume, Scale, SetRate, Stop, UndoSteering
from lrtui.protocol.values import last_known
from lrtui.runs.orders import PATIENCE_SECONDS, Unreachable, give_order, have_journal_written
from lrtui.runs.trainings import Training, find_training, look_at, record_in, trainings
from lrtui.schedules import Invalid, Reading, Schedule, read
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.fitting import as_high, fitted


class CtlOrder(NamedTuple):
    """One order that is a command to the training."""

    name: str
    argument: str
    """How it is written in the help; in brackets: it may be left out; empty: there is none."""
    help: str
    command: Callable[..., Command]
    """The command, from the argument if one is given. It raises Invalid for a wrong one."""

    @property
    def use(self) -> str:
        """How it is written."""
        return f"{self.name} {self.argument}".rstrip()


def _reset(schedule: str | None = None) -> Command:
    return Reset() if schedule is None else Reset(str(read(schedule).schedule))


def _scale(factor: str) -> Command:
    value = _number(factor)
    if not 0 <= value < math.inf:
        raise Invalid("scale", "must be a finite number >= 0", factor)
    return Scale(value)


def _rate(rate: str) -> Command:
    return SetRate(Constant(_number(rate)).learning_rate)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


ORDERS = (
    CtlOrder("reset", "[SCHEDULE]", "back to the schedule's start, or over to another one", _reset),
    CtlOrder("scale", "F", "multiply the rate by F from the next step on", _scale),
    CtlOrder("rate", "R", "the rate is R from the next step on, until a reset", _rate),
    CtlOrder("undo", "", "the rate as it would be without any steering", UndoSteering),
    CtlOrder("pause", "", "wait between two steps, until resume", Pause),
    CtlOrder("resume", "", "go on", Resume),
    CtlOrder("stop", "", "end the training after the present step", Stop),
)
"""All of them, besides status and export, which the training need not obey."""
_STATUS, _EXPORT = "status", "export FILE"
_USES = ", ".join((_STATUS, *(one.use for one in ORDERS), _EXPORT))
_HELP = "\n".join(
    (
        "Give a running training an order; print what became of it as JSON.",
        "\n\b",
        f"{_STATUS:<19} how it is now",
        *(f"{one.use:<19} {one.help}" for one in ORDERS),
        f"{_EXPORT:<19} write all that is recorded to FILE (.json or .csv)",
        "\nExit codes: 0 done, 1 refused or gone, 2 the call was wrong.",
    )
)


@click.command("ctl", help=_HELP)
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
    """Give the order. The help is made from :data:`ORDERS`."""
    chosen = _chosen(training)
    if order == "status":
        _expect(order, arguments, 0, 0)
        if chosen.alive:  # what an order has just changed is in it
            have_journal_written(chosen.place)
            chosen = look_at(chosen.place) or chosen
        put(json.dumps(as_data(chosen), indent=2))
        return
    if order == "export":
        _expect(order, arguments, 1, 1)
        _export(chosen, Path(arguments[0]))
        return
    meant = next((one for one in ORDERS if one.name == order), None)
    if meant is None:
        raise WrongCall(f"the order must be one of {_USES}. Received: {order}")
    required = meant.argument != "" and not meant.argument.startswith("[")
    _expect(order, arguments, int(required), int(meant.argument != ""))
    try:
        wanted = meant.command(*arguments)
    except Invalid as fault:
        raise WrongCall(str(fault)) from None
    if isinstance(wanted, Reset) and arguments and chosen.alive:
        wanted = Reset(str(_as_what_trains(chosen, read(arguments[0]))))
    _give(chosen, wanted, timeout)


def _chosen(which: str) -> Training:
    found = trainings()
    try:
        return find_training(which, found)
    except Invalid as fault:
        raise Failed(str(fault)) from None


def _as_what_trains(training: Training, reading: Reading) -> Schedule:
    """The schedule; of one that is named alone, the values that the screen's form would choose.

    It is as high as what trains, and ends with the training, as far as both are known.
    """
    from lrtui.runs.journal import read_journal
    from lrtui.runs.record import known_schedule

    schedule = reading.schedule
    if not reading.named_only:
        return schedule
    have_journal_written(training.place)
    record = record_in(read_journal(training.place), training)
    if record is None:
        return schedule
    whole = record.settings.steps or 0
    if whole > record.steps:
        schedule = fitted(schedule, whole - record.steps)
    rate = last_known(record.rates)
    other = known_schedule(record.marks[-1].schedule if record.marks else record.schedule)
    if other is None and rate is not None and 0 < rate < math.inf:
        other = Constant(rate)
    return schedule if other is None else as_high(schedule, other, whole or record.steps or 1)


def _give(training: Training, command: Command, seconds: float) -> None:
    if not training.alive:
        raise Failed(f"{training.name} is {training.state}: it cannot be given an order")
    try:
        answer = give_order(training.place, command, f"ctl of process {os.getppid()}", seconds)
    except Unreachable as error:
        raise Failed(str(error)) from None
    told = {"outcome": answer.outcome, "step": answer.step, "reason": answer.reason or None}
    if isinstance(command, Reset) and command.schedule:
        told["schedule"] = command.schedule
    put(json.dumps(told))
    if answer.outcome != "done":
        raise Failed(f"{answer.outcome}: {answer.reason}")


def _export(training: Training, path: Path) -> None:
    from lrtui.export.history import HISTORY_ENDINGS, export_run
    from lrtui.runs.journal import read_journal

    if path.suffix.lower() not in HISTORY_ENDINGS:
        raise WrongCall(f"FILE must end in {' or '.join(HISTORY_ENDINGS)}. Received: {path}")
    if training.alive:
        have_journal_written(training.place)
    journal = read_journal(training.place)
    record = record_in(journal, training)
    if record is None:
        raise Failed(f"{training.name} has recorded nothing yet")
    export_run(record, journal.ready, path, per_step=True)
    put(json.dumps({"outcome": "done", "file": str(path.resolve()), "steps": record.steps}))


def _expect(order: str, arguments: tuple[str, ...], least: int, most: int) -> None:
    if not least <= len(arguments) <= most:
        raise WrongCall(f"it is one of {_USES}. Received: {' '.join((order, *arguments))}")
