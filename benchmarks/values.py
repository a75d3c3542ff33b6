"""A million rates: through a schedule, by its bare formula, and by Keras' own class."""

from typing import Any

import numpy as np

from benchmarks.timing import in_turn
from lrtui.schedules import catalogue

STEPS = np.arange(1_000_000)
ROUNDS = 7


def keras_calls() -> dict[str, Any]:
    """Keras' own schedules by class name, where one can be called on a vector."""
    from lrtui.live.keras_schedule import KerasSchedule, keras_schedule

    found = {}
    for cls in catalogue().values():
        own = keras_schedule(cls())
        if not isinstance(own, KerasSchedule):
            found[cls.__name__] = own
    return found


def main() -> None:
    keras_own = keras_calls()
    print(f"{len(STEPS)} rates from whole steps, milliseconds, medians of {ROUNDS} and of ratios:")
    print(f"{'':28}{'schedule':>9}{'formula':>9}{'ratio':>7}{'Keras':>9}{'ratio':>7}")
    for cls in catalogue().values():
        schedule = cls()
        with np.errstate(all="ignore"):
            ours, bare, ratio = in_turn(
                lambda: schedule(STEPS),  # noqa: B023
                lambda: schedule.formula(STEPS.astype(schedule.step_dtype), np),  # noqa: B023
                ROUNDS,
            )
        line = f"  {cls.__name__:<26}{1000 * ours:9.1f}{1000 * bare:9.1f}{ratio:7.2f}"
        if cls.__name__ in keras_own:
            own = keras_own[cls.__name__]
            _, theirs, beside = in_turn(
                lambda: schedule(STEPS),  # noqa: B023
                lambda: np.asarray(own(STEPS)),  # noqa: B023
                ROUNDS,
            )
            line += f"{1000 * theirs:9.1f}{beside:7.2f}"
        print(line)


if __name__ == "__main__":
    main()
