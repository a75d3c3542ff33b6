"""``lrtui show``: the plot of schedules as text, and their landmarks."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import click
import numpy as np

from lrtui.cli import terminal
from lrtui.cli.errors import WrongCall
from lrtui.cli.options import options_of, overrides, sample_if_needed, schedules_of
from lrtui.cli.output import put, put_picture
from lrtui.plotting.columns import schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.legend import legend_rows
from lrtui.plotting.markers import MARKERS
from lrtui.plotting.picture import Curve, Picture
from lrtui.plotting.window import Window
from lrtui.plotting.x_axis import Epochs, Percent, Steps, XAxis
from lrtui.protocol import Settings
from lrtui.schedules import Described, Schedule, names_by_difference
from lrtui.schedules.landmarks import Landmark, landmarks
from lrtui.schedules.notes import notes
from lrtui.schedules.parameters import Flag
from lrtui.schedules.quantities import Choice, Integer, OneTwoFive

OptionalSteps = Annotated[int, OneTwoFive(low=1, high=10**9)] | None
_LEAST_PLOT = 12
"""Lines of a plot on a terminal that is too low for it and the landmarks."""


class PlotOptions(Described, frozen=True):
    """What is drawn.

    Args:
        steps: draw the steps from 0 to N - 1; as many as a training has unless given, or as show
            the end of every schedule that has one.
        from_: draw only the steps from this one on; landmarks are of all steps.
        to: draw only the steps before this one.
        log: logarithmic rates.
        x: what is counted below, epochs and fraction (in percent) as they are done.
        steps_per_epoch: how many steps an epoch has, for --x epochs.
        marker: dots of braille or of blocks (hd), or characters; what stdout can show unless given.
        width: of the plot, in characters; the terminal's unless given.
        height: of the plot, in lines; what the landmarks leave of the terminal unless given.
    """

    steps: OptionalSteps = None
    from_: Annotated[int, OneTwoFive(high=10**9)] = 0
    to: OptionalSteps = None
    log: Flag = False
    x: Annotated[str, Choice(choices=("steps", "epochs", "fraction"))] = "steps"
    steps_per_epoch: Annotated[int, OneTwoFive(low=1, high=10**9)] = Settings().steps_per_epoch
    marker: Annotated[str, Choice(choices=MARKERS)] | None = None
    width: Annotated[int, Integer(low=20, high=1000)] | None = None
    height: Annotated[int, Integer(low=5, high=1000)] | None = None


@click.command("show")
@click.argument("schedules", nargs=-1, required=True, metavar="SCHEDULE...")
@overrides
@options_of(PlotOptions)
def command(schedules: Sequence[str], overrides: dict[str, str], **options: Any) -> None:
    """Plot schedules as text, several over each other, and list their landmarks.

    Each column shows the least and the greatest rate of all its steps: nothing is left out. A note
    says where a parameter does not mean what one would think. A line with parameter groups of
    different rates has a curve for each.
    """
    view = PlotOptions(**options)
    chosen = [one for text in schedules for one in schedules_of(text, overrides)]
    steps = view.steps or max(enough_steps(chosen), view.to or 0)
    window = _window(view, steps)
    chosen = sample_if_needed(chosen, steps)
    # What a schedule's length means for a training can only be said where one is named.
    said = [notes(one, view.steps) if view.steps else tuple(one.notes()) for one in chosen]
    view = view.replace(marker="ascii" if terminal.ascii_only() else view.marker or "braille")
    below = [
        "\n".join([*table(schedule, steps, view.marker), *(f"note: {note}" for note in about)])
        for schedule, about in zip(chosen, said, strict=True)
    ]
    columns, lines = terminal.size()
    taken = sum(text.count("\n") + 2 for text in below) + 1
    size = view.width or max(20, columns), view.height or max(_LEAST_PLOT, lines - taken)
    for picture in _pictures(chosen, view, steps, window, *size):
        put_picture(picture)
    put("\n" + "\n\n".join(below))


def _window(view: PlotOptions, steps: int) -> Window:
    """The steps that are drawn.

    Raises:
        WrongCall: there are none.
    """
    stop = steps if view.to is None else view.to
    if stop > steps:
        raise WrongCall(f"--to must be at most the {steps} of --steps. Received: {stop}")
    if view.from_ >= stop:
        raise WrongCall(f"--from must be below {stop}, where it ends. Received: {view.from_}")
    return Window(view.from_, stop)


def _pictures(
    schedules: Sequence[Schedule],
    view: PlotOptions,
    steps: int,
    window: Window,
    width: int,
    height: int,
) -> list[Picture]:
    """The plot, and the legend below it where it has no room above."""
    names = names_by_difference(schedules) if len(schedules) > 1 else [""]
    curves = [
        Curve(schedule_columns(schedule, *window, columns_of(width)), 1 + index, index, name)
        for index, (schedule, name) in enumerate(zip(schedules, names, strict=True))
    ]
    axes: dict[str, XAxis] = {"epochs": Epochs(view.steps_per_epoch), "fraction": Percent(steps)}
    marker = next(one for one in MARKERS if one == view.marker)
    draw = partial(
        plot,
        width,
        curves=curves,
        start=window.start,
        stop=window.stop,
        log=view.log,
        title="learning rate",
        marker=marker,
        x_axis=axes.get(view.x, Steps()),
    )
    picture = draw(height)
    if all(name in picture.rows[0] for name in names):
        return [picture]
    legend = legend_rows(curves, width, len(curves), marker)
    return [draw(max(5, height - len(legend.rows)), legend=False), legend]


def enough_steps(schedules: Sequence[Schedule]) -> int:
    """As many steps as a training has, or more if a schedule reaches its end only later."""
    ends = [end for schedule in schedules if (end := schedule.end()) is not None]
    return max([Settings().steps, *(end + end // 10 for end in ends)])


def table(schedule: Schedule, steps: int, marker: str | None = None) -> list[str]:
    """The landmarks of a schedule, a line each, under its text form."""
    about = "~" if marker == "ascii" else "≈"
    rows = [
        f"{mark.name:<8}  {'-' if mark.step is None else mark.step:>10}  "
        f"{about if mark.approximate else ''}{_value(mark)}"
        for mark in landmarks(schedule, steps)
    ]
    return [str(schedule), f"{'landmark':<8}  {'step':>10}  value", *rows]


def _value(mark: Landmark) -> str:
    if mark.name == "restarts":
        return f"{mark.value:.3g}" if mark.approximate else str(int(mark.value))
    if mark.name == "area" or mark.approximate:
        return f"{mark.value:.{4 if mark.approximate else 7}g}"
    return str(np.float32(mark.value))
