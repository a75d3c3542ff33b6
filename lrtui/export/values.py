"""The rates of a schedule step by step, as CSV or JSON, in pieces: a million rows fit anywhere."""

from collections.abc import Iterator

import numpy as np

from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Float32s, Int64s

ROWS_AT_ONCE = 1 << 14


def values_csv(schedule: Schedule, steps: int, every: int = 1) -> Iterator[str]:
    """The rows ``step,learning_rate`` of steps 0, `every`, 2 * `every`, ... below `steps`.

    Each number reads back as the very same float32. What is not finite is nan, inf or -inf.

    Yields:
        Pieces of text, of which the first is the header line.
    """
    yield "step,learning_rate\n"
    for numbers, rates in _pieces(schedule, steps, every):
        rows = zip(numbers.tolist(), map(str, rates), strict=True)
        yield "".join([f"{step},{rate}\n" for step, rate in rows])


def values_json(schedule: Schedule, steps: int, every: int = 1) -> Iterator[str]:
    """The same rows as a JSON array of objects, one a line.

    What is not finite is the text "nan", "inf" or "-inf".

    Yields:
        Pieces of text.
    """
    separator = "[\n"
    for numbers, rates in _pieces(schedule, steps, every):
        texts = list(map(str, rates))
        for index in np.flatnonzero(~np.isfinite(rates)):
            texts[index] = f'"{texts[index]}"'
        rows = zip(numbers.tolist(), texts, strict=True)
        body = ",\n".join([f'{{"step": {step}, "learning_rate": {rate}}}' for step, rate in rows])
        yield separator + body
        separator = ",\n"
    yield "\n]\n"


def _pieces(schedule: Schedule, steps: int, every: int) -> Iterator[tuple[Int64s, Float32s]]:
    for first in range(0, steps, every * ROWS_AT_ONCE):
        numbers = np.arange(first, min(steps, first + every * ROWS_AT_ONCE), every)
        yield numbers, schedule(numbers)
