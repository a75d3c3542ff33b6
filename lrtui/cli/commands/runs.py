"""``lrtui runs``: the trainings of this user on this machine."""

import json
from typing import Any

import click

from lrtui.cli.errors import Failed
from lrtui.cli.output import put
from lrtui.protocol import to_wire
from lrtui.runs.trainings import Training, find_training, forget, other_hosts, trainings
from lrtui.schedules import Invalid

_HEADING = ("name", "pid", "state", "step", "epoch", "rate", "loss", "age")


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="print one JSON array, an object a training")
@click.option("--forget", "which", metavar="NAME|PID|all", help="remove what is kept of it")
def command(as_json: bool, which: str | None) -> None:
    """List the trainings that carry lrtui.Live, those that run and those that are over.

    A row a training, the latest first. Rate and loss are those of the last step; the state is
    running, paused, idle (its process is there and does not train), ended or killed.
    """
    found = trainings()
    if which is not None:
        _forget(which, found)
        return
    if as_json:
        put(json.dumps([as_data(one) for one in found], indent=2))
        return
    for line in as_lines(found):
        put(line)
    for host, count in sorted(other_hosts().items()):
        put(f"{count} on {host}: ssh there to see them", err=True)


def as_data(training: Training) -> dict[str, Any]:
    """A training as JSON knows it; a number that is not finite is a text."""
    place = training.place
    return {
        "name": training.name,
        "pid": training.entry.pid,
        "state": training.state,
        "step": training.step,
        "epoch": training.epoch,
        "rate": None if training.rate is None else to_wire(training.rate),
        "loss": None if training.loss is None else to_wire(training.loss),
        "age": round(training.age, 1),
        "journal": str(place.events),
        "id": training.entry.id,
        "folder": training.entry.folder,
        "follows": training.entry.follows or None,
    }


def as_lines(found: list[Training]) -> list[str]:
    """The table, its columns as wide as they must be; one line if there is nothing."""
    if not found:
        return ["no trainings: put lrtui.Live() into the callbacks of one"]
    rows = [_HEADING, *(_row(one) for one in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADING))]
    return [
        "  ".join(
            text.ljust(width) if place in (0, 2) else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(one: Training) -> tuple[str, ...]:
    return (
        one.shown_name,
        str(one.entry.pid),
        one.state,
        str(one.step),
        "" if one.epoch is None else str(one.epoch),
        "" if one.rate is None else f"{one.rate:.3g}",
        "" if one.loss is None else f"{one.loss:.4g}",
        _age(one.age),
    )


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _forget(which: str, found: list[Training]) -> None:
    if which == "all":
        count = sum(forget(one) for one in found)
        put(f"{count} forgotten", err=True)
        return
    try:
        chosen = find_training(which, found)
    except Invalid as fault:
        raise Failed(str(fault)) from None
    if not forget(chosen):
        raise Failed(f"{chosen.name} is {chosen.state}: what is kept of it can be removed later")
