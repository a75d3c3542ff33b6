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
    others: tuple[Schedule, ...] = ()
    """The schedules of the optimizer's other groups of parameters, where their rates differ; the
    first one's is trained with."""
    named_only: bool = False
    """Whether a name was read and nobody gave a length: those that it has may be fitted."""


class Said:
    """What is found while a text is read, besides its schedule; readers add to it."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.others: list[Schedule] = []
        """As in :class:`Reading`."""
