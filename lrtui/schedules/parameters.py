"""What a parameter is: its type, bounds, unit, help, and how it is turned.

Schedules and the settings of a training are both declared as :class:`Described` classes. The form
of the TUI, the options of the command line, validation and its messages are derived from here.
This module knows nothing of schedules.
"""

import builtins
import types
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Self, Union, get_args, get_origin, get_type_hints

import msgspec

from lrtui.schedules.docstrings import read_docstring
from lrtui.schedules.invalid import Invalid
from lrtui.schedules.quantities import (
    FLOAT32_MAX,
    DescribedValue,
    EndFraction,
    Hundredths,
    NearOne,
    Number,
    OneTwoFive,
    Quantity,
    Rate,
    Switch,
    Tenths,
)

__all__ = [
    "FLOAT32_MAX",
    "Boundaries",
    "Described",
    "Factor",
    "Flag",
    "Fraction",
    "Invalid",
    "LearningRate",
    "Multiplier",
    "Parameter",
    "Power",
    "Quantity",
    "Rates",
    "RemainingFraction",
    "RepeatedFactor",
    "Steps",
    "WarmupSteps",
    "parameter_of",
    "parameters",
]

LearningRate = Annotated[float, Rate(high=FLOAT32_MAX)]
Steps = Annotated[int, OneTwoFive("steps", low=1, high=10**12)]
WarmupSteps = Annotated[int, OneTwoFive("steps", high=10**12)]
Factor = Annotated[float, Hundredths(high=1e6)]
RepeatedFactor = Annotated[float, NearOne(high=1e6)]
"""A factor that applies again and again, so that 0.99 and 0.999 are far from each other."""
Multiplier = Annotated[float, Tenths(low=1, high=1e6)]
Fraction = Annotated[float, Hundredths(high=1)]
RemainingFraction = Annotated[float, EndFraction(high=1)]
"""What is left of a rate at the end."""
Power = Annotated[float, Tenths(high=100)]
Flag = Annotated[bool, Switch()]
Boundaries = Annotated[tuple[int, ...], Number("steps", high=10**12, example="300, 600")]
Rates = Annotated[tuple[float, ...], Number(high=FLOAT32_MAX, example="0.1, 0.05, 0.01")]


