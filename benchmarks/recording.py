"""What a long run costs the UI's process: two million steps recorded, as the client does it.

Each step's rate and loss are kept as they came. Drawing looks at all of them each time.
"""

import time

import numpy as np

from benchmarks.timing import median_of
from lrtui.live.memory import resident_bytes
from lrtui.plotting.columns import series_columns
from lrtui.protocol import Event, Settings, Started, StepsDone, decode_event, encode, pack
from lrtui.runs.record import RunRecord

LENGTHS = (2_000, 2_000_000)
STEPS_A_MESSAGE = 100
COLUMNS = 200


def recorded(steps: int, diverging: bool) -> RunRecord:
    """A run of so many steps, its events decoded one by one from their lines."""
    record = RunRecord.of([Started("Constant(0.1)", Settings())])
    random = np.random.default_rng(0)
    for first in range(0, steps, STEPS_A_MESSAGE):
        losses = random.random(STEPS_A_MESSAGE, np.float32)
        losses[0] = np.nan if diverging else losses[0]
        record.add(_travelled(StepsDone(first, pack(losses), pack(losses))))
    return record


def _travelled(event: Event) -> Event:
    return decode_event(encode(event))


def drawing(record: RunRecord) -> float:
    """Milliseconds for what a redraw takes of the record."""

    def draw() -> None:
        for series in (record.rates, record.losses):
            series_columns(series, 0, record.steps, COLUMNS)
        assert record.diverged_at in (None, 0)

    return median_of(draw, 21) * 1e3


def main() -> None:
    before = resident_bytes()
    print(f"a record of so many steps, both series reduced to {COLUMNS} columns for a plot:")
    for diverging in (False, True):
        for steps in LENGTHS:
            began = time.perf_counter()
            record = recorded(steps, diverging)
            took = (time.perf_counter() - began) / steps * 1e6
            grown = (resident_bytes() - before) / 1e6
            name = f"{steps} steps{', some losses NaN' if diverging else ''}"
            print(
                f"  {name:31} {drawing(record):6.2f} ms to draw, {took:5.2f} us a step to record, "
                f"{grown:+6.1f} MB: {resident_bytes() / 1e6:.0f} MB in all"
            )


if __name__ == "__main__":
    main()
