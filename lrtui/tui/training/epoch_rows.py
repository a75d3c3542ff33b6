"""The rows of the table of epochs as text, with the columns that have room. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lrtui.protocol.marks import KINDS
from lrtui.runs.epoch_columns import (
    EPOCH,
    RATE,
    STANDARD,
    STEP,
    EpochColumn,
    Unit,
    measure_column,
    metric_columns,
)
from lrtui.runs.record import LOSS, EpochRecord, validation_of
from lrtui.tui.number_format import format_loss, format_rate


class CellColumn(NamedTuple):
    """A column of the table as text, its cells flush right."""

    heading: str
    width: int
    """At least so many cells."""
    text: Callable[[EpochRecord], str]


class TableLayout(NamedTuple):
    """Some columns, and what stands between two of them."""

    between: str
    columns: tuple[CellColumn, ...]

    def widths(self, rows: Sequence[EpochRecord]) -> list[int]:
        """Cells of each column, as wide as these rows need."""
        return [max([one.width, *(len(one.text(row)) for row in rows)]) for one in self.columns]


def _epoch(row: EpochRecord) -> str:
    """The epoch; beside it a letter for each way in which it was steered, r: a reset."""
    marks = "".join(kind.epoch_letter for name, kind in KINDS.items() if row.marks.get(name))
    return f"{row.epoch}{marks:>2}"


def _measure(value: float | None) -> str:
    text = format_loss(value)
    return text if len(text) <= 8 or value is None else format_rate(value, 2)


_SHOW: Mapping[Unit, Callable[[float | None], str]] = {
    "count": lambda value: "" if value is None else f"{value:.0f}",
    "rate": lambda value: "" if value is None else format_rate(value),
    "measure": _measure,
}
_WIDTHS: Mapping[Unit, int] = {"count": 6, "rate": 13, "measure": 8}


def _cells_of(column: EpochColumn) -> CellColumn:
    show, value = _SHOW[column.unit], column.value
    width = max(_WIDTHS[column.unit], len(column.heading))
    return CellColumn(column.heading, width, lambda row: show(value(row)))


_EPOCH = CellColumn(EPOCH.heading, 5, _epoch)
_SHORT_RATE = CellColumn("rate", 8, lambda row: format_rate(row.learning_rate, 2))


def layouts(rows: Sequence[EpochRecord], measure: str) -> Iterator[TableLayout]:
    """The layouts of the table, widest first.

    Args:
        rows: of the table; what was logged of them has columns where there is room.
        measure: the loss or metric that has its columns everywhere.
    """
    shown = measure_column(measure), measure_column(validation_of(measure))
    others = [one for one in (*STANDARD, *metric_columns(rows)) if one not in (EPOCH, STEP, RATE)]
    more = [_cells_of(one) for one in others if one.name not in (shown[0].name, shown[1].name)]
    step, rate = _cells_of(STEP), _cells_of(RATE)
    train, validation = map(_cells_of, shown)
    whole = (_EPOCH, step, rate, train, validation)
    for count in range(len(more), -1, -2):
        yield TableLayout("  ", (*whole, *more[:count]))
    yield TableLayout(" ", (_EPOCH, _SHORT_RATE, train, validation))
    yield TableLayout(" ", (_EPOCH, _SHORT_RATE, train))
    yield TableLayout(" ", (_EPOCH, train))


def table(
    rows: Sequence[EpochRecord], last: EpochRecord | None, width: int, measure: str = LOSS
) -> tuple[str, list[str]]:
    """The head of the table and a line for each of some rows.

    Args:
        rows: those that are seen.
        last: of the whole table, if it has any.
        width: cells; it decides which columns there are.
        measure: the loss or metric that is shown also where there is room for one only.
    """
    every = [*rows, *([last] if last is not None else [])]
    *wider, narrowest = layouts(every, measure)
    layout = next((one for one in wider if _cells(one, every) <= width), narrowest)
    widths = layout.widths(every)
    margin = " " * (_cells(layout, every) < width)

    def line(texts: Sequence[str]) -> str:
        cells = (text.rjust(cells) for text, cells in zip(texts, widths, strict=True))
        return margin + layout.between.join(cells)

    head = line([one.heading for one in layout.columns])
    return head, [line([one.text(row) for one in layout.columns]) for row in rows]


def _cells(layout: TableLayout, rows: Sequence[EpochRecord]) -> int:
    return sum(layout.widths(rows)) + len(layout.between) * (len(layout.columns) - 1)
