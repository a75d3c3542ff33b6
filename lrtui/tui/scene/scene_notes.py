"""The notes below the plot: of the run under way, or of the training that `t` would begin. Pure."""

from lrtui.schedules.notes import notes
from lrtui.tui.scene.scene import Scene, driving_schedule


def scene_notes(scene: Scene) -> tuple[str, ...]:
    """What there is to know; those about a run say so. Of a run it is what drives it now.

    Where losses at once cannot be had, it says why.
    """
    record = scene.record
    if scene.watched:
        return tuple(scene.schedule.notes())
    if record is None or not scene.active:
        told = notes(scene.schedule, scene.training_steps or scene.total_steps)
        return (*([scene.trouble] if scene.trouble else ()), *told)
    driving = driving_schedule(record)
    if driving is None:
        return ()
    since = f" since step {driving.begin}" if driving.begin > 0 else ""
    since = f", with {-driving.begin} steps before it" if driving.begin < 0 else since
    steps = max(1, scene.total - driving.begin)
    return tuple(f"This run{since}: {note}" for note in notes(driving.schedule, steps))
