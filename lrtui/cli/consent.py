"""Which files of code a call may run: those typed in it, and those of ``--allow-own``."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from lrtui.cli.errors import WrongCall
from lrtui.cli.output import put
from lrtui.kept.consent import Consent, default_path
from lrtui.schedules import Schedule
from lrtui.schedules.user_schedule import UserSchedule, user_sources
from lrtui.tasks.user_task import sources_of_task

Function = TypeVar("Function", bound=Callable[..., Any])

_KEY = "lrtui.consent"


def consent_of_call() -> Consent:
    """What the person who typed this call said; one value for all of the call."""
    meta = click.get_current_context().meta
    if _KEY not in meta:
        meta[_KEY] = Consent(default_path())
    consent: Consent = meta[_KEY]
    return consent


def _allow(ctx: click.Context, param: click.Parameter, paths: Sequence[str]) -> None:
    consent = consent_of_call()
    for path in paths:
        source = f"{path}:all" if path.endswith(".py") else path
        try:
            known = UserSchedule(source).file.is_file()
        except (ValueError, OSError):
            known = False
        if not known:
            raise WrongCall(f"--allow-own must be a Python file that is there. Received: {path!r}")
        if not_kept := consent.allow([source]):
            put(f"lrtui: {not_kept}", err=True)


def allows_own(function: Function) -> Function:
    """A decorator that adds ``--allow-own``."""
    return click.option(
        "--allow-own",
        metavar="PATH",
        multiple=True,
        expose_value=False,
        callback=_allow,
        help="a file of code that is named by data, not by you, may be run as it is now",
    )(function)


def refuse_unallowed(what: str, schedules: Sequence[Schedule], tasks: Sequence[str] = ()) -> None:
    """See that all code these schedules and tasks ask for may be run.

    Args:
        what: where they come from.
        schedules: any.
        tasks: names of any; those of the user's own are sources.

    Raises:
        WrongCall: nobody allowed some of it.
    """
    sources = [source for schedule in schedules for source in user_sources(schedule)]
    sources += [source for task in tasks for source in sources_of_task(task)]
    for source in consent_of_call().missing(sources):
        raise WrongCall(
            f"{what} asks for your code: {source}, which was not run; "
            f"if it may be run, say so: --allow-own {UserSchedule(source).path}"
        )
