"""The kinds of steering: for each one the words of screen and files, and what repeats it.

This is the only list of them. Plot, help, table of epochs, exported files and ``--from`` read it.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from lrtui.protocol.commands import Reset, Restore, Scale, SetRate, Steer, UndoSteering
from lrtui.protocol.events import Marked, MarkKind
from lrtui.schedules import Invalid


class KindOfMark(Struct, frozen=True):
    """What is said of a mark of one kind."""

    letter: str
    """At its step on the axis of a plot."""
    meaning: str
    """What help says that the letter means."""
    repeat: Callable[[Marked, str], Steer] | None
    """From a mark, and the schedule before it, to the command that does the same again.

    It raises Invalid where the mark cannot be of this kind. None: the run does it by itself.
    """
    epoch_word: str = ""
    """What a table of epochs says of an epoch in which it happened; empty: nothing."""
    epoch_letter: str = ""
    """The same where there is only room for a letter."""


def _reset(mark: Marked, schedule_before: str) -> Steer:
    return Reset(mark.schedule if mark.schedule != schedule_before else None)


def _set_rate(mark: Marked, _: str) -> Steer:
    if mark.rate is None:
        raise Invalid("rate", "must be told in a mark of this kind", mark.rate)
    return SetRate(mark.rate)


KINDS: Mapping[MarkKind, KindOfMark] = {
    "reset": KindOfMark("r", "reset", _reset, "reset", "r"),
    "scale": KindOfMark("x", "times or divided by 2", lambda mark, _: Scale(mark.by)),
    "rate": KindOfMark("=", "set to a rate", _set_rate, "rate", "="),
    "plateau": KindOfMark("c", "cut by ReduceLROnPlateau", None, "cut", "c"),
    "undo": KindOfMark("u", "steering undone", lambda mark, _: UndoSteering()),
    "restore": KindOfMark(
        "R", "an earlier state restored", lambda mark, _: Restore(mark.checkpoint_step)
    ),
}
