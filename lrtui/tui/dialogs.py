"""The dialogs: each a modal screen that returns a value."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

T = TypeVar("T")


class Dialog(ModalScreen[T], Generic[T]):
    """A frame over the screen. Escape and q leave it without a value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close", show=False),
    ]


class Choose(Dialog[str]):
    """Choose one of a few; returns its name."""

    def __init__(self, title: str, choices: Iterable[tuple[str, str]], present: str) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._present = present

    def compose(self) -> ComposeResult:
        """The names, each with a line about it."""
        frame = VerticalScroll(id="frame")
        frame.border_title = self._title
        frame.border_subtitle = "↑↓ enter · q leaves"
        frame.can_focus = False
        with frame:
            yield OptionList(
                *(Option(self._line(name, about), id=name) for name, about in self._choices)
            )

    def on_mount(self) -> None:
        """Stand on what is chosen now."""
        names = [name for name, _ in self._choices]
        self.query_one(OptionList).highlighted = names.index(self._present)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the name."""
        self.dismiss(event.option_id)

    def _line(self, name: str, about: str) -> Text:
        text = Text(name.ljust(max(len(name) for name, _ in self._choices) + 2), "bold")
        text.append(about, "not bold dim")
        text.no_wrap, text.overflow = True, "ellipsis"
        return text


class Help(Dialog[None]):
    """What the keys do, and what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,enter,space", "dismiss", "close", show=False),
    ]

    def __init__(self, keys: Iterable[tuple[str, str]], notes: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = list(keys)
        self._notes = list(notes)

    def compose(self) -> ComposeResult:
        """A table of keys, then notes."""
        frame = VerticalScroll(id="frame")
        frame.border_title = "help"
        frame.border_subtitle = "q closes"
        with frame:
            yield Static(self._table(self._keys))
            for title, text in self._notes:
                yield Static(Text.assemble("\n", (title, "bold"), "\n", text))

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#frame").focus()

    @staticmethod
    def _table(keys: Iterable[tuple[str, str]]) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for key, does in keys:
            table.add_row(key, does)
        return table
