"""What each key does: who is called for the name that :mod:`lrtui.tui.keys` gives it."""

from collections.abc import Callable, Mapping
from functools import partial

from lrtui.protocol import Scale, UndoSteering
from lrtui.tui.dialogs.pages import Pages
from lrtui.tui.form.editor import Editor
from lrtui.tui.plots.viewer import Viewer
from lrtui.tui.training.session import Session
from lrtui.tui.training.trainer import Trainer


def actions_of(
    editor: Editor,
    viewer: Viewer,
    session: Session,
    trainer: Trainer,
    pages: Pages,
    *,
    read: Callable[[], object],
    leave: Callable[[], object],
) -> Mapping[str, Callable[[], object]]:
    """What to call for each name.

    Args:
        editor: changes what the form shows.
        viewer: changes how the plots are looked at.
        session: steers trainings.
        trainer: does what a training and the form have to do with each other.
        pages: shows texts and lists over the screen.
        read: goes into the plot, or out of it.
        leave: ends the program.
    """
    return {
        "undo": editor.undo,
        "redo": editor.redo,
        "open": editor.ask,
        "add_part": editor.add_part,
        "part_up": partial(editor.move_part, -1),
        "part_down": partial(editor.move_part, 1),
        "presets": pages.list_presets,
        "code": pages.code,
        "about": pages.about,
        "pin": editor.pin,
        "pins": editor.list_pins,
        "fan": viewer.fan,
        "read": read,
        "go_to": viewer.go_to,
        "log": viewer.log,
        "log_loss": viewer.log_loss,
        "unit": viewer.unit,
        "zoom_in": partial(viewer.zoom, True),
        "zoom_out": partial(viewer.zoom, False),
        "pan_left": partial(viewer.pan, -1),
        "pan_right": partial(viewer.pan, 1),
        "whole": viewer.whole,
        "smooth": viewer.smooth,
        "marker": viewer.marker,
        "train": trainer.train,
        "reset": trainer.reset,
        "start_over": session.start_over,
        "pause": session.pause_or_resume,
        "stop": session.stop,
        "single_epoch": session.single_epoch,
        "undo_steering": partial(session.steer, UndoSteering()),
        "double": partial(session.steer, Scale(2.0)),
        "halve": partial(session.steer, Scale(0.5)),
        "set_rate": trainer.ask_rate,
        "find": trainer.find,
        "runs": trainer.list_runs,
        "export": trainer.export,
        "worker": trainer.show_log,
        "end_worker": session.end_worker,
        "help": pages.help,
        "quit": leave,
    }
