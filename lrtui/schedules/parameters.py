"""What a parameter is: its type, bounds, unit, help, and how it is turned.

Schedules and the settings of a training are both declared as :class:`Described` classes. The form
of the TUI, the options of the command line, validation and its messages are derived from here.
This module knows nothing of schedules.
"""

import math
import types
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Annotated, Any, Self, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from lrtui.schedules.docstrings import read_docstring
from lrtui.schedules.number_text import (
    format_bound,
    format_number,
    read_number,
    shorten,
    split_commas,
)

_Reader = TypeVar("_Reader", bound="Callable[[str], Described]")

FLOAT32_MAX = 3.4028234663852886e38


class Invalid(ValueError):
    """A value that cannot be: names the argument, what is allowed and what was received."""

    def __init__(self, name: str, allowed: str, received: object) -> None:
        self.name = name
        self.nested = False
        self.reason = f"{allowed}. Received: {shorten(received)}"
        super().__init__(f"{name} {self.reason}")

    def inside(self, name: str) -> "Invalid":
        """The same fault, told of the argument `name`, whose value holds it."""
        if self.name == name:
            return self
        reason = self.reason if self.nested else str(self)
        fault = Invalid.__new__(Invalid, f"{name}: {reason}")
        fault.name, fault.reason, fault.nested = name, reason, True
        return fault


class Turn(Enum):
    """The notches that suit a quantity when it is turned with the arrow keys."""

    DECADES = "a tenth of a decade; coarse: a decade"
    ONE_TWO_FIVE = "1, 2, 5, 10; coarse: a decade"
    ONES = "one; coarse: ten"
    TENTHS = "a tenth; coarse: one"
    HUNDREDTHS = "a hundredth; coarse: a tenth"
    NEAR_ONE = "a hundredth, near 1 finer: 0.99, 0.991, 0.992; coarse: 0.9, 0.99, 0.999"
    CHOICES = "the next one"
    NONE = "not turned: type it"


class Quantity(msgspec.Struct, frozen=True):
    """What a number means beyond its type. Bounds are inclusive."""

    turn: Turn
    unit: str = ""
    low: float = 0.0
    high: float = math.inf
    choices: tuple[str, ...] = ()
    others: Callable[[str], str] | None = None
    """What reads a text that is none of the choices, which with it are suggestions: it returns the
    text as it shall stand, or raises :class:`Invalid`."""
    example: str = ""


LearningRate = Annotated[float, Quantity(Turn.DECADES, high=FLOAT32_MAX)]
Steps = Annotated[int, Quantity(Turn.ONE_TWO_FIVE, "steps", low=1, high=10**12)]
WarmupSteps = Annotated[int, Quantity(Turn.ONE_TWO_FIVE, "steps", high=10**12)]
Factor = Annotated[float, Quantity(Turn.HUNDREDTHS, high=1e6)]
RepeatedFactor = Annotated[float, Quantity(Turn.NEAR_ONE, high=1e6)]
"""A factor that applies again and again, so that 0.99 and 0.999 are far from each other."""
Multiplier = Annotated[float, Quantity(Turn.TENTHS, low=1, high=1e6)]
Fraction = Annotated[float, Quantity(Turn.HUNDREDTHS, high=1)]
Power = Annotated[float, Quantity(Turn.TENTHS, high=100)]
Flag = Annotated[bool, Quantity(Turn.CHOICES)]
Boundaries = Annotated[
    tuple[int, ...], Quantity(Turn.NONE, "steps", high=10**12, example="300, 600")
]
Rates = Annotated[
    tuple[float, ...], Quantity(Turn.NONE, high=FLOAT32_MAX, example="0.1, 0.05, 0.01")
]


