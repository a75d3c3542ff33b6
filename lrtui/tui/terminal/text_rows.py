"""Rows of painted text: header, readout, footer and their like."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.strip import Strip

from lrtui.tui.terminal.painted_rows import Strips

Row = Sequence[tuple[str, str]]
"""Texts, each with the name of its paint; empty: the widget's own style."""


class Rows(Strips):
    """Shows rows of text; those beyond its height are not seen."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._fitted: Callable[[int], Sequence[Row]] = lambda _: ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.fit(lambda _: rows)

    def fit(self, fitted: Callable[[int], Sequence[Row]]) -> None:
        """Show what this makes of a width in cells, from now on, also after a resize."""
        self._fitted, before = fitted, self._rows
        self._make()
        if not self._rows or self._rows != before:
            self._lay()

    @property
    def text(self) -> str:
        """What is shown, without paint."""
        return "\n".join("".join(text for text, _ in row) for row in self._rows)

    def lay_out(self) -> None:
        """Make the rows for the present size."""
        self._make()
        self._lay()

    def _make(self) -> None:
        width = self.size.width
        self._rows = self._fitted(width) if width else ()

    def _lay(self) -> None:
        width, height = self.size
        self.put([self._strip(row, width) for row in self._rows[:height]])

    def _strip(self, row: Row, width: int) -> Strip:
        segments = [Segment(text, self.style(name)) for text, name in row if text]
        return Strip(segments).adjust_cell_length(width, self.style(""))
