"""A dialog with a list, and keys that act on its lines: for pins, presets and runs."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lrtui.tui.dialogs.dialogs import Dialog

Keys = Sequence[tuple[str, str, Callable[[int], object]]]
"""Keys of a listing: Textual's name, what it does in a word, and what is called with the line's
place; the listing is closed when that returns True."""


class ListDialog(Dialog[None]):
    """Lines that keys act on; it stays until it is left.

    Args:
        title: what is listed.
        lines: gives the lines, each a name and a text about it; asked again after each key.
        keys: what can be done with a line.
    """

    SHOWN: ClassVar[dict[str, str]] = {"backspace": "Backspace", "enter": "Enter"}

    def __init__(
        self, title: str, lines: Callable[[], Sequence[tuple[str, str]]], keys: Keys
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._keys = {key: (label, act) for key, label, act in keys}
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """Make the list, and below it the keys."""
        frame = VerticalScroll(id="frame", can_focus=False)
        frame.border_title = Text(self._title)
        frame.border_subtitle = "q leaves"
        told = " · ".join(
            f"{self.SHOWN.get(key, key)} {label}" for key, (label, _) in self._keys.items()
        )
        with frame:
            yield OptionList()
            yield Static(id="about", markup=False)
            yield Static(told, id="answer", markup=False)

    def begin(self) -> None:
        """Show the lines."""
        self.fill()

    def on_screen_resume(self) -> None:
        """Show the lines anew: a dialog over this one may have changed them."""
        if self.is_mounted and self.is_composed:
            self.fill()

    def fill(self) -> None:
        """Show the lines as they are now; without any it is closed."""
        body = self.query_one(OptionList)
        lines = self._lines()
        before, self._names = self._names, [name for name, _ in lines]
        place = _place(before, body.highlighted or 0, self._names)
        if not lines:
            self.dismiss()
            return
        body.clear_options()
        long = max(len(name) for name, _ in lines)
        for name, about in lines:
            text = Text(name.ljust(long + 2), "bold")
            text.append(about, "not bold")
            body.add_option(Option(text))
        body.highlighted = place

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The text about the present line, all of it: beside its name it may be cut."""
        lines = self._lines()
        if event.option_index < len(lines):  # else it is of a line that has gone since
            self.query_one("#about", Static).update(lines[event.option_index][1])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Act as Enter does: also at a click."""
        event.stop()
        self._act("enter")

    def on_key(self, event: events.Key) -> None:
        """Act on the present line."""
        if event.key in self._keys and event.key != "enter":
            event.stop()
            event.prevent_default()
            self._act(event.key)

    def _act(self, key: str) -> None:
        place = self.query_one(OptionList).highlighted
        if key in self._keys and place is not None and place < len(self._lines()):
            if self._keys[key][1](place) is True:
                self.dismiss()
            elif self.is_current:
                self.fill()


def _place(before: Sequence[str], place: int, names: Sequence[str]) -> int:
    """Where to stand among lines that have changed: on a new one, else where one stood."""
    new = [name for name in names if name not in before]
    stood_on = before[place : place + 1]
    if before and len(new) == 1 and len(names) > len(before):
        return names.index(new[0])
    if stood_on and stood_on[0] in names and len(set(names)) == len(names):
        return names.index(stood_on[0])
    return min(place, len(names) - 1)
