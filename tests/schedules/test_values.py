"""Rates at chosen steps, worked out by hand from the papers and from Keras' documentation.

Agreement with Keras' own classes over random parameters is tested beside the worker.
"""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Schedule, parse
from tests.schedules.checking import check
from tests.schedules.strategies import any_schedule, patient


class TestConstant:
    def test_every_step_has_the_rate(self) -> None:
        check("Constant(0.01)", {0: 0.01, 1: 0.01, 10**9: 0.01})

    def test_zero(self) -> None:
        check("Constant(0.0)", {0: 0.0, 100: 0.0})


class TestExponentialDecay:
    def test_smooth(self) -> None:
        check(
            "ExponentialDecay(0.1, 100, 0.5)",
            {0: 0.1, 50: 0.1 / math.sqrt(2), 100: 0.05, 200: 0.025, 1000: 0.1 / 1024},
        )

    def test_a_stair_begins_at_the_multiple(self) -> None:
        check(
            "ExponentialDecay(0.1, 100, 0.5, staircase=True)",
            {0: 0.1, 99: 0.1, 100: 0.05, 199: 0.05, 200: 0.025},
        )

    def test_a_factor_above_one_grows(self) -> None:
        check("ExponentialDecay(0.001, 10, 2.0)", {0: 0.001, 10: 0.002, 30: 0.008})

    def test_a_factor_of_zero(self) -> None:
        check("ExponentialDecay(0.1, 10, 0.0)", {0: 0.1, 1: 0.0, 10: 0.0})

    def test_what_float32_holds_only_as_subnormal_is_zero(self) -> None:
        # TensorFlow flushes such numbers: 0.5 ** 130 is 7e-40, below float32's smallest normal.
        check("ExponentialDecay(1.0, 1, 0.5)", {126: 2.0**-126, 127: 0.0, 130: 0.0})


class TestInverseTimeDecay:
    def test_smooth(self) -> None:
        check(
            "InverseTimeDecay(0.1, 100, 0.5)",
            {0: 0.1, 100: 0.1 / 1.5, 200: 0.1 / 2, 50: 0.1 / 1.25},
        )

    def test_a_stair_begins_at_the_multiple(self) -> None:
        check(
            "InverseTimeDecay(0.1, 100, 1.0, staircase=True)",
            {0: 0.1, 99: 0.1, 100: 0.05, 199: 0.05, 200: 0.1 / 3},
        )


class TestPolynomialDecay:
    def test_a_straight_line_then_the_end(self) -> None:
        check(
            "PolynomialDecay(0.1, 100, 0.02)",
            {0: 0.1, 25: 0.08, 50: 0.06, 100: 0.02, 101: 0.02, 10**6: 0.02},
        )

    def test_square(self) -> None:
        check("PolynomialDecay(1.0, 10, 0.0, power=2.0)", {0: 1.0, 5: 0.25, 9: 0.01, 10: 0.0})

    def test_square_root(self) -> None:
        check("PolynomialDecay(1.0, 100, 0.0, power=0.5)", {0: 1.0, 75: 0.5, 100: 0.0})

    def test_the_default_end_raises_a_smaller_rate(self) -> None:
        check("PolynomialDecay(1e-5, 100)", {0: 1e-5, 50: 5.5e-5, 100: 1e-4})

    def test_a_cycle_touches_the_end_at_each_boundary_then_jumps(self) -> None:
        # Step 101 lies in a second cycle of 200 steps: 1 - 101 / 200 is left of the way.
        check(
            "PolynomialDecay(1.0, 100, 0.1, cycle=True)",
            {
                0: 1.0,
                50: 0.55,
                100: 0.1,
                101: 0.9 * (1 - 101 / 200) + 0.1,
                150: 0.9 * 0.25 + 0.1,
                200: 0.1,
                201: 0.9 * (1 - 201 / 300) + 0.1,
            },
        )


class TestPiecewiseConstantDecay:
    def test_a_boundary_step_still_has_the_earlier_rate(self) -> None:
        check(
            "PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])",
            {0: 0.1, 99: 0.1, 100: 0.1, 101: 0.05, 200: 0.05, 201: 0.01, 10**9: 0.01},
        )

    def test_a_boundary_at_zero(self) -> None:
        check("PiecewiseConstantDecay([0], [0.1, 0.01])", {0: 0.1, 1: 0.01})

    def test_unsorted_boundaries_add_up_as_in_keras(self) -> None:
        # Keras sums the cases that hold: step 150 is <= 200 and > 100, so 0.1 + 0.01.
        check("PiecewiseConstantDecay([200, 100], [0.1, 0.05, 0.01])", {50: 0.1, 150: 0.11})


