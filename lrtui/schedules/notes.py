"""Notes beside a plot: where a schedule does not do what one would think, and what to do about it.

What a parameter means is said by the schedule's own :meth:`~lrtui.schedules.Schedule.notes`; what
comes of its length and the training's is said here.
"""

from collections.abc import Iterator

import numpy as np

from lrtui.schedules.arrays import Float32s
from lrtui.schedules.base import Schedule
from lrtui.schedules.number_text import format_number

FLOAT32_STEPS = 2**24
SAMPLES = 2048
"""Steps that are looked at for rates of 0; more would be felt while a parameter is turned."""


def notes(schedule: Schedule, steps: int) -> tuple[str, ...]:
    """What there is to know about a schedule in a training of so many steps; mostly nothing.

    Args:
        schedule: any schedule.
        steps: the updates of the training, at least 1.
    """
    return tuple(dict.fromkeys((*schedule.notes(), *_of_a_run(schedule, steps))))


def notes_of_length(schedule: Schedule, steps: int) -> Iterator[str]:
    """Of :func:`notes` those about a training that ends long before the schedule, or after it."""
    return _of_length(schedule, steps, *_some_rates(schedule, steps))


def _of_length(schedule: Schedule, steps: int, rates: Float32s, last: int) -> Iterator[str]:
    end = schedule.end()
    rate = float(schedule(last))
    # One that has risen to its highest rate, a warmup, is meant to stay there.
    if end is not None and end < steps - 1 and rate < rates.max():
        what = "are not trained (rate 0)" if rate == 0 else f"train at {_short(rate)}"
        yield (
            f"The schedule ends at step {end}: the other {steps - end} of {steps} steps {what}; "
            "make it longer, or the training shorter."
        )
    elif end is not None and end > 2 * steps:
        yield (
            f"The training ends at step {steps}, the schedule at {end}: only its first "
            f"{_percent(steps / end)} is used; make it shorter, or train longer."
        )


def _of_a_run(schedule: Schedule, steps: int) -> Iterator[str]:
    rates, last = _some_rates(schedule, steps)
    yield from _of_length(schedule, steps, rates, last)
    again = schedule.rises_again()
    if again is not None and again < steps - 1:
        yield (
            f"After step {again} of {steps} the rate rises again, as the library's does; "
            "for a rate that stays low take CosineAnnealing, or make it longer."
        )
    zero = float((rates == 0).mean()) * last / steps
    if zero > 0.01 and (rates == 0).sum() > 1:  # a warmup may well begin at 0
        yield (
            f"The rate is 0 in {_percent(zero)} of the steps, which train nothing; "
            "put the schedule in a Floor, or raise its lowest rate."
        )
    if steps > FLOAT32_STEPS:
        yield (
            f"After step {FLOAT32_STEPS} float32 rounds the step itself, in training as here, "
            "so neighbouring steps share a rate; reset the schedule before, or count epochs."
        )


def _some_rates(schedule: Schedule, steps: int) -> tuple[Float32s, int]:
    """Rates from all over what a training uses of a schedule, and where that ends."""
    end = schedule.end()
    last = steps if end is None else min(end, steps)
    looked_at = np.linspace(0, max(last - 1, 0), min(SAMPLES, max(last, 1))).astype(np.int64)
    return schedule(looked_at), last


def _percent(fraction: float) -> str:
    return "less than 1 %" if fraction < 0.01 else f"{fraction:.0%}".replace("%", " %")


def _short(rate: float) -> str:
    return format_number(float(f"{rate:.3g}"))
