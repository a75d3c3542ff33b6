"""The dialog that shows small pictures of things to choose from, which are found by typing."""

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from lrtui.plotting.cell_text import shorten
from lrtui.plotting.picture import Picture
from lrtui.tui import paints
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedRows, PaintedText

SIZES = ((57, 11), (38, 7), (27, 5), (18, 3))
"""Of a card: its cells, the last three blank; and the rows of its picture, below its name."""


class Card(NamedTuple):
    """A thing to choose, with its picture."""

    name: str
    about: str
    """A line, shown below while one stands on it; searched as well."""
    draw: Callable[[int, int], Picture]
    """From width and height in cells to its picture."""


class Gallery(Dialog[str]):
    """Choose one of many by its picture; returns its name. Letters look for one.

    Args:
        title: what is chosen.
        cards: the things.
        present: the name of the one that is chosen now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", show=False)]

    def __init__(self, title: str, cards: Sequence[Card], present: str) -> None:
        super().__init__()
        self._title = title
        self._cards = cards
        self._wanted = ""
        self._present = present
        self._drawn: dict[tuple[str, int], Picture] = {}
        self._top = 0
        """The first row of cards that is seen."""

    def compose(self) -> ComposeResult:
        """Make the cards, and below them a line about the present one."""
        frame = Vertical(id="frame")
        frame.border_title = Text(self._title)
        frame.border_subtitle = "arrows, or type to find · enter takes · esc leaves"
        with frame:
            yield PaintedRows(id="cards")
            yield Static(id="about", markup=False)
            yield Static(id="answer", markup=False)

    def begin(self) -> None:
        """Show the cards."""
        self._show()

    def on_resize(self) -> None:
        """As many cards beside each other as have room."""
        if self.is_composed:
            self.call_after_refresh(self._show)

    @property
    def shown(self) -> list[Card]:
        """The cards whose names begin with what was typed, have it in them, or say it elsewhere."""
        words = self._wanted.lower().split()
        by_name = [one for one in self._cards if all(word in one.name for word in words)]
        told = [one for one in self._cards if all(word in _text(one) for word in words)]
        by_name.sort(key=lambda one: not one.name.startswith(self._wanted.lower()))
        return [*by_name, *(one for one in told if one not in by_name)]

    @property
    def _place(self) -> int:
        names = [one.name for one in self.shown]
        return names.index(self._present) if self._present in names else 0

    @property
    def _card_size(self) -> tuple[int, int]:
        """The largest size of a card at which all of them are seen, or else the smallest."""
        width, height = self.query_one("#cards").size
        fitting = (
            (wide, rows)
            for wide, rows in SIZES
            if (width // wide) * (height // (rows + 1)) >= len(self._cards)
        )
        return next(fitting, SIZES[-1])

    @property
    def _across(self) -> int:
        """Cards beside each other."""
        return max(1, self.query_one("#cards").size.width // self._card_size[0])

    def on_key(self, event: events.Key) -> None:
        """Move, look for a card, or take one."""
        typed = event.character if event.is_printable else None
        across = self._across
        moves = {"left": -1, "right": 1, "up": -across, "down": across, "home": -999, "end": 999}
        if event.key == "q" and not self._wanted:
            self.dismiss()
        elif event.key == "enter":
            self.dismiss(self.shown[self._place].name if self.shown else None)
        elif event.key in moves and self.shown:
            place = min(max(self._place + moves[event.key], 0), len(self.shown) - 1)
            self._present = self.shown[place].name
        elif event.key == "backspace" or typed:
            found = self._wanted
            self._wanted = found[:-1] if event.key == "backspace" else found + (typed or "")
            if self.shown and self._wanted:
                self._present = self.shown[0].name
        else:
            return
        event.stop()
        event.prevent_default()
        if self.app.screen is self:
            self._show()

    def on_click(self, event: events.Click) -> None:
        """A click goes to a card, another one takes it."""
        if event.widget is None or event.widget.id != "cards":
            return
        across, (wide, rows) = self._across, self._card_size
        place = (self._top + event.y // (rows + 1)) * across + event.x // wide
        if event.x // wide < across and place < len(self.shown):
            name = self.shown[place].name
            if event.chain > 1 or name == self._present:
                self.dismiss(name)
            else:
                self._present = name
                self._show()

    def _show(self) -> None:
        cards = self.query_one("#cards", PaintedRows)
        cards.fit(lambda _: self._rows(cards.size.height))
        shown = self.shown
        about = shown[self._place].about if shown else "nothing is like that"
        self.query_one("#about", Static).update(about)
        count = f"{len(shown)} of {len(self._cards)}"
        told = f"find: {self._wanted}_ · {count}" if self._wanted else count
        self.query_one("#answer", Static).update(told)

    def _rows(self, height: int) -> list[PaintedText]:
        shown, across, (wide, high) = self.shown, self._across, self._card_size
        room = max(1, height // (high + 1))
        present = self._place // across
        self._top = min(max(self._top, present - room + 1), present)
        rows: list[PaintedText] = []
        for first in range(self._top * across, len(shown), across)[:room]:
            beside = shown[first : first + across]
            names: list[tuple[str, Paint | None]] = []
            for one in beside:
                text = shorten(one.name, wide - 1, self.app.has_class("-ascii"))
                paint = paints.PRESENT_VALUE if one.name == self._present else paints.FAINT
                names += [(f"{text:<{wide - 1}}", paint), (" ", None)]
            rows.append(names)
            for y in range(high):
                row: list[tuple[str, Paint | None]] = []
                for one in beside:
                    paint = paints.FORM if one.name == self._present else paints.FAINT
                    row += [
                        (text, paint if code else None) for text, code in self._of(one).painted(y)
                    ]
                    row.append(("   ", None))
                rows.append(row)
        return rows

    def _of(self, card: Card) -> Picture:
        """The picture of a card, drawn once: when it is first seen."""
        wide, high = self._card_size
        if (card.name, wide) not in self._drawn:
            self._drawn[card.name, wide] = card.draw(wide - 3, high)
        return self._drawn[card.name, wide]


def _text(card: Card) -> str:
    return f"{card.name} {card.about}".lower()
