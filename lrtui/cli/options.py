"""Options that are declared once, as parameters, and become options of the command line here."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import click
from msgspec.structs import replace

from lrtui.cli.consent import allows_own, consent_of_call, refuse_unallowed
from lrtui.cli.errors import WrongCall, one_line, report
from lrtui.schedules import Described, Invalid, Parameter, Reading, Schedule, parameters, read
from lrtui.schedules.family.per_epoch import STEPS_PER_EPOCH
from lrtui.schedules.quantities import Choice, Integer
from lrtui.schedules.text import Unit
from lrtui.schedules.user_schedule import UserSchedule, user_sources

_UNIT = "lrtui.unit"

Function = TypeVar("Function", bound=Callable[..., Any])


class WorkerOptions(Described, frozen=True):
    """How much of the machine a training may use.

    Args:
        device: what a training may use; cpu leaves every GPU alone.
        threads: threads of a training.
    """

    device: Annotated[str, Choice(choices=("cpu", "gpu"))] = "cpu"
    threads: Annotated[int, Integer(low=1, high=1024)] = 2


class ParameterType(click.ParamType):  # type: ignore[type-arg]  # not generic before 8.2
    """Reads an option's text as its :class:`Parameter` does."""

    def __init__(self, parameter: Parameter) -> None:
        # What is left out is none; refusals need not offer it.
        self.parameter = replace(parameter, optional=False)
        self._optional = parameter.optional
        choices = "|".join(parameter.quantity.choices) if parameter.quantity.closed else ""
        self.name = choices or {int: "N", float: "NUMBER"}.get(parameter.type, "TEXT")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value.

        Raises:
            WrongCall: it is not understood or not allowed.
        """
        if self._optional and value == "none":
            return None
        try:
            return self.parameter.read(value) if isinstance(value, str) else value
        except Invalid as refusal:
            raise WrongCall(f"{flag_of(self.parameter.name)} {refusal.reason}") from None


def flag_of(name: str) -> str:
    """``batch_size`` as ``--batch-size``, ``from_`` as ``--from``."""
    return f"--{name.rstrip('_').replace('_', '-')}"


def options_of(cls: type[Described], without: Sequence[str] = ()) -> Callable[[Function], Function]:
    """A decorator that adds an option for every parameter of a class, in their order.

    Not for those of the names in `without`.

    An option whose default is None is None when it is not given.
    """

    def decorate(function: Function) -> Function:
        for parameter in reversed(parameters(cls)):
            if parameter.name not in without:
                function = _option(parameter)(function)
        return function

    return decorate


def _option(parameter: Parameter) -> Callable[[Function], Function]:
    flag, text = flag_of(parameter.name), parameter.help.rstrip(".")
    if parameter.type is bool and not parameter.many:
        return click.option(flag, parameter.name, is_flag=True, help=text)
    default = None if parameter.default is None else parameter.show(parameter.default)
    kind = ParameterType(parameter)
    return click.option(
        flag,
        parameter.name,
        type=kind,
        metavar=kind.name,
        default=default,
        show_default=default is not None,
        help=text,
    )


def _pairs(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            allowed = "-p must be NAME=VALUE, as in -p decay_rate=0.9"
            raise WrongCall(f"{allowed}. Received: {text!r}")
        pairs[name.strip()] = value
    return pairs


def overrides(function: Function) -> Function:
    """A decorator that adds what belongs to each SCHEDULE: ``-p``, ``--unit``, ``--allow-own``."""
    unit = click.option(
        "--unit",
        type=click.Choice(("step", "epoch")),
        expose_value=False,
        callback=_keep_unit,
        help="what the steps of the schedule are  [default: step, where it does not say epoch]",
    )
    return click.option(
        "-p",
        "overrides",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_pairs,
        help="set a parameter of the schedule, or a name in its line; may be repeated",
    )(unit(allows_own(function)))


def _keep_unit(ctx: click.Context, param: click.Parameter, unit: str | None) -> None:
    ctx.meta[_UNIT] = unit or ""


def sample_if_needed(schedules: Sequence[Schedule], steps: int) -> list[Schedule]:
    """The schedules; a worker samples those of the user's own."""
    if not any(user_sources(schedule) for schedule in schedules):
        return list(schedules)
    from lrtui.cli.sample_user_schedules import sample_user_schedules  # which needs asyncio

    return sample_user_schedules(schedules, steps)


def schedule_of(text: str, overrides: dict[str, str]) -> Schedule:
    """The schedule that an argument describes; what was assumed to read it is told on stderr.

    Raises:
        WrongCall: as :func:`reading_of`.
    """
    return schedules_of(text, overrides)[0]


def schedules_of(text: str, overrides: dict[str, str]) -> list[Schedule]:
    """The same, and those of the optimizer's other groups of parameters after it.

    Raises:
        WrongCall: as :func:`reading_of`.
    """
    reading = reading_of(text, overrides)
    for note in reading.notes:
        report(f"note: {note}", click.get_current_context(silent=True))
    return [reading.schedule, *reading.others]


def reading_of(text: str, overrides: dict[str, str], *, asks_later: bool = False) -> Reading:
    """The schedule that an argument describes, and notes on what was assumed to read it.

    Args:
        text: the argument.
        overrides: parameters, as typed.
        asks_later: whether the person is asked later for code that nobody allowed.

    Raises:
        WrongCall: it is not understood or a value is not allowed, or it is in a file that is not
            there, or asks for code that nobody allowed.
    """
    try:
        call = click.get_current_context()
        unit: Unit = call.meta.get(_UNIT, "")
        steps_per_epoch = call.params.get("steps_per_epoch") or STEPS_PER_EPOCH
        reading = read(text, overrides, unit, steps_per_epoch)
        for source in user_sources(reading.schedule):
            if not UserSchedule(source).file.is_file():
                raise Invalid("source", "must be in a file that is there", source)
    except Invalid as refusal:
        raise WrongCall(str(refusal)) from None
    for typed in (text, *overrides.values()):
        consent_of_call().typed(typed, reading.schedule)
    if not asks_later:
        refuse_unallowed(one_line(text), [reading.schedule])
    return reading
