"""The option ``--from``: repeats the run in a JSON file, instead of a schedule and settings."""

from pathlib import Path

import click
from click.core import ParameterSource

from lrtui.cli.errors import WrongCall
from lrtui.export.recipe import NotARun, Recipe, read_run

_BESIDE = (
    "source",
    "history",
    "per_step",
    "tensorboard",
    "fail_on_nan",
    "device",
    "threads",
    "allow_own",
)
"""Options that may be given beside --from: they change no number, or are the machine's."""


def read_run_to_repeat(source: str, ctx: click.Context) -> Recipe:
    """What the file holds.

    Raises:
        WrongCall: something is given besides that would change the run, or there is no run in the
            file, or it cannot be repeated.
    """
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if name not in _BESIDE and ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            given = parameter.opts[0] if isinstance(parameter, click.Option) else name.upper()
            raise WrongCall(f"--from repeats a run as it was, without {given}. Received: {given}")
    try:
        return read_run(Path(source).expanduser())
    except OSError as error:
        raise WrongCall(f"--from: {source} cannot be read: {error.strerror}") from None
    except NotARun as refusal:
        raise WrongCall(f"--from: {source} {refusal}") from None


def threads_for(recipe: Recipe, threads: int) -> int:
    """The threads of the run, unless --threads is given: sums in another order differ in a bit."""
    given = click.get_current_context().get_parameter_source("threads")
    if given == ParameterSource.COMMANDLINE or recipe.threads is None:
        return threads
    return recipe.threads
