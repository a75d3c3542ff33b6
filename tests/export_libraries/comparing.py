"""A line beside the library it is from: the same rates, or both refuse it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrtui.schedules import Invalid, Schedule, parse

NEAR = 1e-6
"""Of the largest rate: so far ours, which is float32, may be off."""
BEYOND = 20
"""Steps that are looked at after a schedule's end."""


def assert_same_as(line: str, theirs: Callable[[str, int], Sequence[float]], steps: int) -> None:
    """The line has the library's rates, or is refused by both.

    Args:
        line: a line of a script.
        theirs: makes it in the library and returns the rates of the first steps; it raises what the
            library raises. It may return fewer where the library refuses to go on.
        steps: how many to look at; to them come :data:`BEYOND`.
    """
    ours: Schedule | None
    try:
        ours = parse(line)
    except Invalid as fault:
        ours, reason = None, str(fault)
    rates = _rates(line, theirs, steps + BEYOND)
    if isinstance(rates, Exception):
        assert ours is None, f"{line}: the library says {rates!r}, ours is {ours}"
        return
    assert ours is not None, f"{line}: refused by ours only: {reason}"
    found = np.asarray(ours(np.arange(len(rates))), np.float64)
    bound = NEAR * np.abs(rates).max() + 1e-30
    wrong = np.flatnonzero(~(np.abs(found - rates) <= bound))
    assert not len(wrong), (
        f"{line}: {ours} at {wrong[:5]}: {found[wrong[:5]]}, the library {rates[wrong[:5]]}"
    )


def _rates(line: str, theirs: Callable[[str, int], Sequence[float]], count: int) -> Any:
    try:
        return np.asarray(theirs(line, count), np.float64)
    except Exception as fault:
        return fault


def refused(line: str) -> str:
    """The words in which a line is refused."""
    try:
        schedule: Any = parse(line)
    except Invalid as fault:
        return str(fault)
    raise AssertionError(f"{line} is not refused: {schedule}")
