"""The dialog that shows a schedule as code, and copies it or writes it to a file when asked."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from lrtui.tui.dialogs.dialogs import AskDialog, Dialog
from lrtui.tui.dialogs.save_files import free_path, typed_path


class CodeDialog(Dialog[str]):
    """Shows the code of a schedule, for one library after the other; returns what became of it.

    Args:
        targets: the libraries.
        source: from a library to the source.
        path: from a library to the file that is offered.
        save: copies a source and writes it to a file; says what became of it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False, priority=True),
        Binding("right,tab,c", "turn(1)", show=False, priority=True),
        Binding("enter", "save", show=False, priority=True),
        Binding("s", "save_as", show=False, priority=True),
    ]

    def __init__(
        self,
        targets: Sequence[str],
        source: Callable[[str], str],
        path: Callable[[str], Path],
        save: Callable[[Path, str], str],
    ) -> None:
        super().__init__()
        self._targets = targets
        self._source = source
        self._path = path
        self._save = save
        self._place = 0

    def compose(self) -> ComposeResult:
        """Make the code, and below it a line that says where it is written."""
        frame = VerticalScroll(id="frame")
        frame.border_subtitle = "←→ library · enter copy, write · s as ... · q closes"
        with frame:
            yield Static(id="source", markup=False)
            yield Static(id="answer", markup=False)

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#frame").focus()
        self._show()

    def action_turn(self, by: int) -> None:
        """Show the code for another library."""
        self._place = (self._place + by) % len(self._targets)
        self._show()

    def action_save(self) -> None:
        """Copy it, and write it to the file that is offered."""
        self._save_to(self._path(self._targets[self._place]))

    def action_save_as(self) -> None:
        """Ask for a file, copy it and write it there."""

        def save(path: Path | None) -> None:
            if path is not None:
                self._save_to(path)

        offered = free_path(f"schedule_{self._targets[self._place]}.py")
        hint = "a file of yours; it is copied as well, if the terminal allows it"
        self.app.push_screen(AskDialog("write the code to", typed_path, offered, hint), save)

    def _save_to(self, path: Path) -> None:
        self.dismiss(self._save(path, self._source(self._targets[self._place])))

    def _show(self) -> None:
        target = self._targets[self._place]
        source = self._source(target)
        frame = self.query_one("#frame", VerticalScroll)
        frame.border_title = "code for " + " ".join(
            f"[{name}]" if name == target else name for name in self._targets
        ).replace("[", "\\[")
        self.query_one("#source", Static).update(source)
        told = f"enter copies it and writes it to {self._path(target)}"
        self.query_one("#answer", Static).update(told)
        frame.scroll_home(animate=False)
