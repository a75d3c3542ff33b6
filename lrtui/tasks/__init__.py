"""What is learned: one task a file. What is put here can be chosen; Keras is not imported.

A file is imported when its task is asked for, so that the names alone cost no start-up time.
"""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from lrtui.schedules.user_schedule import is_source
from lrtui.tasks.base import Samples, Task, Wanted

__all__ = ["NAMES", "Samples", "Task", "Wanted", "task", "tasks"]

NAMES = tuple(
    sorted({module.name for module in pkgutil.iter_modules(__path__)} - {"base", "user_task"})
)
"""The tasks are called as their files are."""


@cache
def task(name: str) -> Task:
    """The task of that name, one of :data:`NAMES`, or of the user's own."""
    if is_source(name):
        from lrtui.tasks.user_task import UserTask

        return UserTask(name)
    module = import_module(f"{__name__}.{name}")
    (cls,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    )
    made: Task = cls()
    return made


def tasks() -> Mapping[str, Task]:
    """All of them, by name."""
    return {name: task(name) for name in NAMES}
