"""Schedules with boundaries by the thousand: reading, drawing, all values, exporting; how it grows.

In time of this process, so that others on the machine do not count.

Limits at 10 000: reading from a config and drawing 100 ms, each export 1 s. At twice as many each
takes at most a little more than twice as long.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from lrtui.export.code import TARGETS, code
from lrtui.plotting.columns import schedule_columns
from lrtui.schedules import Schedule, parse
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.landmarks import landmarks

COUNTS = (10_000, 20_000)
ROUNDS = 5


def median_of(act: Callable[[], object], rounds: int) -> float:
    act()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return statistics.median(times)


def work(name: str, schedule: Schedule, steps: int) -> dict[str, Callable[[], object]]:
    config = json.dumps(
        {
            "class_name": type(schedule).__name__,
            "config": {key: getattr(schedule, key) for key in type(schedule).__struct_fields__},
        }
    )
    text = str(schedule)
    found: dict[str, Callable[[], object]] = {
        "read a config and draw": lambda: schedule_columns(parse(config), 0, steps, 160),
        "read our own text": lambda: parse(text),
        "all values": lambda: schedule(np.arange(steps)),
        "landmarks": lambda: landmarks(schedule, steps),
    }
    for target in TARGETS:
        found[f"export to {target}"] = lambda target=target: code(schedule, target)  # type: ignore[misc]
    return {f"{name}: {what}": act for what, act in found.items()}


def main() -> None:
    print(f"Boundaries by the thousand, milliseconds, medians of {ROUNDS}:")
    print(f"{'':44}" + "".join(f"{count:>9}" for count in COUNTS) + f"{'ratio':>7}")
    times: dict[str, list[float]] = {}
    for count in COUNTS:
        boundaries = tuple(range(10, 10 * count + 10, 10))
        rates = tuple(float(np.float32(0.1 * 0.9999**index)) for index in range(count + 1))
        for name, schedule in {
            "piecewise": PiecewiseConstantDecay(boundaries, rates),
            "multi-step": MultiStepDecay(0.1, boundaries, 0.9999),
        }.items():
            for what, act in work(name, schedule, 10 * count).items():
                times.setdefault(what, []).append(median_of(act, ROUNDS))
    for what, found in times.items():
        line = "".join(f"{1000 * one:9.1f}" for one in found)
        print(f"  {what:<42}{line}{found[-1] / found[0]:7.2f}")


if __name__ == "__main__":
    main()
