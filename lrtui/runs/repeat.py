"""A run done again: what was done to it, as a script for its start. It reads a record only."""

from lrtui.protocol import Reset, Restore, Scale, Steer, UndoSteering
from lrtui.runs.record import RunRecord


def script_of(record: RunRecord) -> tuple[tuple[int, Steer], ...]:
    """What repeats the steering of a run exactly, as ``Start.script`` takes it.

    With it the same schedule and settings give the same rates and losses, bit for bit. Cuts on a
    plateau are not in it: ReduceLROnPlateau makes them again by itself.
    """
    script: list[tuple[int, Steer]] = []
    schedule = record.schedule
    for mark in record.marks:
        match mark.kind:
            case "reset":
                taken_over = mark.schedule if mark.schedule != schedule else None
                script.append((mark.step, Reset(taken_over)))
            case "scale":
                script.append((mark.step, Scale(mark.by)))
            case "undo":
                script.append((mark.step, UndoSteering()))
            case "restore":
                script.append((mark.step, Restore(mark.checkpoint_step)))
            case "plateau":
                pass
        schedule = mark.schedule
    return tuple(script)
