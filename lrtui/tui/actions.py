"""What each key does: the names that :mod:`lrtui.tui.keys` gives, and who does it."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.tui.dialogs.pages import Pages

if TYPE_CHECKING:
    from lrtui.tui.app import LrtuiApp


def actions_of(
    app: "LrtuiApp", presets: Path | None, pages: Pages
) -> Mapping[str, Callable[[], object]]:
    """What to call for each name.

    Args:
        app: whose keys they are.
        presets: the file of one's own presets; None: there are only those to start from.
        pages: what shows a text.
    """
    editor, viewer, session, trainer = app.editor, app.viewer, app.session, app.trainer
    return {
        "undo": editor.undo,
        "redo": editor.redo,
        "open": editor.ask,
        "add_part": editor.add_part,
        "part_up": partial(editor.move_part, -1),
        "part_down": partial(editor.move_part, 1),
        "presets": partial(_list_presets, presets, app),
        "code": pages.code,
        "about": pages.about,
        "pin": editor.pin,
        "pins": editor.list_pins,
        "fan": viewer.fan,
        "read": app.read,
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
        "undo_steering": session.undo_steering,
        "double": partial(session.scale, 2.0),
        "halve": partial(session.scale, 0.5),
        "find": trainer.find,
        "runs": trainer.list_runs,
        "export": trainer.export,
        "worker": trainer.show_log,
        "end_worker": session.end_worker,
        "help": pages.help,
        "quit": app.exit,
    }


def _list_presets(path: Path | None, app: "LrtuiApp") -> None:
    from lrtui.tui.dialogs.preset_list import PresetList

    PresetList(path, app.editor, app).show()
