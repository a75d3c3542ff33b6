"""A schedule as plain functions of the step, on numpy or jax.numpy, their defaults its values."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lrtui.export.code.formula import (
    Dialect,
    fields_of,
    fragile_divisors,
    lines_of,
    methods,
    names_in,
)
from lrtui.export.code.layout import WIDTH, comment, docstring, literal
from lrtui.schedules import Schedule, read_docstring

_INT32 = 2**31
_HIDDEN = "Hidden from the compiler, which else multiplies by the rounded 1 / {}."


@dataclass(frozen=True)
class BuiltinSchedule:
    """A schedule that the library has itself: the expression that makes it, and what differs."""

    expression: str
    note: str = ""


BuiltinOf = Callable[[Schedule, Callable[[Schedule], str]], BuiltinSchedule | None]
"""From a schedule, and from what writes down an inner one and returns its name."""


class Functions:
    """The functions of a source: one a schedule, an inner one before what uses it.

    Args:
        dialect: how the array library is spelt.
        casts: the source that turns ``step`` into a number of a schedule's dtype, by that dtype.
        own: the library's own expression for an inner schedule, if it has one.
    """

    def __init__(
        self,
        dialect: Dialect,
        casts: Mapping[str, str],
        own: BuiltinOf = lambda schedule, add: None,
    ) -> None:
        self._dialect, self._casts, self._own = dialect, casts, own
        self._names: dict[Schedule, str] = {}
        self._joinable = False  # whether the last block is of assignments
        self.blocks: list[list[str]] = []
        """The functions' lines."""
        self.imports: set[str] = set()
        """Modules of the standard library that they use."""

    def add(self, schedule: Schedule) -> str:
        """Write down what gives the rates of a schedule, inner ones first; its name is returned."""
        if schedule in self._names:
            return self._names[schedule]
        if own := self._own(schedule, self.add):
            name = self._named(schedule)
            lines = [*comment(own.note), f"{name} = {own.expression}"]
            if self._joinable:
                self.blocks[-1] += lines
            else:
                self.blocks.append(lines)
            self._joinable = True
            return name
        return self.add_function(schedule)

    def add_function(self, schedule: Schedule) -> str:
        """The same, as a function whatever the library has itself."""
        found = methods(schedule, self._dialect)
        used = names_in(*found.values())
        self.imports |= {"math"} & used
        given = {
            name: self._value(value) for name, value in fields_of(schedule).items() if name in used
        }
        name = self._named(schedule)
        first = [f"step = {self._casts[schedule.step_dtype]}"]
        if self._dialect.barrier and (divisors := fragile_divisors(schedule, *found.values())):
            first += comment(_HIDDEN.format(divisors[0]), width=WIDTH - 4)
            first += [f"{one} = {self._dialect.barrier.format(one)}" for one in divisors]
        self._joinable = False
        self.blocks.append(_lines(name, schedule, found, given, first))
        return name

    def _value(self, value: Any) -> str:
        """A default: a function for a schedule, else a literal."""
        if isinstance(value, Schedule):
            return self.add(value)
        if isinstance(value, tuple):
            inside = [self._value(one) for one in value]
            return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"
        if isinstance(value, int) and value >= _INT32:
            return literal(float(value))  # neither library takes it into 32 bits otherwise
        return literal(value)

    def _named(self, schedule: Schedule) -> str:
        name, taken = snake(type(schedule).__name__), set(self._names.values())
        numbered = (f"{name}_{count}" for count in range(2, len(taken) + 3))
        if name in taken:
            name = next(one for one in numbered if one not in taken)
        self._names[schedule] = name
        return name


def snake(name: str) -> str:
    """``CosineDecay`` as ``cosine_decay``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _lines(
    name: str,
    schedule: Schedule,
    found: Mapping[str, ast.FunctionDef],
    given: Mapping[str, str],
    first: list[str],
) -> list[str]:
    formula, *helpers = found.values()
    signature = ", ".join(["step", *(f"{name}={value}" for name, value in given.items())])
    lines = [
        f"def {name}({signature}):",
        *docstring(read_docstring(type(schedule)).summary, "    "),
    ]
    lines += [f"    {line}" for line in first]
    for helper in helpers:
        lines += ["", *lines_of(helper, "    ")]
    lines += [""] if helpers else []
    for statement in formula.body:
        lines += lines_of(statement, "    ")
    return lines
