"""Which arguments a function in a user's file takes, by the file's text: nothing of it is run."""

import ast
from typing import NamedTuple

from lrtui.schedules.files import read_file
from lrtui.schedules.user_schedule import UserSchedule

FIRST_RATE = 0.1
"""What a function of the epoch and the rate before is given at first: no optimizer is seen."""
MAX_BYTES = 200_000
"""A longer file is not looked at."""


class Arguments(NamedTuple):
    """What a function takes by position."""

    names: tuple[str, ...] = ()
    required: int = 0
    """How many of them have no default."""

    @property
    def take_rate(self) -> bool:
        """Whether the second is the rate before, as in Keras' f(epoch, lr)."""
        return len(self.names) >= 2 and (self.required >= 2 or self.names[0] == "epoch")


def arguments_of(schedule: UserSchedule) -> Arguments:
    """What the function takes, without ``self``; nothing where that is not plain to see.

    Of a class it is what its ``__call__`` takes.
    """
    try:
        found: ast.AST | None = ast.parse(read_file(schedule.file, MAX_BYTES))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return Arguments()
    for part in schedule.name.split("."):
        found = _named(found, part)
    if isinstance(found, ast.ClassDef):
        found = _named(found, "__call__")
    if not isinstance(found, (ast.FunctionDef, ast.Lambda)):
        return Arguments()
    names = [one.arg for one in (*found.args.posonlyargs, *found.args.args)]
    names = names[1:] if names[:1] == ["self"] else names
    return Arguments(tuple(names), len(names) - len(found.args.defaults))


def _named(scope: ast.AST | None, name: str) -> ast.AST | None:
    """What a module or a class defines last under a name."""
    found: ast.AST | None = None
    for node in getattr(scope, "body", ()):
        match node:
            case ast.FunctionDef(name=defined) | ast.ClassDef(name=defined) if defined == name:
                found = node
            case ast.Assign(targets=[ast.Name(id=assigned)], value=value) if assigned == name:
                found = value
    return found
