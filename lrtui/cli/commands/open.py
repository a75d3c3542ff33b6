"""``lrtui open FILE``: the program on the map of a sweep."""

import contextlib
from pathlib import Path

import click

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import WrongCall
from lrtui.cli.opening import OpenTui, missing
from lrtui.cli.options import WorkerOptions, options_of
from lrtui.runs.sweeps.store import Store
from lrtui.schedules import Invalid, Reading, parse


@click.command("open")
@click.argument("file")
@options_of(WorkerOptions)
@click.pass_obj
def command(open_tui: OpenTui, file: str, device: str, threads: int) -> None:
    """Open the program on what a file of lrtui sweep holds: a map, filled further there.

    Arrows move in it, Enter takes a cell into the form, t trains it, e exports, q leaves the map.
    """
    path = Path(file).expanduser()
    try:
        with contextlib.closing(Store(path, writes=False)) as store:
            _, sweep = store.latest()
        if not sweep.axes:
            raise Invalid("FILE", "must hold a sweep over at least one name (--over)", file)
        schedule = Reading(parse(sweep.schedules[0]))
    except Invalid as refusal:
        raise WrongCall(str(refusal).replace("--store", "FILE")) from None
    if lack := missing():
        raise WrongCall(f"{lack}. What works without: lrtui sweep --show --store {file}")
    open_tui(schedule, consent_of_call(), device=device, threads=threads, store=path)
