"""Repeating a run: what was done to it, as a script for its start. Reads a record only."""

from lrtui.protocol import Steer
from lrtui.protocol.marks import KINDS
from lrtui.runs.record import RunRecord


def script_of(record: RunRecord) -> tuple[tuple[int, Steer], ...]:
    """The commands that repeat the steering of a run, as ``Start.script`` takes them.

    With them the same schedule and settings give the same rates and losses, bit for bit. Cuts on a
    plateau are not among them: ReduceLROnPlateau makes them again by itself.
    """
    script: list[tuple[int, Steer]] = []
    schedule = record.schedule
    for mark in record.marks:
        repeat = KINDS[mark.kind].repeat
        if repeat is not None:
            script.append((mark.step, repeat(mark, schedule)))
        schedule = mark.schedule
    return tuple(script)
