"""Options of ``lrtui train`` that steer the run before given steps, such as ``--reset-at STEP``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from lrtui.cli.errors import WrongCall
from lrtui.cli.options import Function, flag_of
from lrtui.protocol import Reset, SetRate, Settings, Steer
from lrtui.schedules import Described, Invalid, Parameter, parameters
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.quantities import Number

SteeringScript = tuple[tuple[int, Steer], ...]
"""Steps, and what is done before each."""


class _AtStep(Described, frozen=True):
    """Where a run is steered.

    Args:
        step: the first step that it applies to.
    """

    step: Annotated[int, Number(low=1, high=10**12)] = 1


class SteeringOption(Struct, frozen=True):
    """An option that may be given several times, each for one step."""

    name: str
    """``reset_at`` for ``--reset-at``."""
    help: str
    command: Callable[..., Steer]
    """Makes the command; called with the value, if the option takes one."""
    value: Parameter | None = None
    """What stands after ``STEP=``; None: nothing does."""

    @property
    def metavar(self) -> str:
        """How it is written in the help."""
        return "STEP" if self.value is None else f"STEP={self.value.name.upper()}"

    def read(self, text: str) -> tuple[int, Steer]:
        """The step and the command that a person typed.

        Raises:
            Invalid: it is not understood or not allowed.
        """
        step, sign, value = text.partition("=")
        if self.value is None:
            return self._named(parameters(_AtStep)[0]).read(text), self.command()
        if not sign:
            raise Invalid(self.name, f"must be {self.metavar}, as in 500=1e-3", text)
        read = self._named(self.value).read(value)
        return self._named(parameters(_AtStep)[0]).read(step), self.command(read)

    def _named(self, parameter: Parameter) -> Parameter:
        """The parameter, with the option's name in what it refuses."""
        return replace(parameter, name=self.name)


OPTIONS = (
    SteeringOption("reset_at", "reset the schedule to its start before this step", Reset),
    SteeringOption(
        "rate_at",
        "from this step on the rate is RATE, until the next reset",
        SetRate,
        replace(parameters(Constant)[0], name="rate"),
    ),
)
"""All of them. What is done before the same step is done in this order."""


def steering_options(function: Function) -> Function:
    """A decorator that adds all of them to a command."""
    for one in reversed(OPTIONS):
        function = click.option(
            flag_of(one.name),
            one.name,
            multiple=True,
            type=_SteeringType(one),
            metavar=one.metavar,
            help=f"{one.help}; may be repeated",
        )(function)
    return function


def script_from(
    values: Mapping[str, Sequence[tuple[int, Steer]]], settings: Settings
) -> SteeringScript:
    """The script of all that was given, in the order of the steps.

    Args:
        values: what each option gave, by its name.
        settings: of the run.

    Raises:
        WrongCall: a step lies beyond the run.
    """
    script = []
    for option in OPTIONS:
        for step, command in values[option.name]:
            if step >= settings.steps:
                allowed = f"must be a step of this run, from 1 to {settings.steps - 1}"
                raise WrongCall(f"{flag_of(option.name)} {allowed}. Received: {step}")
            script.append((step, command))
    return tuple(sorted(dict.fromkeys(script), key=lambda entry: entry[0]))


class _SteeringType(click.ParamType):  # type: ignore[type-arg]  # not generic before 8.2
    """Reads the text of one option."""

    def __init__(self, option: SteeringOption) -> None:
        self.name = option.metavar
        self._option = option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The step and the command.

        Raises:
            WrongCall: it is not understood or not allowed.
        """
        try:
            return self._option.read(value) if isinstance(value, str) else value
        except Invalid as refusal:
            raise WrongCall(f"{flag_of(refusal.name)} {refusal.reason}") from None
