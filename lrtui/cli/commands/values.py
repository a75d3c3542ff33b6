"""``lrtui values``: the learning rate of every step."""

from typing import Annotated

import click

from lrtui.cli.options import options_of, overrides, sample_if_needed, schedules_of
from lrtui.cli.output import put
from lrtui.schedules import Described
from lrtui.schedules.quantities import Choice, OneTwoFive


class ValuesOptions(Described, frozen=True):
    """Which steps are listed, and how.

    Args:
        steps: list the steps from 0 to N - 1.
        every: only every N-th step.
        format: csv has a header line; json is an array of objects.
    """

    steps: Annotated[int, OneTwoFive(low=1, high=10**12)] = 1280
    every: Annotated[int, OneTwoFive(low=1, high=10**12)] = 1
    format: Annotated[str, Choice(choices=("csv", "json"))] = "csv"


@click.command("values")
@click.argument("schedule")
@overrides
@options_of(ValuesOptions)
def command(schedule: str, overrides: dict[str, str], steps: int, every: int, format: str) -> None:
    """Print the learning rate of every step.

    Columns: step (counted from 0), learning_rate. Each number reads back as the very same float32
    that the optimizer uses. A line with parameter groups of different rates has a column for each,
    the others called learning_rate_2 and so on.
    """
    from lrtui.export import values_csv, values_json

    write = values_csv if format == "csv" else values_json
    chosen = sample_if_needed(schedules_of(schedule, overrides), steps)
    for piece in write(chosen, steps, every):
        put(piece, end="")
