"""The table of epochs as text, as much of it as there is room for. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lrtui.protocol.marks import KINDS
from lrtui.runs.record import EpochRecord
from lrtui.tui.number_format import format_loss, format_rate


class Column(NamedTuple):
    """A column, its cells flush right."""

    label: str
    width: int
    """At least so many cells."""
    text: Callable[[EpochRecord], str]


class Layout(NamedTuple):
    """Some columns, and what stands between two of them."""

    between: str
    columns: tuple[Column, ...]

    def widths(self, last: EpochRecord | None) -> list[int]:
        """Cells of each column. Epochs and steps grow: those of the last row are the longest."""
        return [
            max(one.width, len(one.text(last))) if last is not None else one.width
            for one in self.columns
        ]


def _epoch(row: EpochRecord) -> str:
    """The epoch; beside it a letter for each way in which it was steered, r: a reset."""
    marks = "".join(kind.epoch_letter for name, kind in KINDS.items() if row.marks.get(name))
    return f"{row.epoch}{marks:>2}"


def _loss(value: float | None) -> str:
    text = format_loss(value)
    return text if len(text) <= 8 or value is None else format_rate(value, 2)


EPOCH = Column("epoch", 5, _epoch)
LOSS = Column("loss", 8, lambda row: _loss(row.loss))
VALIDATION = Column("val loss", 8, lambda row: _loss(row.validation_loss))
SHORT_RATE = Column("rate", 8, lambda row: format_rate(row.learning_rate, 2))
LAYOUTS = (
    Layout(
        "  ",
        (
            EPOCH,
            Column("step", 6, lambda row: f"{row.steps}"),
            Column("learning rate", 13, lambda row: format_rate(row.learning_rate)),
            LOSS,
            VALIDATION,
        ),
    ),
    Layout(" ", (EPOCH, SHORT_RATE, LOSS, VALIDATION)),
    Layout(" ", (EPOCH, SHORT_RATE, LOSS)),
    Layout(" ", (EPOCH, LOSS)),
)
"""Widest first."""


def table(
    rows: Sequence[EpochRecord], last: EpochRecord | None, width: int
) -> tuple[str, list[str]]:
    """The head of the table and a line for each of some rows.

    Args:
        rows: those that are seen.
        last: of the whole table, if it has any.
        width: cells; it decides which columns there are.
    """
    layout = next((one for one in LAYOUTS if _cells(one, last) <= width), LAYOUTS[-1])
    widths = layout.widths(last)
    margin = " " * (_cells(layout, last) < width)

    def line(texts: Sequence[str]) -> str:
        cells = (text.rjust(cells) for text, cells in zip(texts, widths, strict=True))
        return margin + layout.between.join(cells)

    head = line([one.label for one in layout.columns])
    return head, [line([one.text(row) for one in layout.columns]) for row in rows]


def _cells(layout: Layout, last: EpochRecord | None) -> int:
    return sum(layout.widths(last)) + len(layout.between) * (len(layout.columns) - 1)
