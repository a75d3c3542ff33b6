"""What is learned: one task a file. What is put here can be chosen; Keras is not imported."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from lrtui.training.tasks.base import Samples, Task, Wanted

__all__ = ["Samples", "Task", "Wanted", "tasks"]


@cache
def tasks() -> Mapping[str, Task]:
    """The tasks by name, sorted by it."""
    found = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for value in vars(import_module(module.name)).values():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and issubclass(value, Task) and value is not Task:
                found[value().name] = value()
    return MappingProxyType(dict(sorted(found.items())))
