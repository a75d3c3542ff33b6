"""A list of which each line is a small picture with a name, and keys that act on one."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from lrtui.tui.dialogs.cards import Cards
from lrtui.tui.dialogs.list_dialog import ListDialog
from lrtui.tui.list_line import ListLine


class CardsDialog(ListDialog):
    """Cards that keys act on; below them all that is said of the present one."""

    def _body(self) -> ComposeResult:
        yield Cards(id="cards")

    @property
    def highlighted(self) -> int | None:
        """Where one stands among the cards that are seen."""
        return self.query_one(Cards).place

    def _put(self, lines: Sequence[ListLine], seen: Sequence[ListLine], place: int | None) -> None:
        cards = self.query_one(Cards)
        cards.show(seen, place or 0, len(lines))
        below = f"{cards.below} more below · " if cards.below else ""
        self.query_one("#frame").border_subtitle = f"{below}q leaves"
        if place is not None:
            line = seen[place]
            self.query_one("#about", Static).update(f"{line.name}: {line.about}")

    def on_resize(self) -> None:
        """As many cards beside each other as have room."""
        if self.is_composed:
            self.call_after_refresh(self.fill)

    def on_key(self, event: events.Key) -> None:
        """Move, or act as in any list."""
        if not self.is_composed:
            return
        cards = self.query_one(Cards)
        place = cards.after(event.key)
        if place is not None:
            cards.stand_on(place)
            self.fill()
        elif event.key == "enter":
            self._act("enter")
        else:
            return  # Textual asks ListDialog next
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """A click goes to a card, another one acts as Enter does."""
        cards = self.query_one(Cards)
        place = cards.at(event)
        if place is None:
            return
        again = event.chain > 1 or place == cards.place
        cards.stand_on(place)
        if again:
            self._act("enter")
        else:
            self.fill()
