"""The dialog that shows small pictures of things to choose from, which are found by typing."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from lrtui.tui.dialogs.cards import Cards
from lrtui.tui.dialogs.dialogs import Dialog
from lrtui.tui.list_line import ListLine


class Gallery(Dialog[str]):
    """Choose one of many by its picture; returns its name. Letters look for one.

    Args:
        title: what is chosen.
        cards: the things.
        present: the name of the one that is chosen now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", show=False)]

    def __init__(self, title: str, cards: Sequence[ListLine], present: str) -> None:
        super().__init__()
        self._title = title
        self._cards = cards
        self._wanted = ""
        self._present = present

    def compose(self) -> ComposeResult:
        """Make the cards, and below them a line about the present one."""
        frame = Vertical(id="frame")
        frame.border_title = Text(self._title)
        frame.border_subtitle = "arrows, or type to find · enter takes · esc leaves"
        with frame:
            yield Cards(id="cards")
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
    def shown(self) -> list[ListLine]:
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

    def on_key(self, event: events.Key) -> None:
        """Move, look for a card, or take one."""
        if not self.is_composed:
            return
        typed = event.character if event.is_printable else None
        place = self.query_one(Cards).after(event.key)
        if event.key == "q" and not self._wanted:
            self.dismiss()
        elif event.key == "enter":
            self.dismiss(self.shown[self._place].name if self.shown else None)
        elif place is not None:
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
        place = self.query_one(Cards).at(event)
        if place is not None:
            name = self.shown[place].name
            if event.chain > 1 or name == self._present:
                self.dismiss(name)
            else:
                self._present = name
                self._show()

    def _show(self) -> None:
        shown = self.shown
        cards = self.query_one(Cards)
        cards.show(shown, self._place, len(self._cards))
        present = shown[self._place] if shown else None
        about = f"{present.name}: {present.about}" if present else "nothing is like that"
        self.query_one("#about", Static).update(about)
        count = f"{len(shown)} of {len(self._cards)}"
        count += f" · {cards.below} more below" if cards.below else ""
        told = f"find: {self._wanted}_ · {count}" if self._wanted else count
        self.query_one("#answer", Static).update(told)


def _text(card: ListLine) -> str:
    return f"{card.name} {card.about}".lower()
