"""``lrtui code``: a schedule as source that runs as it stands."""

from typing import Annotated

import click

from lrtui.cli.errors import WrongCall
from lrtui.cli.options import options_of, overrides, schedule_of
from lrtui.cli.output import put
from lrtui.export.code import TARGETS, code
from lrtui.schedules import Described, Invalid
from lrtui.schedules.quantities import Choice


class Target(Described, frozen=True):
    """What the source is for.

    Args:
        to: the library that the source is for.
    """

    to: Annotated[str, Choice(choices=TARGETS)] = "keras"


@click.command("code")
@click.argument("schedule")
@overrides
@options_of(Target)
def command(schedule: str, overrides: dict[str, str], to: str) -> None:
    """Print a schedule as source that runs as it stands.

    The library's own class where it means the same at every step, else a class or function of its
    own. For keras and optax it defines `schedule`, for torch `make_scheduler(optimizer)`.
    """
    try:
        put(code(schedule_of(schedule, overrides), to), end="")
    except Invalid as refusal:
        raise WrongCall(str(refusal)) from None
