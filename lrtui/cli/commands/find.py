"""``lrtui find``: which learning rate to begin with."""

import asyncio
import sys
from typing import Annotated, Any

import click

from lrtui.cli import terminal
from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import Failed, WrongCall, report
from lrtui.cli.options import WorkerOptions, flag_of, options_of
from lrtui.cli.output import put
from lrtui.cli.range_test import RangeTestFollower
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.cli.worker_session import opener
from lrtui.export.history import versions_of
from lrtui.export.range_test import range_csv, range_json
from lrtui.plotting.range_picture import range_picture
from lrtui.plotting.x_axis import Rates
from lrtui.protocol import FindRate, Settings
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.protocol.settings import largest_stable_rate
from lrtui.schedules import Described, Invalid
from lrtui.schedules.quantities import Choice, Integer

OF_A_RUN = ("epochs", "drive", "plateau_patience", "plateau_factor", "validation_share")
"""Settings that mean nothing without a schedule, or where nothing is validated."""
_LEAST_PLOT = 12


class OutputOptions(Described, frozen=True):
    """What is printed.

    Args:
        format: text is a plot and the suggestions; csv a row a step; json all of it.
        width: of the plot, in characters; the terminal's unless given.
        height: of the plot, in lines; what is left of the terminal unless given.
    """

    format: Annotated[str, Choice(choices=("text", "csv", "json"))] = "text"
    width: Annotated[int, Integer(low=20, high=1000)] | None = None
    height: Annotated[int, Integer(low=5, high=1000)] | None = None


@click.command("find", epilog=about_settings())
@options_of(Sweep)
@click.option("--fit", is_flag=True, help="train with model.fit, and not at once")
@options_of(OutputOptions)
@options_of(Settings, without=OF_A_RUN)
@options_of(WorkerOptions)
def command(
    low: float,
    high: float,
    steps: int,
    quick: bool,
    fit: bool,
    format: str,
    width: int | None,
    height: int | None,
    device: str,
    threads: int,
    **settings: Any,
) -> None:
    """Try rising rates on a small Keras model, and recommend one to begin with.

    A range test (Smith 2015): the rate rises exponentially until the smoothed loss is 4 times its
    least. Suggested is what fastai's lr_find suggests: valley, steepest, minimum/10 and slide. Then
    constant rates are tried to find the one from which on training diverges, and the first
    suggestion below it is held for 500 steps; if training diverges, half of it, and so on. The one
    that held is recommended. --quick leaves that out.

    It trains at once, with the numbers of model.fit; then with 8 seeds, with --fit with one.
    """
    try:
        sweep = Sweep(low, high, steps, quick)
    except Invalid as refusal:
        raise WrongCall(f"{flag_of(refusal.name)} {refusal.reason}") from None
    made = settings_of(settings)
    tell_unused_settings(made)
    wanted = consent_of_call().stamped(FindRate(made, sweep, fit))
    finder = RangeTestFollower(wanted, sys.stderr)
    found = asyncio.run(finder.find(opener(device, threads)))
    test = found.result()
    if found.why_fit:
        report(found.why_fit, click.get_current_context(silent=True))
    how, versions = "model.fit" if fit or found.why_fit else "at once", versions_of(finder.ready)
    if format == "csv":
        put(range_csv(test), end="")
    elif format == "json":
        put(range_json(test, made, sweep, versions, trained=how), end="")
    else:
        _print(test, sweep, width, height, largest_stable_rate(made), how)
    if found.stopped:
        raise Failed(f"interrupted after {len(test.losses)} of {steps} steps")
    if test.trouble:
        raise Failed(f"no suggestion: {test.trouble}")


def _print(
    test: RangeTest,
    sweep: Sweep,
    width: int | None,
    height: int | None,
    limit: float | None,
    how: str,
) -> None:
    """The plot, below it the table, what is recommended, and what else is known."""
    below = [*table(test), *recommended(test, sweep)]
    if limit is not None:
        below.append(f"known: a constant rate above {limit:.6g} diverges")
    below.append("(trained by model.fit)" if how == "model.fit" else "(trained at once)")
    columns, lines = terminal.size()
    picture = range_picture(
        width or max(20, columns),
        height or max(_LEAST_PLOT, lines - len(below) - 2),
        Rates(sweep.low, sweep.high, sweep.steps),
        test.losses,
        marks=test.marks,
        diverged=test.diverged_at is not None,
        marker="ascii" if terminal.ascii_only() else "braille",
    )
    put(terminal.painted(picture, terminal.coloured()))
    put("\n" + "\n".join(below))


def recommended(test: RangeTest, sweep: Sweep) -> list[str]:
    """The one rate to train with and why, in a line; nothing where nothing could be suggested."""
    if (one := test.recommendation) is not None:
        return [f"recommended: {one.rate:.3g} ({one.why})"]
    if sweep.quick and test.suggestions:
        return ["nothing is recommended: --quick tries no rate"]
    return []


def table(test: RangeTest) -> list[str]:
    """A line a suggestion, by its mark in the plot, and where training diverges."""
    rows = [
        (str(number), one.name, one.rate, one.meaning)
        for number, one in enumerate(test.suggestions, 1)
    ]
    if test.divergence is not None:
        held = f"held for {test.planned} steps, higher rates diverge"
        rows.append(("d", "divergence", test.divergence, held))
    told = [f"{mark:<4}  {name:<10}  {rate:>13.3g}  {what}" for mark, name, rate, what in rows]
    if test.diverged_at is None and len(test.losses):
        told.append(f"note: it did not diverge up to {test.rates[-1]:.3g}; --high R goes further")
    head = f"{'mark':<4}  {'suggestion':<10}  {'learning_rate':>13}  what it is"
    return [head, *told] if rows else told
