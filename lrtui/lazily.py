"""Packages that are read when something of them is used for the first time.

An import statement of such a package costs nothing and stays as it is. The standard library's
``LazyLoader`` does not do here: it reads the package at the next import statement that names it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


class _Unread(ModuleType):
    """A package that has been found and not read."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        object.__setattr__(self, "__class__", ModuleType)
        self.__path__ = spec.submodule_search_locations or []
        spec.loader.exec_module(self)
        return getattr(self, name)


def later(*names: str) -> None:
    """Have packages read when something of them is used; one that was imported already stays."""
    for name in names:
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None:
            package = module_from_spec(spec)
            package.__class__ = _Unread
            del package.__path__  # whoever imports a part of it needs the whole
            sys.modules[name] = package


@contextmanager
def without(*names: str) -> Iterator[None]:
    """For a while packages are as if they were not installed; those imported already stay."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def now(*names: str) -> None:
    """Read those of these packages that wait for it."""
    for name in names:
        getattr(sys.modules.get(name), "__path__", None)
