"""Lines beside the formulas of their libraries, written down in plain Python, a step at a time."""

import math
from collections.abc import Callable

import numpy as np

from lrtui.schedules import parse

STEPS = 130


def same(line: str, formula: Callable[[int], float], count: int = STEPS) -> None:
    """The line has the rates of the formula."""
    expected = np.array([formula(step) for step in range(count)])
    found = np.asarray(parse(line)(np.arange(count)), np.float64)
    bound = 1e-6 * np.abs(expected).max() + 1e-30
    wrong = np.flatnonzero(~(np.abs(found - expected) <= bound))
    assert not len(wrong), (line, wrong[:5], found[wrong[:5]], expected[wrong[:5]])


def half_cosine(done: float) -> float:
    return (1 + math.cos(math.pi * done)) / 2
