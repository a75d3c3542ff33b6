"""The landmarks of a schedule, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Schedule, parse
from lrtui.schedules.landmarks import Landmark, landmarks
from lrtui.schedules.user_schedule import UserSchedule
from tests.schedules.strategies import any_schedule, patient

PLACES = ["start", "peak", "lowest", "half", "end"]


def of(text: str, steps: int) -> dict[str, Landmark]:
    return {mark.name: mark for mark in landmarks(parse(text), steps)}


def test_of_a_warmed_up_cosine() -> None:
    found = of("CosineDecay(0.0, 100, warmup_target=0.5, warmup_steps=100)", 201)
    assert list(found) == [*PLACES, "mean", "area", "restarts"]
    assert found["start"] == Landmark("start", 0, 0.0)
    assert found["peak"] == Landmark("peak", 100, 0.5)
    assert found["lowest"] == Landmark("lowest", 0, 0.0)
    assert found["half"].step == 150
    assert found["half"].rate == pytest.approx(0.25)
    assert found["end"] == Landmark("end", 200, 0.0)
    assert found["mean"].step is None
    assert found["mean"].rate == pytest.approx(0.25 * 200 / 201, rel=1e-4)


def test_half_is_the_first_step_at_or_below_half_the_peak() -> None:
    found = of("ExponentialDecay(0.5, 100, 0.5, staircase=True)", 1000)
    assert found["half"] == Landmark("half", 100, 0.25)


def test_half_is_looked_for_after_the_peak_only() -> None:
    found = of("PiecewiseConstantDecay([10], [0.25, 1.0])", 20)
    assert found["peak"].step == 11
    assert "half" not in found


def test_of_a_constant() -> None:
    found = of("Constant(0.5)", 10)
    assert "half" not in found
    assert found["mean"].rate == found["end"].rate == found["start"].rate == 0.5
    assert found["peak"].step == 0


def test_a_rate_of_zero_has_no_half() -> None:
    assert "half" not in of("Constant(0.0)", 10)


def test_the_end_is_the_rate_of_the_last_step() -> None:
    # 100 steps are steps 0 to 99: the end rate is reached at step 100 and never trained with.
    end = of("PolynomialDecay(1.0, 100, 0.0)", 100)["end"]
    assert end.step == 99
    assert end.rate == pytest.approx(0.01)


def test_of_one_step() -> None:
    assert of("Constant(0.5)", 1)["end"] == Landmark("end", 0, 0.5)


def test_the_area_is_the_sum_of_all_rates() -> None:
    # 100 + 99 + ... + 1 hundredths.
    assert of("PolynomialDecay(1.0, 100, 0.0)", 100)["area"].value == pytest.approx(50.5)
    assert of("Constant(0.25)", 8)["area"] == Landmark("area", None, 2.0)


@pytest.mark.parametrize(
    ("text", "steps", "count"),
    [
        ("CosineDecayRestarts(0.1, 100, t_mul=2.0)", 701, 3),  # at 100, 300, 700
        ("CosineDecayRestarts(0.1, 100, t_mul=2.0)", 700, 2),
        ("CosineDecayRestarts(0.1, 5, t_mul=1.0)", 100, 19),
        ("PiecewiseConstantDecay([10, 20], [0.1, 0.2, 0.1])", 50, 1),
        ("PolynomialDecay(0.1, 100, 0.0, cycle=True)", 250, 2),  # at 101 and 201
        ("CosineDecay(0.0, 100, warmup_target=0.5, warmup_steps=100)", 300, 0),
        ("CyclicalRate(0.001, 0.1, 50)", 1000, 0),
        ("OneCycle(0.1, 300)", 300, 0),
        ("Constant(0.1)", 1, 0),
    ],
)
def test_restarts_are_jumps_up_and_no_slopes(text: str, steps: int, count: int) -> None:
    assert of(text, steps)["restarts"] == Landmark("restarts", None, count)
    for mark in landmarks(parse(text), steps, exact_up_to=0):
        assert mark.name != "restarts" or mark.value == count


def test_a_schedule_of_ones_own_with_gaps() -> None:
    rates = np.array([np.nan, 0.5, np.inf, 0.25, np.nan], "<f4")
    found = {mark.name: mark for mark in landmarks(UserSchedule("a.py:f", rates.tobytes()), 5)}
    assert (found["peak"].step, found["lowest"].step, found["half"].step) == (1, 3, 3)
    assert (found["mean"].value, found["area"].value) == (0.375, 0.75)
    assert np.isnan(found["start"].value)
    assert np.isnan(found["end"].value)
    assert landmarks(UserSchedule("a.py:f", rates[:1].tobytes()), 1) == ()


class TestABillionSteps:
    def test_places_are_exact(self) -> None:
        found = of("PolynomialDecay(1.0, 500000000, 0.25)", 10**9)
        assert [found[name].value for name in ("start", "peak", "lowest", "end")] == [
            1,
            1,
            0.25,
            0.25,
        ]
        assert found["peak"].step == 0
        # float32 tells only each 32nd step there from the one before, and rates no better.
        assert found["lowest"].step == pytest.approx(500_000_000, abs=32)
        assert found["half"].step == pytest.approx(333_333_333, abs=64)
        assert not any(found[name].approximate for name in PLACES)

    def test_mean_and_area_are_said_to_be_approximate(self) -> None:
        found = of("PolynomialDecay(1.0, 500000000, 0.25)", 10**9)
        assert found["mean"].approximate
        assert found["mean"].value == pytest.approx(0.5 * 0.625 + 0.5 * 0.25, rel=1e-4)
        assert found["area"].value == pytest.approx(0.4375e9, rel=1e-4)

    def test_twenty_thousand_restarts_are_counted(self) -> None:
        found = of("CosineDecayRestarts(0.1, 50000, t_mul=1.0)", 10**9)
        assert found["restarts"] == Landmark("restarts", None, 19_999)
        assert found["mean"].value == pytest.approx(0.05, rel=1e-2)

    def test_more_than_can_be_listed_are_estimated(self) -> None:
        restarts = of("CosineDecayRestarts(0.1, 50, t_mul=1.0)", 10**7)["restarts"]
        assert restarts.approximate
        assert restarts.value == pytest.approx(200_000, rel=0.02)

    def test_a_decay_that_is_soon_over_keeps_its_area(self) -> None:
        # 10 steps each of 0.1 * 0.999**k: 0.1 * 10 / (1 - 0.999).
        found = of("ExponentialDecay(0.1, 10, 0.999, staircase=True)", 10**9)
        assert found["area"].value == pytest.approx(1000, rel=1e-2)

    def test_a_constant_is_exact(self) -> None:
        assert of("Constant(0.5)", 10**9)["mean"] == Landmark("mean", None, 0.5)


@patient
@given(schedule=any_schedule(), steps=st.integers(1, 20_000))
def test_searching_finds_what_visiting_every_step_finds(schedule: Schedule, steps: int) -> None:
    if not np.isfinite(schedule(np.arange(steps))).all():
        return
    visited = {mark.name: mark for mark in landmarks(schedule, steps)}
    searched = {mark.name: mark for mark in landmarks(schedule, steps, exact_up_to=0)}
    for name in ("start", "peak", "lowest", "end"):
        # Rounding may make a neighbour a little higher than the corner.
        assert searched[name].value == pytest.approx(visited[name].value, rel=3e-6, abs=1e-12)
    half = searched.get("half")
    if half is not None and half.step is not None:
        assert half.value <= searched["peak"].value / 2
        before = schedule(np.arange(searched["peak"].step or 0, half.step))
        assert (before > searched["peak"].value / 2).all()
