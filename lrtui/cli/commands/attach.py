"""``lrtui attach``: the screen on a training that a script does."""

import click

from lrtui.cli.attaching import schedule_of
from lrtui.cli.commands.runs import as_lines
from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.opening import OpenTui, missing
from lrtui.cli.output import put
from lrtui.runs.trainings import Training, find_training, trainings
from lrtui.schedules import Invalid


@click.command("attach")
@click.argument("training", metavar="[NAME|PID]", required=False)
@click.option("--last", is_flag=True, help="the latest one, also if it is over")
@click.pass_obj
def command(open_tui: OpenTui, training: str | None, last: bool) -> None:
    """Watch and steer a training that carries lrtui.Live, from its first step on.

    Without an argument the only one that runs, or one of a list. q detaches; it goes on.
    """
    lack = missing()
    chosen = _chosen(training, last, may_ask=not lack)
    if lack:
        raise WrongCall(f"{lack}. What works without: lrtui ctl {chosen.entry.pid} status")
    open_tui(schedule_of(chosen), attach=chosen)


def _chosen(which: str | None, last: bool, *, may_ask: bool) -> Training:
    found = trainings()
    if last and which is None and found:
        return found[0]
    alike = [one for one in found if one.alive and which in (None, one.name)]
    if may_ask and len(alike) > 1:
        return _asked(alike)
    try:
        return find_training(which, found)
    except Invalid as fault:
        raise Failed(str(fault)) from None


def _asked(among: list[Training]) -> Training:
    """The one that a person chooses from a list; the latest stands first."""
    heading, *rows = as_lines(among)
    put(f"    {heading}", err=True)
    for number, row in enumerate(rows, 1):
        put(f"{number:>2}  {row}", err=True)
    number = click.prompt("attach to", type=click.IntRange(1, len(among)), default=1, err=True)
    return among[int(number) - 1]
