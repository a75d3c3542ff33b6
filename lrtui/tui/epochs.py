"""The table of epochs as text. Pure."""

from lrtui.training.record import Row
from lrtui.tui import figures

EPOCH_COLUMNS = (
    ("epoch", 5),
    ("step", 6),
    ("learning rate", 13),
    ("loss", 8),
    ("val loss", 8),
)
"""The columns, with their widths in cells."""


def epoch_cells(row: Row) -> tuple[str, ...]:
    """The cells of an epoch's row; beside the epoch an r: a reset fell into it, a c: a cut."""
    marks = "r" * (row.resets > 0) + "c" * (row.cuts > 0)
    texts = (
        f"{row.epoch}{marks:>2}",
        f"{row.steps}",
        figures.rate(row.learning_rate),
        figures.loss(row.loss),
        figures.loss(row.validation_loss),
    )
    return tuple(text.rjust(width) for text, (_, width) in zip(texts, EPOCH_COLUMNS, strict=True))
