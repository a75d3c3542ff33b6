"""The widget of small pictures beside each other, one of which is stood on."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import set_cell_size
from textual import events

from lrtui.plotting.cell_text import shorten
from lrtui.tui import paints
from lrtui.tui.list_line import ListLine
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedRows, PaintedText

SIZES = ((57, 11), (38, 7), (27, 5), (18, 3))
"""Of a card, the least: its cells, the last three blank; and the rows of its picture, below its
name."""
MOST_ROWS = 1 / 3
"""Of a picture, for each cell of its card."""


class Cards(PaintedRows, can_focus=True):
    """Cards as large as all of them fit, the present one bright.

    It has the focus so that keys typed ahead know that somebody takes them.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cards: Sequence[ListLine] = ()
        self._count = 1
        self._place = 0
        self._top = 0
        """The first row of cards that is seen."""

    def show(self, cards: Sequence[ListLine], place: int, count: int) -> None:
        """Show these, standing on one.

        Args:
            cards: what is seen.
            place: of the one that is stood on.
            count: how many there could be: the size of a card is that at which these are seen.
        """
        self._cards, self._place, self._count = cards, place, count
        self.fit(lambda _: self._card_rows())

    @property
    def place(self) -> int | None:
        """Of the card that is stood on; None: there is none."""
        return self._place if self._cards else None

    def stand_on(self, place: int) -> None:
        """Go to a card; it is seen when they are shown anew."""
        self._place = place

    @property
    def below(self) -> int:
        """How many cards are further below than is seen."""
        seen = max(1, self.size.height // (self._card_size[1] + 1))
        return max(0, len(self._cards) - (self._top + seen) * self._across)

    def after(self, key: str) -> int | None:
        """The place that a key moves to; None: it does not move, or there is no card."""
        across = self._across
        moves = {"left": -1, "right": 1, "up": -across, "down": across, "home": -999, "end": 999}
        if key not in moves or not self._cards:
            return None
        return min(max(self._place + moves[key], 0), len(self._cards) - 1)

    def at(self, click: events.MouseEvent) -> int | None:
        """The place of the card that the mouse points at, if it does."""
        offset = click.get_content_offset(self)
        if offset is None:
            return None
        across, (wide, rows) = self._across, self._card_size
        place = (self._top + offset.y // (rows + 1)) * across + offset.x // wide
        return place if offset.x // wide < across and place < len(self._cards) else None

    @property
    def _card_size(self) -> tuple[int, int]:
        """Cells and picture's rows of a card: as large as all are seen, or else the smallest."""
        width, height = self.size
        for wide, rows in SIZES:
            across = max(1, width // wide)
            whole = max(wide, width // across)
            high = height // -(-self._count // across) - 1
            if high >= rows:
                return whole, min(high, int(MOST_ROWS * whole))
        return whole, rows

    @property
    def _across(self) -> int:
        """Cards beside each other."""
        return max(1, self.size.width // self._card_size[0])

    def _card_rows(self) -> list[PaintedText]:
        across, (wide, high) = self._across, self._card_size
        room = max(1, self.size.height // (high + 1))
        present = self._place // across
        self._top = min(max(self._top, present - room + 1), present)
        rows: list[PaintedText] = []
        for first in range(self._top * across, len(self._cards), across)[:room]:
            places = range(first, min(first + across, len(self._cards)))
            rows.append([part for place in places for part in self._named(place, wide)])
            rows += self._pictures(places, wide, high)
        return rows

    def _named(self, place: int, wide: int) -> PaintedText:
        text = shorten(self._cards[place].name, wide - 1, self.app.has_class("-ascii"))
        paint = paints.PRESENT_VALUE if place == self._place else paints.FAINT
        return [(set_cell_size(text, wide - 1), paint), (" ", None)]

    def _pictures(self, places: Iterable[int], wide: int, high: int) -> Iterator[PaintedText]:
        """The rows of cards' pictures."""
        rows: list[list[tuple[str, Paint | None]]] = [[] for _ in range(high)]
        for place in places:
            paint = paints.FORM if place == self._place else paints.FAINT
            draw = self._cards[place].draw
            picture = draw(wide - 3, high) if draw is not None else None
            for y, row in enumerate(rows):
                painted = picture.painted(y) if picture is not None else [(" " * (wide - 3), 0)]
                row += [(text, paint if code else None) for text, code in painted]
                row.append(("   ", None))
        return iter(rows)
