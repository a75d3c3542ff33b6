"""Medians and ratios: the machine is shared and noisy, so what is compared is run in turn."""

import statistics
import time
from collections.abc import Callable


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median_of(act: Callable[[], object], rounds: int) -> float:
    """Seconds, after one round that does not count."""
    act()
    return statistics.median(seconds(act) for _ in range(rounds))


def in_turn(
    first: Callable[[], object], second: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratio pair by pair."""
    first()
    second()
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    ratio = statistics.median(one / other for one, other in pairs)
    return (
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        ratio,
    )
