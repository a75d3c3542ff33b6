"""The constructors of other libraries, understood as schedules of ours.

A library is one table file (``torch.py``, ``optax.py``, …), which is read when a line names
something in it. Nothing is imported from the libraries themselves.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import get_data
from types import ModuleType
from typing import Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.foreign.constructor import (
    Constructor,
    Line,
    Reader,
    constructors,
    name_of,
    optimizer_in,
)
from lrtui.schedules.foreign.optimizers import OUR_RATE, groups_of
from lrtui.schedules.parameters import Invalid
from lrtui.schedules.reading import Reading

LIBRARIES = (
    "torch",
    "transformers",
    "optax",
    "timm",
    "fastai",
    "tensorflow",
    "tensorflow_addons",
    "models_garden",
    "lightning_bolts",
    "deepspeed",
    "composer",
    "language_models",
)
"""The table files, the most used first: where a name alone could be of two, it is of the first."""
MORE_FILES = {
    "torch": ("torch_cycles",),
    "transformers": ("transformers_by_name",),
    "optax": ("optax_pieces",),
}
"""What a table has in files of their own, which it imports."""


def libraries() -> Iterator[ModuleType]:
    """The tables, each read when it is come to."""
    yield from map(load, LIBRARIES)


NOT_READ = ("paddle", "mindspore", "mxnet", "mx", "chainer", "fairseq")
"""Packages with some of the names that are read here, for what is not always the same."""


def load(name: str) -> ModuleType:
    """The table of a library."""
    return import_module(f"{__name__}.{name}")


@lru_cache(maxsize=64)
def _that_know(name: str) -> list[ModuleType]:
    """The tables that have a name. Only they are imported: all texts are read in a millisecond."""
    found = []
    word = re.compile(f'^def {re.escape(name)}\\(|"{re.escape(name)}":'.encode(), re.MULTILINE)
    for library in LIBRARIES:
        files = (library, *MORE_FILES.get(library, ()))
        texts = [get_data(__name__, f"{file}.py") for file in files]
        if any(text is None or word.search(text) for text in texts):
            table = load(library)
            if name in constructors(table) or name in table.WITHOUT_CURVE:
                found.append(table)
    return found


def find_constructor(name: str, call: ast.Call | None = None) -> Constructor | None:
    """The constructor of that name, as in ``optax.linear_schedule``; None: no library has it.

    Args:
        name: what is called, with what stands before it.
        call: its call; where several libraries have the name, the first that takes it is meant.

    Raises:
        Invalid: it is known, and has no curve.
    """
    qualifiers, _, last = name.rpartition(".")
    if (package := qualifiers.partition(".")[0]) in NOT_READ:
        allowed = f"is {package}'s, whose lines are not read: save a function and open file.py:name"
        raise Invalid(last, allowed, name)
    tables = _that_know(last)
    for table in tables:
        if any(one in table.QUALIFIERS for one in qualifiers.split(".")):
            tables = [table]
            break
    known = [one for table in tables if (one := constructors(table).get(last))]
    if len(known) > 1 and call is not None:
        known = [one for one in known if one.takes(call)] or known
    if known:
        return known[0]
    for table in tables:
        raise Invalid(last, table.WITHOUT_CURVE[last], name)
    return None


def names() -> Iterator[str]:
    """Every name that is understood."""
    for library in libraries():
        yield from constructors(library)


def without_curve() -> Mapping[str, str]:
    """What is known and has no curve, with the reason."""
    return {name: why for library in libraries() for name, why in library.WITHOUT_CURVE.items()}


def read_call(constructor: Constructor, call: ast.Call, reader: Reader) -> Schedule:
    """The schedule that a call of a constructor means, for the first group of parameters.

    Args:
        constructor: what is called.
        call: the call, its values written out.
        reader: what reads the values.

    Raises:
        Invalid: the original refuses it, or ours has no such schedule.
    """
    found: list[Schedule] = []
    known = constructors(constructor.library)
    optimizer = optimizer_in(call, known, reader)
    for group in groups_of(optimizer):
        made = constructor(call, Line(reader, group, constructor.library))
        if isinstance(made, Reading):
            for note in made.notes:
                reader.note(note)
            made = made.schedule
        finish = getattr(constructor.library, "finish", _as_it_is)
        found.append(finish(made, group))
        if group.assumed and group.used:
            reader.note(
                f"The optimizer's rate is not in the line: {OUR_RATE:g} is assumed; give it as "
                f"lr=, as in {constructor.name}(SGD(params, lr=0.01), …)."
            )
    if any(one != found[0] for one in found):
        rates = ", ".join(f"{rate:g}" for rate in optimizer.groups)
        reader.note(
            f"The optimizer's parameter groups have the rates {rates}: each has a curve; the first "
            f"is trained with. -p lr={optimizer.groups[-1]:g} opens another."
        )
        reader.others(one for one in dict.fromkeys(found) if one != found[0])
    return found[0]


def _as_it_is(made: Any, group: object) -> Any:
    return made


__all__ = [
    "Constructor",
    "Reader",
    "constructors",
    "find_constructor",
    "libraries",
    "load",
    "name_of",
    "names",
    "read_call",
]
