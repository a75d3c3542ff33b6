"""A line beside the library it is from: the same rates, or both refuse it."""

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrtui.schedules import Invalid, Schedule, parse, read

NEAR = 1e-6
"""Of the largest rate: so far ours, which is float32, may be off."""
LARGE = 1e4
"""No training has larger rates, and the rounding of float32 grows with them."""
MOST_LARGE = 1e6
"""Nor does what is far larger elsewhere in a schedule excuse what is off among these."""
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
    _assert_near(line, ours, rates)


def _assert_near(line: str, ours: Schedule, rates: Any) -> None:
    found = np.asarray(ours(np.arange(len(rates))), np.float64)
    known = np.abs(rates) < LARGE
    largest = np.abs(rates[np.isfinite(rates)]).max(initial=0)
    bound = NEAR * min(largest, MOST_LARGE) + 1e-30
    wrong = np.flatnonzero(known & ~(np.abs(found - rates) <= bound))
    assert not len(wrong), (
        f"{line}: {ours} at {wrong[:5]}: {found[wrong[:5]]}, the library {rates[wrong[:5]]}"
    )


def _rates(line: str, theirs: Callable[[str, int], Sequence[float]], count: int) -> Any:
    try:
        return np.asarray(theirs(line, count), np.float64)
    except Exception as fault:
        return fault


def assert_no_other_than(
    line: str, theirs: Callable[[str, int], Sequence[float]], steps: int
) -> None:
    """The line is refused, or has the library's rates: it has no rates where the library has none.

    A name alone is no line: it opens with defaults of ours.
    """
    try:
        ours = read(line)
    except Invalid:
        return
    if re.fullmatch(r"[\w.]+", line.strip()):
        return
    rates = _rates(_alone(line), theirs, steps)
    not_shown = any("is assumed" in note for note in ours.notes)
    if not_shown and (isinstance(rates, NameError) or "initial_lr" in str(rates)):
        return  # the optimizer may be one that has been trained
    assert not isinstance(rates, Exception), f"{line}: the library says {rates!r}, ours is {ours}"
    _assert_near(line, ours.schedule, rates)


def _alone(line: str) -> str:
    """The one call in a line: without brackets and commas around it, and without its package."""
    try:
        node = ast.parse(line.strip(" \n,;"), mode="eval").body
    except SyntaxError:
        return line
    while isinstance(node, (ast.List, ast.Tuple)):
        held = [one for one in node.elts if isinstance(one, (ast.Call, ast.List, ast.Tuple))]
        if len(held) != 1:
            return line
        (node,) = held
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node.func = ast.Name(node.func.attr)
    return ast.unparse(node)


def refused(line: str) -> str:
    """The words in which a line is refused."""
    try:
        schedule: Any = parse(line)
    except Invalid as fault:
        return str(fault)
    raise AssertionError(f"{line} is not refused: {schedule}")
