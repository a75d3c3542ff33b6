from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.plotting.ticks import (
    Fits,
    Tick,
    decade_label,
    decade_ticks,
    number_label,
    rounded_label,
    step_labels,
    unit_ticks,
    value_ticks,
)
from tests.schedules.strategies import patient


def at_most(count: int, width: int = 7) -> Fits:
    """Room for so many labels of so many cells."""

    def fits(ticks: Sequence[Tick]) -> bool:
        return len(ticks) <= count and all(len(tick.label) <= width for tick in ticks)

    return fits


@pytest.mark.parametrize(
    ("low", "high", "room", "labels"),
    [
        (0, 0.1, 3, "0 0.05 0.1"),
        (0, 0.1, 6, "0 0.02 0.04 0.06 0.08 0.1"),
        (0, 0.01, 6, "0 0.002 0.004 0.006 0.008 0.01"),
        (0, 0.005, 6, "0 1e-3 2e-3 3e-3 4e-3 5e-3"),
        (0, 1.5e-3, 4, "0 5e-4 1e-3 1.5e-3"),
        (0.095, 0.1, 6, "0.095 0.096 0.097 0.098 0.099 0.1"),
        (0.3, 0.7, 5, "0.3 0.4 0.5 0.6 0.7"),
        (0, 2.5, 6, "0 0.5 1 1.5 2 2.5"),
        (0, 250, 3, "0 100 200"),
        (0, 4e5, 5, "0 1e5 2e5 3e5 4e5"),
        (-0.1, 0.1, 5, "-0.1 -0.05 0 0.05 0.1"),
        (0, 1e-38, 3, "0 5e-39 1e-38"),
        (0, 1e30, 3, "0 5e29 1e30"),
    ],
)
def test_value_ticks_are_round_and_short(low: float, high: float, room: int, labels: str) -> None:
    ticks, base = value_ticks(low, high, at_most(room))
    assert " ".join(tick.label for tick in ticks) == labels
    assert base == ""


@pytest.mark.parametrize(
    ("low", "high", "base", "labels"),
    [
        (0.0999996, 0.1, "0.1", "-4e-7 -3e-7 -2e-7 -1e-7 0"),
        (0.0123456, 0.0123458, "0.012345", "6e-7 6.5e-7 7e-7 7.5e-7 8e-7"),
        (123456.0, 123456.4, "123456", "0 0.1 0.2 0.3 0.4"),
    ],
)
def test_ticks_too_close_for_short_labels_are_told_from_a_base(
    low: float, high: float, base: str, labels: str
) -> None:
    ticks, found = value_ticks(low, high, at_most(6))
    assert Decimal(found) == Decimal(base)
    written = [Decimal(tick.label) for tick in ticks]
    assert written == [Decimal(label) for label in labels.split()]
    for tick in ticks:
        assert float(Decimal(base) + Decimal(tick.label)) == tick.value


@patient
@given(
    low=st.floats(-1e30, 1e30, allow_subnormal=False),
    span=st.floats(1e-5, 10),
    room=st.integers(2, 10),
)
def test_a_label_is_its_tick_to_the_last_digit(low: float, span: float, room: int) -> None:
    high = low + max(abs(low), 1e-30) * span
    ticks, base = value_ticks(low, high, at_most(room))
    for tick in ticks:
        assert float(Decimal(base or "0") + Decimal(tick.label)) == tick.value
        assert low - (high - low) * 0.01 <= tick.value <= high + (high - low) * 0.01


