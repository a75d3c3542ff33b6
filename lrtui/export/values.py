"""The rates of a schedule step by step, as CSV or JSON, in pieces: a million rows fit anywhere."""

from collections.abc import Iterator, Sequence

import numpy as np

from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Float32s, Int64s

ROWS_AT_ONCE = 1 << 14


def values_csv(schedules: Sequence[Schedule], steps: int, every: int = 1) -> Iterator[str]:
    """The rows ``step,learning_rate`` of steps 0, `every`, 2 * `every`, ... below `steps`.

    Each number reads back as the very same float32. What is not finite is nan, inf or -inf.

    Args:
        schedules: a column each.
        steps: see above.
        every: see above.

    Yields:
        Pieces of text, of which the first is the header line.
    """
    yield ",".join(["step", *_names(schedules)]) + "\n"
    for numbers, columns in _pieces(schedules, steps, every):
        rows = zip(map(str, numbers.tolist()), *(map(str, rates) for rates in columns), strict=True)
        yield "".join([",".join(row) + "\n" for row in rows])


def values_json(schedules: Sequence[Schedule], steps: int, every: int = 1) -> Iterator[str]:
    """The same rows as a JSON array of objects, one a line.

    What is not finite is the text "nan", "inf" or "-inf".

    Yields:
        Pieces of text.
    """
    separator = "[\n"
    row_of = ", ".join(f'"{name}": %s' for name in ("step", *_names(schedules)))
    for numbers, columns in _pieces(schedules, steps, every):
        rows = zip(map(str, numbers.tolist()), *map(_json_numbers, columns), strict=True)
        yield separator + ",\n".join([f"{{{row_of % row}}}" for row in rows])
        separator = ",\n"
    yield "\n]\n"


def _names(schedules: Sequence[Schedule]) -> list[str]:
    later = [f"learning_rate_{place}" for place in range(2, len(schedules) + 1)]
    return ["learning_rate", *later]


def _json_numbers(rates: Float32s) -> list[str]:
    texts = list(map(str, rates))
    for index in np.flatnonzero(~np.isfinite(rates)):
        texts[index] = f'"{texts[index]}"'
    return texts


def _pieces(
    schedules: Sequence[Schedule], steps: int, every: int
) -> Iterator[tuple[Int64s, list[Float32s]]]:
    for first in range(0, steps, every * ROWS_AT_ONCE):
        numbers = np.arange(first, min(steps, first + every * ROWS_AT_ONCE), every)
        yield numbers, [schedule(numbers) for schedule in schedules]
