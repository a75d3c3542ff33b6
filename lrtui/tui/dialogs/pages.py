"""What can be read and taken home: help, the meaning of a parameter, the schedule as source."""

from functools import partial

from lrtui.schedules import Invalid
from lrtui.tui.form.editor import Editor
from lrtui.tui.host import Host


class Pages:
    """Shows pages over the screen.

    Args:
        editor: holds the sheet.
        host: the app.
    """

    def __init__(self, editor: Editor, host: Host) -> None:
        self._editor = editor
        self._host = host

    # What a page needs is imported when it is opened: the first frame does not wait for it.

    def help(self) -> None:
        """What the keys do, and what is known of the schedule."""
        from lrtui.tui.dialogs.dialogs import Help
        from lrtui.tui.dialogs.help_text import texts

        self._host.push_screen(Help(texts(self._editor.sheet, self._host.scene.total)))

    def about(self) -> None:
        """What the present line of the form means."""
        from lrtui.tui.dialogs.parameter_help import parameter_help
        from lrtui.tui.dialogs.parameter_page import About

        scene = self._host.scene
        told = parameter_help(self._editor.sheet, self._editor.present, scene.total)
        self._host.push_screen(About(told, scene.marker))

    def code(self) -> None:
        """The schedule as source: shown, copied, and written to a file."""
        from lrtui.export.code import TARGETS, code
        from lrtui.tui.dialogs.dialogs import Code

        source = partial(code, self._editor.sheet.schedule)
        try:
            source(TARGETS[0])
        except Invalid as refusal:
            self._host.say(str(refusal))
            return
        self._host.push_screen(Code(TARGETS, source, self._take))

    def _take(self, target: str, source: str) -> str:
        from lrtui.tui.dialogs.save_files import take_code

        self._host.copy_to_clipboard(source)
        return take_code(target, source)
