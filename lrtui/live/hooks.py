"""A method wrapped on one instance, until it is undone; and what happens when a wrapper fails.

Nothing here knows a framework. The classes of Keras and of the user are never changed.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lrtui.schedules import Invalid

_ABSENT = object()


class NotSteerable(Invalid):
    """An optimizer cannot be steered, and why: nothing was done."""

    def __init__(self, reason: str) -> None:
        ValueError.__init__(self, f"not steered: {reason}")
        self.name, self.nested, self.reason = "steering", False, reason


class Hook:
    """Wraps one method of one instance.

    Args:
        owner: the instance.
        name: of the method.
        wrap: is given the method as it is and returns what takes its place.
    """

    def __init__(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        self.owner = owner
        self._name = name
        self._before = vars(owner).get(name, _ABSENT)
        self._ours = wrap(getattr(owner, name))
        self._set(self._ours)

    def undo(self) -> None:
        """Give the owner its own method back, unless someone else has wrapped it since.

        Then ours stays inside the other's wrapper, and must pass everything through.
        """
        if vars(self.owner).get(self._name) is not self._ours:
            return
        if self._before is _ABSENT:
            object.__delattr__(self.owner, self._name)
        else:
            self._set(self._before)

    def _set(self, value: Any) -> None:
        if isinstance(self.owner, ModuleType):
            setattr(self.owner, self._name, value)
        else:  # not `setattr`: Keras and torch would look for variables and layers in it
            object.__setattr__(self.owner, self._name, value)


def say(message: str) -> None:
    """One line on stderr, for whoever reads the output of their training."""
    print(f"lrtui: {' '.join(message.split())}", file=sys.stderr, flush=True)


def short(error: BaseException, limit: int = 200) -> str:
    """What an error says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"