class Parameter(msgspec.Struct, frozen=True):
    """One field of a :class:`Described` class."""

    name: str
    kind: type
    """The type of one value: float, int, bool, str, or a :class:`Described` class."""
    many: bool
    """Whether the value is a tuple of `kind`."""
    optional: bool
    """Whether None is a value."""
    default: Any
    quantity: Quantity
    help: str

    @property
    def nested(self) -> bool:
        """Whether a value is itself described, by parameters of its own."""
        return issubclass(self.kind, Described)

    @property
    def closed(self) -> bool:
        """Whether it is chosen and never typed: nothing but its choices may stand there."""
        return self.kind is bool or bool(self.quantity.choices and not self.quantity.others)

    @property
    def allowed(self) -> str:
        """What may stand here, as a phrase: ``must be an integer >= 1``."""
        quantity = self.quantity
        if quantity.others:
            return f"must be one of {', '.join(quantity.choices)}, or as in {quantity.example}"
        if quantity.choices:
            return f"must be one of {', '.join(quantity.choices)}"
        if self.kind is bool:
            return "must be true or false"
        if self.kind is str:
            return "must be a text"
        if self.nested:
            name = self.kind.__name__.lower()
            return f"must be {f'{name}s' if self.many else f'a {name}'}, as in {quantity.example}"
        if quantity.low == quantity.high:
            return f"must be {format_bound(quantity.low)}"
        noun = "an integer" if self.kind is int else "a finite number"
        if self.many:
            noun = "integers" if self.kind is int else "finite numbers"
        if quantity.high < FLOAT32_MAX:
            phrase = (
                f"must be {noun} from {format_bound(quantity.low)} to {format_bound(quantity.high)}"
            )
        else:
            phrase = f"must be {noun} >= {format_bound(quantity.low)}"
        phrase += f", as in {quantity.example}" if self.many else ""
        return phrase + (", or none" if self.optional else "")

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
            return tuple(self._check_one(one) for one in value)
        return self._check_one(value)

    def _check_one(self, value: Any) -> Any:
        others = self.quantity.others
        if others and isinstance(value, str) and value not in self.quantity.choices:
            return others(value)
        if not self._allows(value):
            raise Invalid(self.name, self.allowed, value)
        return value if self.nested else self.kind(value)

    def _allows(self, value: Any) -> bool:
        if self.nested:
            return isinstance(value, self.kind)
        if self.kind in (bool, str):
            choices = self.quantity.choices or (value,)
            return isinstance(value, self.kind) and value in choices
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        within = self.quantity.low <= value <= min(self.quantity.high, FLOAT32_MAX)
        return within and (self.kind is float or value == int(value))

    def read(self, text: str) -> Any:
        """The value a person typed: ``1e-3``, ``10k``, ``on``, ``100, 200``, ``none``.

        Raises:
            Invalid: it is not understood or not allowed.
        """
        stripped = text.strip()
        if self.optional and stripped.lower() in ("none", ""):
            return None
        if self.many:
            return tuple(self._read_one(part) for part in self._parts(stripped))
        return self._read_one(stripped)

    def _parts(self, text: str) -> list[str]:
        if not self.nested:
            return text.strip("[]()").replace(",", " ").split()
        return split_commas(
            text[1:-1] if text[:1] in ("[", "(") and text[-1:] in ("]", ")") else text
        )

    def _read_one(self, text: str) -> Any:
        if issubclass(self.kind, Described):
            try:
                return self._check_one(read_described(self.kind, text))
            except Invalid as fault:
                raise fault.inside(self.name) from None
        if self.kind is str:
            return self._check_one(text)
        if self.kind is bool:
            words = {"on": True, "true": True, "yes": True, "1": True}
            words |= {"off": False, "false": False, "no": False, "0": False}
            if text.lower() not in words:
                raise Invalid(self.name, self.allowed, text)
            return words[text.lower()]
        try:
            value = read_number(text)
        except ValueError:
            raise Invalid(self.name, self.allowed, text) from None
        return self._check_one(value)

    def show(self, value: Any) -> str:
        """The value as a person reads it, exact: :meth:`read` gives it back."""
        if self.many:
            return ", ".join(str(one) if self.nested else format_number(one) for one in value)
        if self.nested:
            return str(value)
        if isinstance(value, bool):
            return "on" if value else "off"
        if value is None:
            return "none"
        return value if isinstance(value, str) else format_number(value)


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


_READERS: dict[type[Described], Callable[[str], Described]] = {}


def reader_of(cls: type[Described]) -> Callable[[_Reader], _Reader]:
    """Decorate the function that reads a text as a value of `cls`, or of a class below it.

    A class cannot read its own texts where one may describe any class below it, as a schedule's do:
    those know it, and it knows none of them.
    """

    def register(reader: _Reader) -> _Reader:
        _READERS[cls] = reader
        return reader

    return register


def read_described(cls: type[Described], text: str) -> Described:
    """The value that a text describes, by the reader of `cls`.

    Raises:
        Invalid: it is not understood, or there is no reader.
    """
    for base in cls.__mro__:
        if reader := _READERS.get(base):
            return reader(text)
    raise Invalid(cls.__name__, "has no text form", text)


@cache
def parameters(cls: type[Described]) -> tuple[Parameter, ...]:
    """The parameters of a class, in the order of its arguments."""
    hints = get_type_hints(cls, include_extras=True)
    helps = read_docstring(cls).arguments
    return tuple(
        parameter_of(field.name, hints[field.name], field.default, helps.get(field.name, ""))
        for field in msgspec.structs.fields(cls)
        if _quantity(hints[field.name]) is not None
    )


def _quantity(hint: Any) -> Quantity | None:
    for part in (hint, *get_args(hint)):
        for extra in getattr(part, "__metadata__", ()):
            if isinstance(extra, Quantity):
                return extra
    return None


def parameter_of(name: str, hint: Any, default: Any, text: str = "") -> Parameter:
    """What an annotation says of an argument."""
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
        kind=get_args(kind)[0] if many else kind,
        many=many,
        optional=optional,
        default=default,
        quantity=quantity,
        help=text,
    )
