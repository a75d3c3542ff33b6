"""What a forked child lets go of: a data loader that outlives a training holds nothing of it."""

import os
import weakref
from collections.abc import Callable
from typing import Any

_held: "weakref.WeakKeyDictionary[Any, Callable[[Any], None]]" = weakref.WeakKeyDictionary()


def let_go_in_children(held: Any, let_go: Callable[[Any], None]) -> None:
    """Have each child that is forked from now on let go of something; called with it there."""
    _held[held] = let_go


def _leave_to_parent() -> None:
    for held, let_go in list(_held.items()):
        let_go(held)


os.register_at_fork(after_in_child=_leave_to_parent)
