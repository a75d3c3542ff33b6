"""The settings of a training as options, shared by the commands that train."""

from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import WrongCall, report
from lrtui.cli.options import flag_of
from lrtui.protocol import Settings, optimizers
from lrtui.protocol.settings import unused_settings
from lrtui.schedules import Invalid
from lrtui.schedules.user_schedule import UserSchedule
from lrtui.tasks import tasks
from lrtui.tasks.user_task import UserTask, sources_of_task


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings that were given; a task that was typed is allowed to run by that.

    The optimizer of a task of the user's own is its own, unless one was given.

    Raises:
        WrongCall: they cannot be together, or the file of the task is not there.
    """
    sources = sources_of_task(values["task"])
    context = click.get_current_context()
    if sources and context.get_parameter_source("optimizer") is not ParameterSource.COMMANDLINE:
        values = {**values, "optimizer": optimizers.COMPILED}
    try:
        made = Settings(**values)
    except Invalid as refusal:
        raise WrongCall(f"{flag_of(refusal.name)} {refusal.reason}") from None
    for source in sources:
        if not UserSchedule(source).file.is_file():
            raise WrongCall(f"--task must be in a file that is there. Received: {source!r}")
    consent_of_call().named(sources)
    return made


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
    own = UserTask("mymodule.py:name")
    lessons.append(f"  mymodule.py:name: {own.about.partition(':')[0]}. {_OWN} {own.teaches}")
    return "\n\n".join(["Tasks:", *lessons, names])


_OWN = (
    "A function returns (model, data), the model compiled, or (model, loss, data); data are "
    "(inputs, targets) or (inputs, targets, weights), a pair of these for training and "
    "validation, or a tf.data.Dataset or a "
    "generator of batches. It may take seed and batch_size."
)
