"""A landscape as CSV: a row a cell."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

from lrtui.export.numbers import shortest
from lrtui.runs.landscape import CellLosses


def landscape_csv(
    names: tuple[str, str], rows: Iterable[tuple[str, str, CellLosses]], seeds: Sequence[int]
) -> str:
    """The values of both parameters, the median final loss, how many diverged, each seed's loss.

    Args:
        names: of the parameters.
        rows: their values, and what came of them.
        seeds: in the order of a cell's losses.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, "median", "diverged", *(f"seed_{seed}" for seed in seeds)])
    for first, second, cell in rows:
        losses = ["" if math.isnan(loss) else shortest(loss) for loss in cell.finals]
        median = shortest(cell.median) if cell.sound else ""
        writer.writerow([first, second, median, cell.diverged, *losses])
    return text.getvalue()
