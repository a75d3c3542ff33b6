"""``lrtui attach``: the screen on a training that a script does."""

import click

from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.opening import OpenTui, missing
from lrtui.protocol import Started
from lrtui.runs.journal import last_lines
from lrtui.runs.trainings import Training, find_training, trainings
from lrtui.schedules import Invalid, Reading, parse


@click.command("attach")
@click.argument("training", metavar="[NAME|PID]", required=False)
@click.option("--last", is_flag=True, help="the latest one, also if it is over")
@click.pass_obj
def command(open_tui: OpenTui, training: str | None, last: bool) -> None:
    """Watch and steer a training that carries lrtui.Live, from its first step on.

    Without an argument the only one that runs. q detaches; the training goes on.
    """
    chosen = _chosen(training, last)
    if lack := missing():
        raise WrongCall(f"{lack}. What works without: lrtui ctl {chosen.entry.pid} status")
    open_tui(_schedule_of(chosen), attach=chosen)


def _chosen(which: str | None, last: bool) -> Training:
    found = trainings()
    if last and which is None and found:
        return found[0]
    try:
        return find_training(which, found)
    except Invalid as fault:
        raise Failed(str(fault)) from None


def _schedule_of(training: Training) -> Reading | None:
    """What the form shows at first: the schedule of the training, where it is one that is known."""
    for line in last_lines(training.place):
        if isinstance(line.event, Started):
            try:
                return Reading(parse(line.event.schedule))
            except Invalid:
                return None
    return None