@pytest.mark.parametrize(
    ("low", "high", "room", "labels"),
    [
        (1e-4, 1e-1, 4, "1e-4 1e-3 1e-2 0.1"),
        (1e-3, 1e-1, 7, "1e-3 2e-3 5e-3 1e-2 2e-2 5e-2 0.1"),
        (1e-2, 1e-1, 10, "1e-2 2e-2 3e-2 4e-2 5e-2 6e-2 7e-2 8e-2 9e-2 0.1"),
        (5e-2, 1e-1, 2, "5e-2 0.1"),
        (1e-7, 1e-1, 4, "1e-7 1e-5 1e-3 0.1"),
        (1e-2, 10, 4, "1e-2 0.1 1 10"),
        (1e-38, 1e30, 8, "1e-30 1e-20 1e-10 1 1e10 1e20 1e30"),
    ],
)
def test_decade_ticks(low: float, high: float, room: int, labels: str) -> None:
    ticks, _ = decade_ticks(low, high, at_most(room))
    assert " ".join(tick.label for tick in ticks) == labels


@pytest.mark.parametrize(
    ("steps", "labels"),
    [
        ([0, 200, 400], "0 200 400"),
        ([0, 500, 1000, 1500], "0 500 1k 1.5k"),
        ([0, 20_000], "0 20k"),
        ([500_000, 1_000_000, 1_500_000], "500k 1M 1.5M"),
        ([0, 10**9, 2 * 10**9], "0 1G 2G"),
        ([10**12], "1T"),
        ([1000, 1050, 1100], "1000 1050 1100"),
        ([123_450, 123_460], "123450 123460"),
    ],
)
def test_step_labels(steps: list[int], labels: str) -> None:
    assert " ".join(step_labels(steps)) == labels


@pytest.mark.parametrize(
    ("start", "stop", "cells", "labels"),
    [
        (0, 1000, 47, "0 200 400 600 800 1k"),
        (0, 1000, 20, "0 500 1k"),
        (0, 100_000, 83, "0 10k 20k 30k 40k 50k 60k 70k 80k 90k 100k"),
        (0, 10**9, 47, "0 200M 400M 600M 800M 1G"),
        (900, 1000, 40, "900 920 940 960 980 1k"),
        (0, 1, 47, "0 1"),
        (7, 8, 7, "7 8"),
    ],
)
def test_step_ticks(start: int, stop: int, cells: int, labels: str) -> None:
    assert " ".join(label for _, label in unit_ticks(start, stop, cells, 1)) == labels


@patient
@given(start=st.integers(0, 10**9), steps=st.integers(1, 10**9), cells=st.integers(7, 300))
def test_step_ticks_are_apart_and_within_the_range(start: int, steps: int, cells: int) -> None:
    ticks = unit_ticks(start, start + steps, cells, 1)
    assert all(start <= step <= start + steps for step, _ in ticks)
    for (before, left), (after, right) in pairwise(ticks):
        apart = (after - before) * cells / steps
        assert apart >= (len(left) + len(right)) / 2 + 2
    assert len(ticks) <= 14


@pytest.mark.parametrize(
    ("units", "exponent", "label", "on_log"),
    [
        (0, 0, "0", "0"),
        (1, -1, "0.1", "0.1"),
        (50, -3, "0.05", "5e-2"),
        (1, -2, "0.01", "1e-2"),
        (5, -3, "5e-3", "5e-3"),
        (125, -5, "1.25e-3", "1.25e-3"),
        (1, -4, "1e-4", "1e-4"),
        (3, 0, "3", "3"),
        (2, 4, "20000", "2e4"),
        (1, 5, "1e5", "1e5"),
        (-5, -2, "-0.05", "-5e-2"),
    ],
)
def test_forms_of_a_number(units: int, exponent: int, label: str, on_log: str) -> None:
    assert number_label(units, exponent) == label
    assert decade_label(units, exponent) == on_log


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (0.0, "0"),
        (0.1, "0.1"),
        (0.10000000149011612, "0.1"),
        (0.0123456, "0.01235"),
        (0.00123456, "1.23e-3"),
        (9.99996, "10"),
        (1e30, "1e30"),
        (3.4028235e38, "3.4e38"),
        (-0.5, "-0.5"),
    ],
)
def test_rounded_label(value: float, label: str) -> None:
    assert rounded_label(value, 7) == label
