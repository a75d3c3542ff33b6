"""Which training a call of ``lrtui attach`` means, and what the form shows first. Without click."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrtui.runs.trainings import Training
    from lrtui.schedules import Reading


def plainly_meant(arguments: Sequence[str]) -> "Training | None":
    """The training of a call that has nothing in it that could be wrong; None: it may have.

    Args:
        arguments: of the program.
    """
    command, *names = arguments or [""]
    if command != "attach" or len(names) > 1 or any(name.startswith("-") for name in names):
        return None
    from lrtui.runs.trainings import find_training, trainings
    from lrtui.schedules import Invalid

    try:
        return find_training(names[0] if names else None, trainings())
    except Invalid:
        return None  # whoever reads it with care says what is wrong, or asks


def schedule_of(training: "Training") -> "Reading | None":
    """What the form shows at first: the schedule of the training, where it is one that is known."""
    from lrtui.protocol import Started
    from lrtui.runs.journal import last_lines
    from lrtui.runs.record import known_schedule
    from lrtui.schedules import Reading

    for line in last_lines(training.place):
        if isinstance(line.event, Started):
            known = known_schedule(line.event.schedule)
            return None if known is None else Reading(known)
    return None
