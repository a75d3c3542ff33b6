"""A dialog with a list, and keys that act on its lines: for pins, presets and runs."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lrtui.plotting.cell_text import shorten
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.list_line import ListLine
from lrtui.tui.plots.plot_view import PictureView

LEAST_NAME = 30
"""Cells that a name has at least, unless the texts beside names shall be whole."""
MOST_WIDTH, AROUND = 100, 6
"""Of the frame, in cells; and of what is not for a line."""

Keys = Sequence[tuple[str, str, Callable[[int], object]]]
"""Keys of a listing: Textual's name, what it does in a word, and what is called with the line's
place; the listing is closed when that returns True."""


class ListDialog(Dialog[None]):
    """Lines that keys act on; it stays until it is left.

    Args:
        title: what is listed.
        lines: gives the lines; asked again after each key.
        keys: what can be done with a line.
        least_name: cells that a name has at least: with few of them the texts beside are whole.
    """

    SHOWN: ClassVar[dict[str, str]] = {"backspace": "Backspace", "enter": "Enter"}

    def __init__(
        self,
        title: str,
        lines: Callable[[], Sequence[ListLine]],
        keys: Keys,
        least_name: int = LEAST_NAME,
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._least_name = least_name
        self._keys = {key: (label, act) for key, label, act in keys}
        self._names: list[str] = []
        self._wanted: str | None = None
        """What lines are looked for by, while one types it; None: nothing is looked for."""
        self._places: list[int] = []
        """Of each line that is seen: where it is among all."""

    def compose(self) -> ComposeResult:
        """Make the list, and below it the keys."""
        frame = VerticalScroll(id="frame", can_focus=False)
        frame.border_title = Text(self._title)
        frame.border_subtitle = "q leaves"
        with frame:
            yield from self._body()
            yield Static(id="about", markup=False)
            yield Static(id="answer", markup=False)

    def _body(self) -> ComposeResult:
        """What shows the lines."""
        yield OptionList()
        yield PictureView(id="picture")

    def begin(self) -> None:
        """Show the lines."""
        self.fill()

    def on_screen_resume(self) -> None:
        """Show the lines anew: a dialog over this one may have changed them."""
        if self.is_mounted and self.is_composed:
            self.fill()

    def fill(self) -> None:
        """Show the lines as they are now; without any it is closed."""
        lines = self._lines()
        if not lines:
            self.dismiss()
            return
        self._places = [at for at, line in enumerate(lines) if found(self._wanted or "", line)]
        seen = [lines[at] for at in self._places]
        before, self._names = self._names, [line.name for line in seen]
        place = _place(before, self.highlighted or 0, self._names) if seen else None
        self._put(lines, seen, place)
        self.query_one("#answer", Static).update(self._told)
        if not seen:
            self.query_one("#about", Static).update("nothing is like that")

    @property
    def highlighted(self) -> int | None:
        """Where one stands among the lines that are seen."""
        return self.query_one(OptionList).highlighted

    def _put(self, lines: Sequence[ListLine], seen: Sequence[ListLine], place: int | None) -> None:
        """Show of all lines these, standing on one."""
        body = self.query_one(OptionList)
        body.clear_options()
        long, ascii = self._name_cells(lines), self.app.has_class("-ascii")
        for line in seen:
            text = Text(f"{shorten(line.name, long, ascii):<{long}}  ", "bold")
            text.append(line.about, "not bold")
            body.add_option(Option(text))
        body.highlighted = place
        self.set_class(any(line.draw for line in lines), "-pictured")

    @property
    def _told(self) -> str:
        """What the keys do now."""
        if self._wanted is not None:
            return f"find: {self._wanted}_ · Enter takes · Esc shows all"
        keys = [f"{self.SHOWN.get(key, key)} {label}" for key, (label, _) in self._keys.items()]
        return " · ".join([*keys, "/ find"])

    def _name_cells(self, lines: Sequence[ListLine]) -> int:
        """Cells of the names: all of the longest, as far as the texts beside them have room."""
        room = self._room - max(len(line.about) for line in lines) - 2
        return min(max(len(line.name) for line in lines), max(self._least_name, room))

    @property
    def _room(self) -> int:
        """Cells of a line."""
        return min(self.app.size.width, MOST_WIDTH) - AROUND

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """What is not seen of the present line, and its picture."""
        lines, at = self._lines(), self._at(event.option_index)
        if at is not None and at < len(lines):  # else it is of a line that has gone since
            line, long = lines[at], self._name_cells(lines)
            cut = len(line.name) > long or long + 2 + len(line.about) > self._room
            name = line.name if len(line.name) > long else ""
            more = line.more or (line.about if cut else "")
            self.query_one("#about", Static).update(" ".join(filter(None, (name, more))))
            if line.draw is not None:
                self.query_one("#picture", PictureView).show(line.draw)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Act as Enter does: also at a click."""
        event.stop()
        self._act("enter")

    def on_key(self, event: events.Key) -> None:
        """Act on the present line, or look for another one."""
        if not self.is_composed:
            return
        typed = event.character if event.is_printable else None
        if self._wanted is not None and (typed or event.key in ("backspace", "escape")):
            gone = event.key == "escape"
            text = self._wanted[:-1] if event.key == "backspace" else self._wanted + (typed or "")
            self._wanted = None if gone else text
        elif self._wanted is None and event.key == "slash":
            self._wanted = ""
        elif event.key in self._keys and event.key != "enter" and self._wanted is None:
            event.stop()
            event.prevent_default()
            self._act(event.key)
            return
        else:
            return
        event.stop()
        event.prevent_default()
        self.fill()

    def _at(self, place: int | None) -> int | None:
        """Where the line at a place that is seen is among all."""
        return self._places[place] if place is not None and place < len(self._places) else None

    def _act(self, key: str) -> None:
        place = self._at(self.highlighted)
        if key in self._keys and place is not None and place < len(self._lines()):
            if self._keys[key][1](place) is True:
                self.dismiss()
            elif self.is_current:
                self.fill()


def found(wanted: str, line: ListLine) -> bool:
    """Whether each word that was typed is in what a line says, large or small."""
    text = f"{line.name} {line.about} {line.more}".lower()
    return all(word in text for word in wanted.lower().split())


def _place(before: Sequence[str], place: int, names: Sequence[str]) -> int:
    """Where to stand among lines that have changed: on a new one, else where one stood."""
    new = [name for name in names if name not in before]
    stood_on = before[place : place + 1]
    if before and len(new) == 1 and len(names) > len(before):
        return names.index(new[0])
    if stood_on and stood_on[0] in names and len(set(names)) == len(names):
        return names.index(stood_on[0])
    return min(place, len(names) - 1)
