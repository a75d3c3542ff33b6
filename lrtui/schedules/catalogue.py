"""The catalogue: every schedule there is, found by looking into ``family/``."""

import difflib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from lrtui.schedules import family
from lrtui.schedules.base import Schedule, short_name
from lrtui.schedules.parameters import Invalid


@cache
def catalogue() -> Mapping[str, type[Schedule]]:
    """The schedules by short name, sorted by it."""
    found = {}
    for module in pkgutil.iter_modules(family.__path__, f"{family.__name__}."):
        for value in vars(import_module(module.name)).values():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and issubclass(value, Schedule):
                found[short_name(value)] = value
    return MappingProxyType(dict(sorted(found.items())))


def is_name(name: str) -> bool:
    """Whether a schedule has that short or class name."""
    return name in catalogue() or any(one.__name__ == name for one in catalogue().values())


def find(name: str, also: Iterable[str] = (), *, called: bool = False) -> type[Schedule]:
    """The schedule of that short or class name.

    Args:
        name: what was given.
        also: further names that are understood, to be suggested; iterated only for that.
        called: whether it was given with arguments: then constructors are suggested alone.

    Raises:
        Invalid: there is none; the nearest name is suggested.
    """
    classes = {schedule.__name__: schedule for schedule in catalogue().values()}
    if found := catalogue().get(name) or classes.get(name):
        return found
    short = () if called else catalogue()
    known = {known.lower(): known for known in (*also, *classes, *short)}
    cutoff = 0.7 if called else 0.5
    nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=cutoff)
    advice = f"did you mean {known[nearest[0]]}?" if nearest else "`lrtui list` shows them all"
    raise Invalid("schedule", f"must be the name of a schedule ({advice})", name)
