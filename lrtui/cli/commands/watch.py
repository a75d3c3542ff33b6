"""``lrtui watch``: the screen on the logs of trainings that others write."""

from pathlib import Path

import click

from lrtui.cli.errors import WrongCall, one_line
from lrtui.cli.log_options import existing, log_options
from lrtui.cli.opening import OpenTui, missing
from lrtui.cli.options import overrides, reading_of
from lrtui.logs.audit.recognition import recognise
from lrtui.logs.follower import LogFollower
from lrtui.logs.values import Log
from lrtui.runs.watched import LogsToWatch
from lrtui.schedules import Reading, parse
from lrtui.schedules.user_schedule import user_sources


@click.command("watch")
@click.argument("paths", metavar="LOG...", nargs=-1, required=True)
@click.option("--schedule", "-s", metavar="SCHEDULE", help="what was planned: drawn under the log")
@overrides
@log_options
@click.pass_obj
def command(
    open_tui: OpenTui,
    paths: tuple[str, ...],
    schedule: str | None,
    overrides: dict[str, str],
    columns: dict[str, str],
    steps_per_epoch: int | None,
) -> None:
    """Follow the logs of trainings while they are written, with a schedule under them.

    LOG is a CSV log, Keras' History or transformers' trainer_state as JSON, or a folder of
    TensorBoard's event files; several are laid over each other. The schedule is what the form
    shows: --schedule, else the one that the rates are, where that is clear. Nothing is written,
    and nothing can be steered; q leaves.
    """
    followers = tuple(LogFollower(existing(path), columns) for path in paths)
    planned = _planned(schedule, overrides)
    if lack := missing():
        raise WrongCall(f"{lack}. What works without: lrtui audit LOG SCHEDULE")
    for follower in followers:
        follower.poll()
    logs = [log for follower in followers for log in follower.read.logs]
    asked = LogsToWatch(followers, _name(paths), steps_per_epoch)
    open_tui(planned or _recognised(logs, steps_per_epoch), watch=asked)


def _planned(schedule: str | None, overrides: dict[str, str]) -> Reading | None:
    if schedule is None:
        return None
    reading = reading_of(schedule, overrides)
    if sources := user_sources(reading.schedule):
        allowed = "--schedule must be no file of your own here; lrtui audit takes one"
        raise WrongCall(f"{allowed}. Received: {one_line(sources[0])}")
    return reading


def _recognised(logs: list[Log], steps_per_epoch: int | None) -> Reading | None:
    """The schedule of the last log that has rates, if it is clear which it is."""
    with_rates = [log for log in logs if log.rate is not None]
    if not with_rates:
        return None
    found = recognise(with_rates[-1], steps_per_epoch)
    if not found.clear:
        return None
    return Reading(parse(found.found[0].schedule), ("The schedule was read off the rates.",))


def _name(paths: tuple[str, ...]) -> str:
    """What the logs are called together."""
    first = Path(paths[0]).resolve().name or paths[0]
    return one_line(first if len(paths) == 1 else f"{first} and {len(paths) - 1} more")
