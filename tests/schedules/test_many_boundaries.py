"""Schedules with boundaries by the thousand: looked up, and still what the formula says."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.export.code import TARGETS, code
from lrtui.plotting.columns import schedule_columns
from lrtui.schedules import Schedule, parse
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.notes import notes
from tests.schedules.strategies import any_of, patient


def as_the_formula_says(schedule: Schedule, steps: np.ndarray) -> np.ndarray:
    """The formula's own lines, which a training runs; past the lookup that NumPy has."""
    written = type(schedule).formula.__wrapped__  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):
        return np.asarray(written(schedule, steps, np), np.float32)


@pytest.mark.parametrize(
    ("cls", "dtype"),
    [
        (PiecewiseConstantDecay, "int64"),
        (PiecewiseConstantDecay, "float32"),  # within another schedule
        (MultiStepDecay, "float32"),
    ],
)
@given(data=st.data())
@patient
def test_what_is_looked_up_is_what_the_formula_gives(
    cls: type[Schedule], dtype: str, data: st.DataObject
) -> None:
    schedule = data.draw(any_of(cls, wide=data.draw(st.booleans())))
    name = "boundaries" if cls is PiecewiseConstantDecay else "milestones"
    boundaries: tuple[int, ...] = getattr(schedule, name)
    near = [step + by for step in boundaries for by in (-1, 0, 1)]
    steps = np.array([0, *near, *data.draw(st.lists(st.integers(0, 2**40)))]).clip(0).astype(dtype)
    with np.errstate(all="ignore"):
        found = schedule.formula(steps, np)
    np.testing.assert_array_equal(found, as_the_formula_says(schedule, steps))
    assert found.dtype == np.float32


def test_boundaries_that_do_not_rise_add_rates_up() -> None:
    """Keras' own sum: both ranges hold at step 15."""
    wrong = PiecewiseConstantDecay((20, 10), (0.25, 0.5, 0.125))
    assert wrong([15]) == pytest.approx([0.375])


def test_a_text_of_ten_thousand_boundaries_is_read_back() -> None:
    boundaries = tuple(range(10, 100_010, 10))
    many = PiecewiseConstantDecay(boundaries, tuple(0.9999**n for n in range(10_001)))
    assert parse(str(many)) == many
    steps = np.array([0, 10, 11, 55_555, 100_000, 100_001])
    expected = [0.9999 ** sum(step > one for one in boundaries) for step in steps]
    np.testing.assert_allclose(many(steps), expected, rtol=1e-6)


def calls_of(act: Callable[[], object]) -> int:
    """How many functions are called, Python's own among them: the same on every machine."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    act()  # what is only done once
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def shown(text: str, steps: int) -> None:
    schedule = parse(text)
    schedule_columns(schedule, 0, steps, 160)
    landmarks(schedule, steps)
    notes(schedule, steps)


@pytest.mark.parametrize("cls", [PiecewiseConstantDecay, MultiStepDecay])
@pytest.mark.parametrize("work", ["show", *TARGETS])
def test_twice_as_many_boundaries_take_twice_the_calls(cls: type[Schedule], work: str) -> None:
    """At most n log n; a loop in a loop would make it four times. Seconds are in benchmarks/."""
    counts = []
    for count in (1000, 2000):
        boundaries = tuple(range(10, 10 * count + 10, 10))
        rates = tuple(0.1 * 0.999**index for index in range(count + 1))
        schedule = (
            PiecewiseConstantDecay(boundaries, rates)
            if cls is PiecewiseConstantDecay
            else MultiStepDecay(0.1, boundaries, 0.999)
        )
        text, steps = str(schedule), 10 * count
        counts.append(
            calls_of(lambda: shown(text, steps))  # noqa: B023
            if work == "show"
            else calls_of(lambda: code(schedule, work))  # noqa: B023
        )
    assert counts[1] < 2.2 * counts[0]
