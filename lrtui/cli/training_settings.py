"""The settings of a training as options, shared by the commands that train."""

from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

from lrtui.cli.errors import WrongCall, report
from lrtui.cli.options import flag_of
from lrtui.protocol import Settings, optimizers
from lrtui.protocol.settings import unused_settings
from lrtui.schedules import Invalid
from lrtui.tasks import tasks


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings that were given.

    Raises:
        WrongCall: they cannot be together.
    """
    try:
        return Settings(**values)
    except Invalid as refusal:
        raise WrongCall(f"{flag_of(refusal.name)} {refusal.reason}") from None


def tell_unused_settings(settings: Settings) -> None:
    """Name on stderr the options that were given and change nothing in this training."""
    context = click.get_current_context()
    given = ParameterSource.COMMANDLINE
    without_effect = [
        name
        for name in sorted(unused_settings(settings))
        if context.get_parameter_source(name) is given
    ]
    if without_effect:
        report(f"this training does not use {', '.join(map(flag_of, without_effect))}", context)


def about_settings() -> str:
    """The tasks, what each teaches, and the short names of optimizers: for the end of a help."""
    lessons = [f"  {one.name}: {one.about} {one.teaches}" for one in tasks().values()]
    names = f"Short names of optimizers: {', '.join(optimizers.CHOICES)}."
    return "\n\n".join(["Tasks:", *lessons, names])
