"""Undo and redo over any value, as a value: what a person did, in steps. Pure; knows no keys."""

from collections.abc import Hashable
from typing import Generic, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

T = TypeVar("T")

LIMIT = 1000
"""Steps that can be undone. A step shares with its neighbours what did not change."""


class UndoHistory(Struct, Generic[T], frozen=True):
    """A present value, the ones before it, and the ones that were undone."""

    present: T
    before: tuple[T, ...] = ()
    """What :meth:`undo` goes back to, the latest last."""
    after: tuple[T, ...] = ()
    """What :meth:`redo` goes on to, the next one last."""
    gesture: Hashable = None
    """What made the present value, while more of it may come; None: that is over."""

    def put(self, value: T, gesture: Hashable = None) -> Self:
        """With another present value. What was undone is dropped; an equal value changes nothing.

        Args:
            value: the new one.
            gesture: puts of the same gesture on end are one step: a held key, a text being typed.
                None: a step of its own.
        """
        if value == self.present:
            return self
        goes_on = gesture is not None and gesture == self.gesture
        before = self.before if goes_on else (*self.before, self.present)[-LIMIT:]
        if goes_on and before and value == before[-1]:
            return replace(self, present=value, before=before[:-1], after=(), gesture=None)
        return replace(self, present=value, before=before, after=(), gesture=gesture)

    def amend(self, value: T) -> Self:
        """With another present value that is no step of its own, such as a move of the cursor."""
        return replace(self, present=value)

    def undo(self) -> Self:
        """One step back; at the first one nothing changes."""
        if not self.before:
            return self
        *before, present = self.before
        after = (*self.after, self.present)
        return replace(self, present=present, before=tuple(before), after=after, gesture=None)

    def redo(self) -> Self:
        """One step forth again; where nothing was undone nothing changes."""
        if not self.after:
            return self
        *after, present = self.after
        before = (*self.before, self.present)
        return replace(self, present=present, before=before, after=tuple(after), gesture=None)
