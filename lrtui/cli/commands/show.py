"""``lrtui show``: the plot of schedules as text, and their landmarks."""

from collections.abc import Sequence
from typing import Annotated

import click
import numpy as np

from lrtui.cli import terminal
from lrtui.cli.options import options_of, overrides, sampled_for, schedule_of
from lrtui.plotting import Curve, columns_of, plot, schedule_columns
from lrtui.schedules import Described, Quantity, Schedule, names_by_difference
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.notes import notes
from lrtui.schedules.parameters import Flag, Turn
from lrtui.training.protocol import Settings

_LEAST_PLOT = 12
"""Lines of a plot on a terminal that is too low for it and the landmarks."""


class View(Described, frozen=True):
    """What is drawn.

    Args:
        steps: draw the steps from 0 to N - 1; as many as a training has unless given, or as show
            the end of every schedule that has one.
        log: logarithmic rates.
        width: of the plot, in characters; the terminal's unless given.
        height: of the plot, in lines; what the landmarks leave of the terminal unless given.
    """

    steps: Annotated[int, Quantity(Turn.ONE_TWO_FIVE, low=1, high=10**9)] | None = None
    log: Flag = False
    width: Annotated[int, Quantity(Turn.ONES, low=20, high=1000)] | None = None
    height: Annotated[int, Quantity(Turn.ONES, low=5, high=1000)] | None = None


@click.command("show")
@click.argument("schedules", nargs=-1, required=True, metavar="SCHEDULE...")
@overrides
@options_of(View)
def command(
    schedules: Sequence[str],
    overrides: dict[str, str],
    steps: int | None,
    log: bool,
    width: int | None,
    height: int | None,
) -> None:
    """Plot schedules as text, several over each other, and list their landmarks.

    Each column shows the least and the greatest rate of all its steps: nothing is left out. A note
    says where a parameter does not mean what one would think.
    """
    chosen = [schedule_of(text, overrides) for text in schedules]
    # What a schedule's length means for a training can only be said where one is named.
    said = [notes(one, steps) if steps else tuple(one.notes()) for one in chosen]
    steps = steps or enough_steps(chosen)
    chosen = sampled_for(chosen, steps)
    names = names_by_difference(chosen)
    below = [
        "\n".join([*table(schedule, steps), *(f"note: {note}" for note in about)])
        for schedule, about in zip(chosen, said, strict=True)
    ]
    columns, lines = terminal.size()
    width = width or max(20, columns)
    taken = sum(text.count("\n") + 2 for text in below) + 1
    height = height or max(_LEAST_PLOT, lines - taken)
    curves = [
        Curve(
            schedule_columns(schedule, 0, steps, columns_of(width)),
            style=index + 1,
            dashed=index,
            name=name if len(chosen) > 1 else "",
        )
        for index, (schedule, name) in enumerate(zip(chosen, names, strict=True))
    ]
    picture = plot(
        width,
        height,
        curves,
        start=0,
        stop=steps,
        log=log,
        title="learning rate",
        ascii=terminal.ascii_only(),
    )
    click.echo(terminal.painted(picture, terminal.coloured()))
    click.echo("\n" + "\n\n".join(below))


def enough_steps(schedules: Sequence[Schedule]) -> int:
    """As many steps as a training has, or more if a schedule reaches its end only later."""
    ends = [end for schedule in schedules if (end := schedule.end()) is not None]
    return max([Settings().steps, *(end + end // 10 for end in ends)])


def table(schedule: Schedule, steps: int) -> list[str]:
    """The landmarks of a schedule, a line each, under its text form."""
    rows = [
        f"{mark.name:<8}  {'-' if mark.step is None else mark.step:>10}  {np.float32(mark.rate)!s}"
        for mark in landmarks(schedule, steps)
    ]
    return [str(schedule), f"{'landmark':<8}  {'step':>10}  learning_rate", *rows]