class TestCosineDecay:
    def test_half_a_cosine(self) -> None:
        check(
            "CosineDecay(0.1, 1000)",
            {
                0: 0.1,
                250: 0.1 * (1 + math.sqrt(0.5)) / 2,
                500: 0.05,
                750: 0.1 * (1 - math.sqrt(0.5)) / 2,
            },
        )

    def test_it_ends_at_decay_steps_and_stays(self) -> None:
        schedule = parse("CosineDecay(0.1, 1000)")
        last, end, later = schedule([999, 1000, 5000])
        assert last > 0
        assert end == later == 0

    def test_alpha_is_a_fraction_of_the_rate(self) -> None:
        check("CosineDecay(0.1, 100, alpha=0.1)", {0: 0.1, 50: 0.055, 100: 0.01, 500: 0.01})

    def test_warmup_comes_before_the_decay(self) -> None:
        check(
            "CosineDecay(0.01, 1000, warmup_target=0.1, warmup_steps=100)",
            {0: 0.01, 50: 0.055, 99: 0.01 + 0.09 * 0.99, 100: 0.1, 600: 0.05, 1100: 0.0, 9999: 0.0},
        )

    def test_alpha_of_a_warmed_up_cosine_is_a_fraction_of_the_target(self) -> None:
        check(
            "CosineDecay(0.0, 100, alpha=0.5, warmup_target=0.2, warmup_steps=10)",
            {0: 0.0, 5: 0.1, 10: 0.2, 60: 0.15, 110: 0.1},
        )

    def test_warmup_steps_without_a_target_are_ignored(self) -> None:
        steps = list(range(0, 1200, 7))
        ignored = parse("CosineDecay(0.1, 1000, warmup_steps=100)")(steps)
        np.testing.assert_array_equal(ignored, parse("CosineDecay(0.1, 1000)")(steps))

    def test_a_target_without_warmup_steps_is_where_it_starts(self) -> None:
        check("CosineDecay(0.1, 100, warmup_target=0.2)", {0: 0.2, 50: 0.1, 100: 0.0})


class TestCosineDecayRestarts:
    def test_equal_periods(self) -> None:
        check(
            "CosineDecayRestarts(0.1, 100, t_mul=1.0)",
            {0: 0.1, 50: 0.05, 100: 0.1, 150: 0.05, 200: 0.1, 250: 0.05},
        )

    def test_the_step_before_a_restart_is_nearly_at_the_bottom(self) -> None:
        (last,) = parse("CosineDecayRestarts(0.1, 100, t_mul=1.0)")([99])
        assert last == pytest.approx(0.05 * (1 + math.cos(math.pi * 0.99)), rel=1e-3)

    def test_each_period_twice_as_long(self) -> None:
        # They begin at 0, 100, 300, 700.
        check(
            "CosineDecayRestarts(0.1, 100)",
            {0: 0.1, 50: 0.05, 100: 0.1, 200: 0.05, 300: 0.1, 500: 0.05, 700: 0.1},
        )

    def test_each_peak_half_as_high(self) -> None:
        check(
            "CosineDecayRestarts(0.1, 100, m_mul=0.5)",
            {0: 0.1, 100: 0.05, 200: 0.025, 300: 0.025, 700: 0.0125},
        )

    def test_alpha_is_a_fraction_of_the_first_rate_in_every_period(self) -> None:
        check(
            "CosineDecayRestarts(0.1, 100, t_mul=1.0, m_mul=0.5, alpha=0.2)",
            {0: 0.1, 50: 0.06, 100: 0.06, 150: 0.04},
        )


@given(
    schedule=any_schedule(wide=True),
    steps=st.lists(st.integers(0, 10**12), min_size=1, max_size=8),
)
@patient
def test_always_float32_of_the_shape_asked_for(schedule: Schedule, steps: Sequence[int]) -> None:
    rates = schedule(steps)
    assert rates.dtype == np.float32
    assert rates.shape == (len(steps),)
    assert schedule(steps[0]).shape == ()
    assert schedule([steps, steps]).shape == (2, len(steps))


@given(schedule=any_schedule())
@patient
def test_a_step_alone_has_the_rate_it_has_among_others(schedule: Schedule) -> None:
    # NumPy's vector instructions may round differently from its scalar ones in the last place.
    steps = [0, 1, 99, 100, 101, 5000]
    alone = [schedule([step])[0] for step in steps]
    np.testing.assert_allclose(schedule(steps), alone, rtol=1e-6, atol=1e-9)


def test_beyond_two_to_the_24_a_step_is_rounded_as_in_training() -> None:
    schedule = parse("ExponentialDecay(1.0, 1, 1.0000001)")
    at, after = schedule([2**24, 2**24 + 1])
    assert at == after
