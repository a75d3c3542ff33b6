"""What a sweep goes over: a name and its values, read from ``NAME=LOW..HIGH:COUNT``. Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from lrtui.protocol import Settings
from lrtui.schedules import Invalid, Parameter, Schedule, parameters
from lrtui.schedules.quantities.numbers import Number

COUNT = 16
"""Values of a range that does not say how many."""
MOST_VALUES = 10_000
HIGHEST_RATE = "highest_rate"
"""The name of what every schedule has: its rates multiplied so that the highest is the value."""
_ALIASES = (HIGHEST_RATE, "base_rate", "learning_rate")
_LEFT_OUT = ("seed", "eager")
"""Settings that are no axis: --seeds has the seeds."""

Of = Literal["schedule", "setting", "rate"]


class SweepAxis(Struct, frozen=True):
    """A name and the values that it takes."""

    name: str
    of: Of
    """A parameter of the schedules, a setting of the training, or the highest rate."""
    values: tuple[str, ...]
    """As a person writes them, in their order."""


def read_axis(text: str, schedules: Sequence[Schedule]) -> SweepAxis:
    """The axis that a text describes.

    Args:
        text: ``decay_rate=0.9..0.99``, ``highest_rate=1e-3..1:7`` or
            ``optimizer=sgd,adam``. A range has its ends and, between them, values that are as far
            from each other as the parameter is turned: of rates and steps by their ratio, of
            factors near 1 by what is missing to 1, of others by their difference.
        schedules: that are swept over. A name means a parameter of theirs; else a setting.

    Raises:
        Invalid: the text is not understood, no schedule and no setting has the name, or a value is
            not allowed.
    """
    name, sign, described = text.partition("=")
    name = name.strip().replace("-", "_")
    if not sign or not name or not described.strip():
        raise Invalid("--over", "must be NAME=LOW..HIGH, NAME=LOW..HIGH:COUNT or NAME=A,B,C", text)
    of, parameter = _parameter(name, schedules)
    if of == "rate":
        name = HIGHEST_RATE
    try:
        return SweepAxis(name, of, _values(described.strip(), parameter))
    except Invalid as fault:
        raise fault.inside("--over") if fault.name != "--over" else fault from None


def named_parameters(schedule: Schedule) -> list[tuple[Schedule, Parameter]]:
    """The parameters of a schedule and of those within it, the outer ones first, each with whose
    it is. Those that hold schedules are left out.
    """
    own: list[tuple[Schedule, Parameter]] = []
    inner: list[Schedule] = []
    for one in parameters(type(schedule)):
        value = getattr(schedule, one.name)
        within = [part for part in (value if one.many else (value,)) if isinstance(part, Schedule)]
        inner += within
        if not within:
            own.append((schedule, one))
    return [*own, *(pair for part in inner for pair in named_parameters(part))]


def with_parameter(schedule: Schedule, name: str, value: str) -> Schedule:
    """The schedule with the first parameter of this name changed, also of a schedule within it.

    One that has no such parameter comes back as it is.

    Raises:
        Invalid: the value is not allowed there.
    """
    for whose, one in named_parameters(schedule):
        if one.name == name:
            return _exchanged(schedule, whose, whose.replace(**{name: one.read(value)}))
    return schedule


def _exchanged(schedule: Schedule, old: Schedule, new: Schedule) -> Schedule:
    if schedule is old:
        return new
    changes: dict[str, object] = {}
    for one in parameters(type(schedule)):
        value = getattr(schedule, one.name)
        if isinstance(value, Schedule):
            changes[one.name] = _exchanged(value, old, new)
        elif one.many and any(isinstance(part, Schedule) for part in value):
            changes[one.name] = tuple(_exchanged(part, old, new) for part in value)
    return schedule.replace(**changes) if changes else schedule


def _parameter(name: str, schedules: Iterable[Schedule]) -> tuple[Of, Parameter]:
    known: list[str] = []
    for schedule in schedules:
        for _, one in named_parameters(schedule):
            if one.name == name:
                return "schedule", one
            known.append(one.name)
    if name in _ALIASES:
        return "rate", _highest_rate()
    settings = [one for one in parameters(Settings) if one.name not in _LEFT_OUT]
    for one in settings:
        if one.name == name:
            return "setting", one
    names = dict.fromkeys((*known, HIGHEST_RATE, *(one.name for one in settings)))
    raise Invalid("--over", f"must name one of {', '.join(names)}", name)


def _highest_rate() -> Parameter:
    """As a constant schedule has its rate."""
    from lrtui.schedules.family.constant import Constant

    return parameters(Constant)[0]


def _values(text: str, parameter: Parameter) -> tuple[str, ...]:
    if ".." not in text:
        values = [parameter.read(part) for part in text.split(",") if part.strip()]
    else:
        values = _range(text, parameter)
    shown = tuple(dict.fromkeys(parameter.show(value) for value in values))
    if len(shown) > MOST_VALUES:
        raise Invalid("--over", f"must have at most {MOST_VALUES} values", text)
    return shown


def _range(text: str, parameter: Parameter) -> list[object]:
    ends, _, count_text = text.partition(":")
    low_text, _, high_text = ends.partition("..")
    low, high = parameter.read(low_text), parameter.read(high_text)
    if not isinstance(parameter.quantity, Number) or low is None or high is None or parameter.many:
        allowed = f"{parameter.name} has no range: name its values, as in A,B,C"
        raise Invalid("--over", allowed, text)
    if not low < high:
        raise Invalid("--over", "must be a range from a lower to a higher value", text)
    count = COUNT
    if count_text:
        if not count_text.strip().isdigit() or not 2 <= int(count_text) <= MOST_VALUES:
            raise Invalid("--over", f"must end in a count from 2 to {MOST_VALUES}", text)
        count = int(count_text)
    if parameter.type is int:
        count = min(count, int(high - low) + 1)
    try:
        inner = parameter.quantity.between(low, high, count)[1:-1]
    except ValueError:
        raise Invalid(
            "--over", f"{parameter.name} goes by ratios: a range begins above 0", low
        ) from None
    whole = parameter.type is int
    return [low, *(parameter.check(round(one) if whole else one) for one in inner), high]
