"""The plain dialogs: choose from a list, type a text, answer yes or no, read help."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Generic, TypeVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lrtui.schedules import Invalid
from lrtui.schedules.lines import in_one_line

T = TypeVar("T")


class Dialog(ModalScreen[T], Generic[T]):
    """A frame over the screen. Escape and q leave it without a value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close", show=False),
    ]

    @property
    def is_composed(self) -> bool:
        """Whether its widgets are there: none is mounted once it, or the program, is being left."""
        frame = self.query_one_optional("#frame")
        return frame is not None and len(frame.children) > 0 and self in self.app.screen_stack

    def on_mount(self) -> None:
        """Begin, unless it is being left."""
        if self.is_composed:
            self.begin()

    def begin(self) -> None:
        """Called when all its widgets are there."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key that comes before its widgets, or when it is being left, can only leave it."""
        return action == "dismiss" or (self.is_mounted and self.is_composed)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Leave it, once: of keys in a burst a second one may come when it has been left."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()


class ChoiceDialog(Dialog[str]):
    """Choose one of a few, a line each; returns its name."""

    def __init__(self, title: str, choices: Iterable[tuple[str, str]], present: str) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._present = present

    def compose(self) -> ComposeResult:
        """Make the list."""
        frame = VerticalScroll(id="frame")
        frame.border_title = Text(self._title)
        frame.border_subtitle = "↑↓ enter · q leaves"
        frame.can_focus = False
        with frame:
            yield OptionList(
                *(Option(self._line(name, about), id=name) for name, about in self._choices)
            )

    def begin(self) -> None:
        """Stand on what is chosen now."""
        names = [name for name, _ in self._choices]
        self.query_one(OptionList).highlighted = names.index(self._present)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the name."""
        self.dismiss(event.option_id)

    def _line(self, name: str, about: str) -> Text:
        text = Text(name.ljust(max(len(name) for name, _ in self._choices) + 2), "bold")
        text.append(about, "not bold")
        return text


class OneLineInput(Input):
    """A field that takes a pasted text of several lines as one.

    Args:
        text: what stands in it at first.
        take: called with the text when Enter is pressed, before the keys that follow it.
    """

    AT_ONCE: ClassVar[dict[str, str]] = {
        "enter": "submit",
        "backspace": "delete_left",
        "delete": "delete_right",
        "ctrl+u": "delete_left_all",
        "ctrl+w": "delete_left_word",
        "ctrl+k": "delete_right_all",
        "left": "cursor_left",
        "right": "cursor_right",
        "home": "home",
        "ctrl+a": "home",
        "end": "end",
        "ctrl+e": "end",
    }

    def __init__(self, text: str, take: Callable[[str], None]) -> None:
        super().__init__(text, compact=True)
        self._take = take
        self.cursor_blink = False  # which would be sent twice a second for as long as it is open

    async def on_key(self, event: events.Key) -> None:
        """Obey a key at once: a binding would be obeyed after the keys that follow it."""
        act = self.AT_ONCE.get(event.key)
        if self.app.screen is not self.screen:  # Enter was before it in the same burst
            self.app.post_message(events.Key(event.key, event.character))
        elif act is not None:
            await self.run_action(act)
        else:
            return
        event.stop()
        event.prevent_default()

    async def action_submit(self) -> None:
        """Take the text; by a call, for a message would come after the keys that follow."""
        self._take(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        self.insert_text_at_cursor(in_one_line(event.text))
        event.stop()
        event.prevent_default()


class AskDialog(Dialog[T], Generic[T]):
    """Ask for a text and return what it means; says what is wrong until it means something.

    Args:
        title: what is asked for.
        meaning: from the text to the value; its ValueError is shown.
        text: what stands in the field at first.
        hint: a line below the field.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", show=False)]

    def __init__(
        self, title: str, meaning: Callable[[str], T], text: str = "", hint: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._meaning = meaning
        self._text = text
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Make the field, and below it a line for the hint or the fault."""
        frame = VerticalScroll(id="frame", can_focus=False)
        frame.border_title = Text(self._title)
        frame.border_subtitle = "enter takes it · esc leaves"
        with frame:
            yield OneLineInput(self._text, self._submit)
            yield Static(self._hint, id="answer", markup=False)

    def on_input_changed(self) -> None:
        """Show the hint again: a fault is told once."""
        self._answer(self._hint, fault=False)

    def _submit(self, text: str) -> None:
        """Return what the text means, or say why it means nothing."""
        try:
            value = self._meaning(text)
        except ValueError as fault:
            self._answer(str(fault), fault=True)
        else:
            self.dismiss(value)

    def _answer(self, text: str, *, fault: bool) -> None:
        answer = self.query_one("#answer", Static)
        answer.set_class(fault, "-fault")
        answer.update(text)


class ConfirmDialog(AskDialog[bool]):
    """Ask whether something shall be done; a word and Enter, so that no key in a burst is a yes."""

    def __init__(self, question: str) -> None:
        super().__init__(f"{question} yes or no", _yes)


def _yes(text: str) -> bool:
    """Whether a text means yes.

    Raises:
        ValueError: it means neither yes nor no.
    """
    answers = {"y": True, "yes": True, "n": False, "no": False}
    if text.strip().lower() not in answers:
        raise Invalid("answer", "must be yes or no", text)
    return answers[text.strip().lower()]


class HelpDialog(Dialog[None]):
    """Headings, each with a text or a table of keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,enter,space", "dismiss", "close", show=False),
    ]

    def __init__(
        self, texts: Iterable[tuple[str, list[tuple[str, str]] | str]], title: str = "help"
    ) -> None:
        super().__init__()
        self._title = title
        self._texts = list(texts)

    def compose(self) -> ComposeResult:
        """Make the headings and texts."""
        frame = VerticalScroll(id="frame")
        frame.border_title = Text(self._title)
        frame.border_subtitle = "↑↓ scroll · q closes"
        with frame:
            for title, text in self._texts:
                yield Static(Text(title, "bold"))
                if isinstance(text, str):
                    yield Static(Text(f"{text}\n"))
                else:
                    yield Static(self._table(text))
                    yield Static()

    def begin(self) -> None:
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
