"""What can be read and taken home: help, the meaning of a parameter, the schedule as source."""

from collections.abc import Callable
from functools import partial

from lrtui.schedules import Invalid
from lrtui.tui.editor import Editor, PushScreen
from lrtui.tui.scene import Scene


class Pages:
    """Shows pages over the screen.

    Args:
        editor: holds the sheet.
        scene: what is seen now.
        push_screen: shows a dialog.
        copy: puts a text into the terminal's clipboard.
        say: tells the person something.
    """

    def __init__(
        self,
        editor: Editor,
        scene: Callable[[], Scene],
        push_screen: PushScreen,
        copy: Callable[[str], None],
        say: Callable[[str], None],
    ) -> None:
        self._editor = editor
        self._scene = scene
        self._push_screen = push_screen
        self._copy = copy
        self._say = say

    # What a page needs is imported when it is opened: the first frame does not wait for it.

    def help(self) -> None:
        """What the keys do, and what is known of the schedule."""
        from lrtui.tui.dialogs import Help
        from lrtui.tui.help import texts

        self._push_screen(Help(texts(self._editor.sheet, self._scene().total)))

    def about(self) -> None:
        """What the present line of the form means."""
        from lrtui.tui.about import About
        from lrtui.tui.parameter_help import parameter_help

        scene = self._scene()
        sheet, name, marker = self._editor.sheet, self._editor.present, scene.marker
        self._push_screen(About(partial(parameter_help, sheet, name, scene.total), marker))

    def code(self) -> None:
        """The schedule as source: shown, copied, and written to a file."""
        from lrtui.export.code import TARGETS, code
        from lrtui.tui.dialogs import Code

        source = partial(code, self._editor.sheet.schedule)
        try:
            source(TARGETS[0])
        except Invalid as refusal:
            self._say(str(refusal))
            return
        self._push_screen(Code(TARGETS, source, self._take))

    def _take(self, target: str, source: str) -> str:
        from lrtui.tui.taking import take_code

        self._copy(source)
        return take_code(target, source)
