"""What comes of reading a text: a schedule, and notes on what was assumed to read it."""

import msgspec

from lrtui.schedules.base import Schedule


class Reading(msgspec.Struct, frozen=True):
    """A schedule that was read from a text.

    A function of ``foreign/`` may return one in place of a schedule; the notes of schedules within
    others come together.
    """

    schedule: Schedule
    notes: tuple[str, ...] = ()
    """One sentence each for a person: what is assumed that the text does not say, or what the text
    says that the curve does not show; and what to do about it."""
