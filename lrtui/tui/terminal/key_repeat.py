"""How many notches a key turns that is held down. Pure; the time is told to it.

A terminal tells no key from its repetition, so a key that comes again soon enough counts as held.
"""

from collections.abc import Hashable
from math import inf
from typing import Self

from msgspec import Struct

SOON = 0.15
"""Seconds within which a key is held. Keys repeat at 15 to 40 a second; a person taps at most 8."""
PACES = ((30, 10), (20, 5), (10, 2), (0, 1))
"""From so many repetitions on, so many notches a key: at 30 a second faster each third of one."""


class KeyRepeat(Struct, frozen=True):
    """A key, and how often it came in a row."""

    key: Hashable = None
    """Which key on what: ``("right", "decay_rate")``."""
    since: float = -inf
    """When it was first pressed; a gesture's identity, together with the key."""
    last: float = -inf
    count: int = 0
    """How often it came since, each time soon."""

    def press(self, key: Hashable, now: float) -> Self:
        """The value after a key was pressed.

        Args:
            key: anything that tells keys, directions and what they act on apart.
            now: in seconds, of a clock that does not go back.
        """
        if key == self.key and now - self.last <= SOON:
            return type(self)(key, self.since, now, self.count + 1)
        return type(self)(key, now, now)

    def notches(self, at_most: int = 10) -> int:
        """How many notches this press turns; `at_most`, as suits the quantity."""
        return min(at_most, next(notches for count, notches in PACES if self.count >= count))