class Parameter(msgspec.Struct, frozen=True):
    """One field of a :class:`Described` class."""

    name: str
    type: type
    """The type of one value: float, int, bool, str, or a :class:`Described` class."""
    many: bool
    """Whether the value is a tuple of `type`."""
    optional: bool
    """Whether None is a value."""
    default: Any
    quantity: Quantity
    """Its kind."""
    described: builtins.type | None = None
    """The class whose docstring says what it is; None: an argument of another library."""

    @property
    def help(self) -> str:
        """What it is, in a sentence; empty: nothing says so."""
        if self.described is None:
            return ""
        return _helps(self.described).get(self.name, "")

    @property
    def nested(self) -> bool:
        """Whether a value is itself described, by parameters of its own."""
        return isinstance(self.quantity, DescribedValue)

    @property
    def allowed(self) -> str:
        """What may stand here, as a phrase: ``must be an integer >= 1``."""
        none = ", or none" if self.optional else ""
        return self.quantity.allowed(self.type, self.many) + none

    def check(self, value: Any) -> Any:
        """The value in its own type (an integral float as int, a list as tuple).

        Raises:
            Invalid: it is of another type or out of bounds.
        """
        if value is None and self.optional:
            return None
        if self.many:
            if not isinstance(value, (list, tuple)):
                raise Invalid(self.name, self.allowed, value)
            if self.quantity.accepts_all(value, self.type):
                return tuple(value)
            return tuple(self._check_one(one) for one in value)
        return self._check_one(value)

    def check_literal(self, value: Any) -> Any:
        """The value that a Python literal in a constructor expression stands for.

        Raises:
            Invalid: it is of another type or out of bounds.
        """
        return self.check(self.quantity.from_literal(value, self.many))

    def _check_one(self, value: Any) -> Any:
        if not self.quantity.accepts(value, self.type):
            raise Invalid(self.name, self.allowed, value)
        return self.quantity.convert(value, self.type)

    def read(self, text: str) -> Any:
        """The value a person typed: ``1e-3``, ``10k``, ``on``, ``100, 200``, ``none``.

        Raises:
            Invalid: it is not understood or not allowed.
        """
        stripped = text.strip()
        if self.optional and stripped.lower() in ("none", ""):
            return None
        if self.many:
            return tuple(self._read_one(part) for part in self.quantity.split(stripped))
        return self._read_one(stripped)

    def _read_one(self, text: str) -> Any:
        try:
            value = self.quantity.read(text, self.type)
        except Invalid as fault:
            raise fault.inside(self.name) from None
        except ValueError:
            raise Invalid(self.name, self.allowed, text) from None
        return self._check_one(value)

    def show(self, value: Any) -> str:
        """The value as a person reads it, exact: :meth:`read` gives it back."""
        if self.many:
            return ", ".join(self.quantity.write(one) for one in value)
        return "none" if value is None else self.quantity.write(value)

    def turn(self, value: Any, notches: int, coarse: bool = False) -> Any:
        """The value some notches further up (positive) or down, within its bounds.

        A value at its bound, or one that is typed and not turned, comes back as it is. None (an
        optional value that is not set) turned up becomes 0.1 or 1; nothing turned becomes None.
        From a text that is none of the choices one turns to the first of them, or down to the last.
        """
        if self.many or notches == 0:
            return value
        return self.quantity.turn(value, notches, coarse, self.type)

    def values_to_compare(
        self, value: Any, count: int = 5, scale: float | None = None
    ) -> tuple[Any, ...]:
        """Values around a present one, it among them, for showing what the parameter does.

        Each is allowed by itself; with the other parameters one may not be, so whoever makes values
        of them leaves out what is refused.

        Args:
            value: the present value.
            count: how many. There are fewer where no more exist, and of what is chosen all choices
                (and before them the present value, where it was typed).
            scale: how large such values are here (the highest rate, the steps in all), for a
                present value that does not say it: 0 (as float32) or none. Without it, the default
                tells.

        Returns:
            Distinct values, ascending, none before them. Only `value` where it is not turned.
        """
        if self.many:
            return (value,)
        return self.quantity.compared(value, count, scale, self.default, self.type)


class Described(msgspec.Struct, frozen=True):
    """A frozen value whose fields are parameters. It is valid, or it cannot be made."""

    def __post_init__(self) -> None:
        for parameter in parameters(type(self)):
            value = getattr(self, parameter.name)
            msgspec.structs.force_setattr(self, parameter.name, parameter.check(value))
        self.check()

    def check(self) -> None:
        """Override to refuse values that are wrong only together, with :class:`Invalid`."""

    def replace(self, **changes: Any) -> Self:
        """A copy with these fields changed, checked like any other."""
        return msgspec.structs.replace(self, **changes)


@cache
def _helps(cls: type) -> Mapping[str, str]:
    return read_docstring(cls).arguments


@cache
def parameters(cls: type[Described]) -> tuple[Parameter, ...]:
    """The parameters of a class, in the order of its arguments."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        parameter_of(field.name, hints[field.name], field.default, cls)
        for field in msgspec.structs.fields(cls)
        if _quantity(hints[field.name]) is not None
    )


def _quantity(hint: Any) -> Quantity | None:
    for part in (hint, *get_args(hint)):
        for extra in getattr(part, "__metadata__", ()):
            if isinstance(extra, Quantity):
                return extra
    return None


def parameter_of(name: str, hint: Any, default: Any, described: type | None = None) -> Parameter:
    """What an annotation says of an argument; `described` as in :class:`Parameter`."""
    optional = get_origin(hint) in (Union, types.UnionType)
    annotated = (
        next(part for part in get_args(hint) if part is not type(None)) if optional else hint
    )
    kind = get_args(annotated)[0]
    many = get_origin(kind) is tuple
    quantity = _quantity(hint)
    assert quantity is not None
    return Parameter(
        name=name,
        type=get_args(kind)[0] if many else kind,
        many=many,
        optional=optional,
        default=default,
        quantity=quantity,
        described=described,
    )
