"""What the apps beside draw: two schedules, 300 points each, the second one changed by a key.

Called as ``python -m benchmarks.beside.with_... STEPS PINNED TURNED...``: each key press shows the
next of the turned schedules.
"""

import sys
from collections.abc import Iterator
from itertools import cycle

import numpy as np

from lrtui.schedules import Schedule, parse

POINTS = 300

Points = tuple[list[float], list[float]]


def points(schedule: Schedule, stop: int) -> Points:
    """Steps and rates of a schedule.

    Where the rate turns oftener than there are points, these are the extremes of each of 150
    stretches: else the picture would lie.
    """
    if len(schedule.corners(0, stop)) < POINTS:
        steps = np.linspace(0, stop - 1, POINTS).round()
        return steps.tolist(), schedule(steps).tolist()
    edges = np.linspace(0, stop, POINTS // 2 + 1).astype(int)
    rates = schedule(np.arange(stop))
    low = np.minimum.reduceat(rates, edges[:-1])
    high = np.maximum.reduceat(rates, edges[:-1])
    return np.repeat(edges[:-1], 2).tolist(), np.stack([low, high], 1).ravel().tolist()


def asked() -> tuple[Points, Iterator[Points]]:
    """What the command line asks for: the pinned curve, and the turned ones, for ever."""
    stop = int(sys.argv[1])
    pinned, *turned = [points(parse(text), stop) for text in sys.argv[2:]]
    return pinned, cycle(turned)
