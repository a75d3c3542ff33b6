"""Modules of installed packages by themselves: what else their packages import is not needed."""

import importlib.util
import sys
from types import ModuleType
from typing import Any


def alone(name: str, **others: dict[str, Any]) -> Any:
    """A module, imported without running the ``__init__`` of the packages that it is in.

    Args:
        name: its full name.
        others: modules that it imports, in place of which there are just these names; a dot in
            their names is written ``__``.
    """
    parts = name.split(".")
    for count in range(1, len(parts)):
        _bare(".".join(parts[:count]))
    for other, names in others.items():
        full = other.replace("__", ".")
        sys.modules[full] = ModuleType(full)
        vars(sys.modules[full]).update(names)
    return importlib.import_module(name)


def _bare(name: str) -> None:
    """A package in which nothing is but its modules."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    assert spec is not None, f"{name} is not installed"
    package = ModuleType(name)
    package.__spec__ = spec
    package.__path__ = list(spec.submodule_search_locations or ())
    sys.modules[name] = package
