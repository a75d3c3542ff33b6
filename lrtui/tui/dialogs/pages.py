"""Opens the dialogs that show something: help, a parameter, presets, the schedule as code."""

from functools import partial
from pathlib import Path

from lrtui.schedules import Invalid
from lrtui.tui.form.editor import Editor
from lrtui.tui.host import Host


class Pages:
    """Shows pages over the screen.

    Args:
        editor: holds what the form shows.
        host: the app.
        presets: the file of one's own presets; None: there are only those to start from.
    """

    def __init__(self, editor: Editor, host: Host, presets: Path | None) -> None:
        self._editor = editor
        self._host = host
        self._presets = presets

    # What a page needs is imported when it is opened: the first frame does not wait for it.

    def show_help(self) -> None:
        """Show what the keys do, and what is known of the schedule."""
        from lrtui.tui.dialogs.dialogs import HelpDialog
        from lrtui.tui.dialogs.help_text import texts
        from lrtui.tui.scene.scene_notes import scene_notes

        known = scene_notes(self._host.scene)
        self._host.push_screen(HelpDialog(texts(self._editor.form_state, known)))

    def show_parameter(self) -> None:
        """Show what the present line of the form means."""
        from lrtui.tui.dialogs.parameter_dialog import ParameterDialog
        from lrtui.tui.dialogs.parameter_help import parameter_help

        scene = self._host.scene
        told = parameter_help(self._editor.form_state, self._editor.present_line, scene.total)
        self._host.push_screen(ParameterDialog(told, scene.marker))

    def list_presets(self) -> None:
        """List the presets, with keys to open and change them."""
        from lrtui.tui.dialogs.preset_list import PresetList

        PresetList(self._presets, self._editor, self._host).show()

    def show_code(self) -> None:
        """Show the schedule as code, with keys to copy it and to write it to a file."""
        from lrtui.export.code import TARGETS, code
        from lrtui.tui.dialogs.code_dialog import CodeDialog
        from lrtui.tui.dialogs.save_files import code_path

        source = partial(code, self._editor.form_state.schedule)
        try:
            source(TARGETS[0])
        except Invalid as refusal:
            self._host.say(str(refusal))
            return
        dialog = CodeDialog(TARGETS, source, code_path, self._save_code)
        self._host.push_screen(dialog, lambda told: self._host.say(told or ""))

    def _save_code(self, path: Path, source: str) -> str:
        from lrtui.tui.dialogs.save_files import save_code

        self._host.copy_to_clipboard(source)
        return save_code(path, source)
