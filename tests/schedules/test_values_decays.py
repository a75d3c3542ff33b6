"""Rates of the schedules that fall once, worked out by hand from papers and libraries' definitions.

Agreement with PyTorch and optax themselves is tested in a group of its own.
"""

import math

import numpy as np
import pytest

from lrtui.schedules import Invalid, parse
from tests.schedules.checking import check

SQRT_HALF = math.sqrt(0.5)


class TestStepDecay:
    def test_a_multiple_of_the_step_size_already_has_the_new_rate(self) -> None:
        check("StepDecay(0.1, 30)", {0: 0.1, 29: 0.1, 30: 0.01, 59: 0.01, 60: 0.001})

    def test_a_factor_above_one_grows(self) -> None:
        check("StepDecay(0.001, 10, 2.0)", {9: 0.001, 10: 0.002, 30: 0.008})

    def test_every_drop_of_a_long_training_lies_at_its_step(self) -> None:
        # 41 * k is where a division by a reciprocal, as compilers do it, falls short.
        drops = np.arange(1, 50_000) * 41
        schedule = parse("StepDecay(1.0, 41, 0.999)")
        before, at = schedule(drops - 1), schedule(drops)
        np.testing.assert_allclose(at, before * 0.999, rtol=1e-4)


class TestMultiStepDecay:
    def test_a_milestone_step_already_has_the_new_rate(self) -> None:
        check(
            "MultiStepDecay(0.5, [30, 80], 0.1)",
            {0: 0.5, 29: 0.5, 30: 0.05, 79: 0.05, 80: 0.005, 10**6: 0.005},
        )

    def test_milestones_in_any_order(self) -> None:
        check("MultiStepDecay(1.0, [80, 30], 0.5)", {29: 1.0, 30: 0.5, 79: 0.5, 80: 0.25})

    def test_a_milestone_named_twice_counts_twice(self) -> None:
        check("MultiStepDecay(1.0, [30, 30], 0.5)", {29: 1.0, 30: 0.25})

    def test_no_milestones(self) -> None:
        check("MultiStepDecay(0.1, [])", {0: 0.1, 1000: 0.1})


class TestLinearDecay:
    def test_a_line_then_its_end(self) -> None:
        check("LinearDecay(0.1, 100, 0.02)", {0: 0.1, 25: 0.08, 50: 0.06, 100: 0.02, 999: 0.02})

    def test_it_may_begin_later(self) -> None:
        check(
            "LinearDecay(0.1, 100, 0.0, decay_begin=50)",
            {0: 0.1, 50: 0.1, 51: 0.099, 100: 0.05, 150: 0.0, 151: 0.0},
        )

    def test_it_may_rise(self) -> None:
        check("LinearDecay(0.0, 4, 0.1)", {0: 0.0, 1: 0.025, 3: 0.075, 4: 0.1})

    def test_the_last_step_before_an_end_of_zero_is_exact(self) -> None:
        (rate,) = parse("LinearDecay(0.1, 1000000, 0.0)")([999_999])
        assert rate == pytest.approx(1e-7, rel=1e-6)


class TestCosineAnnealing:
    def test_half_a_cosine_to_a_rate(self) -> None:
        check(
            "CosineAnnealing(0.1, 1000, 0.02)",
            {0: 0.1, 250: 0.06 + 0.04 * SQRT_HALF, 500: 0.06, 1000: 0.02},
        )

    def test_it_stays_at_its_end_where_torch_rises_again(self) -> None:
        check("CosineAnnealing(0.1, 100, 0.01)", {101: 0.01, 150: 0.01, 200: 0.01})

    def test_the_last_step_before_an_end_of_zero_is_exact(self) -> None:
        (rate,) = parse("CosineAnnealing(1.0, 1000)")([999])
        assert rate == pytest.approx(math.sin(math.pi / 2000) ** 2, rel=1e-6)


class TestNoam:
    def test_the_paper_with_steps_counted_from_one(self) -> None:
        paper = {
            n: 512**-0.5 * min(n**-0.5, n * 4000**-1.5) for n in (1, 2, 3999, 4000, 4001, 9999)
        }
        check("Noam(512, 4000)", {n - 1: rate for n, rate in paper.items()})

    def test_the_peak_and_the_factor(self) -> None:
        # n = 4: 1 / sqrt(256) * 1 / sqrt(4) = 1 / 32
        check("Noam(256, 4, factor=2.0)", {0: 2 / 16 / 8, 3: 2 / 32, 15: 2 / 64})


class TestInverseSquareRoot:
    def test_warmup_then_the_inverse_square_root_of_the_step(self) -> None:
        check(
            "InverseSquareRoot(0.1, 100)",
            {0: 0.0, 50: 0.05, 99: 0.099, 100: 0.1, 400: 0.05, 10_000: 0.01},
        )

    def test_without_warmup_it_starts_at_once_with_a_timescale_of_10000(self) -> None:
        check("InverseSquareRoot(0.1, 0)", {0: 0.1, 30_000: 0.05})

    def test_three_timescales_after_the_warmup_it_is_halved(self) -> None:
        check("InverseSquareRoot(0.1, 10, timescale=100)", {10: 0.1, 310: 0.05})


class TestWarmupStableDecay:
    def test_a_trapezoid(self) -> None:
        check(
            "WarmupStableDecay(0.1, 10, 20, 10, 'linear')",
            {0: 0.0, 5: 0.05, 10: 0.1, 29: 0.1, 30: 0.1, 31: 0.09, 39: 0.01, 40: 0.0, 99: 0.0},
        )

    def test_one_minus_the_square_root(self) -> None:
        check(
            "WarmupStableDecay(0.1, 0, 100, 100)",
            {0: 0.1, 100: 0.1, 101: 0.09, 125: 0.05, 149: 0.03, 200: 0.0},
        )

    def test_cosine_to_an_absolute_floor(self) -> None:
        check(
            "WarmupStableDecay(0.1, 0, 0, 100, 'cosine', end_learning_rate=0.02)",
            {0: 0.1, 25: 0.06 + 0.04 * SQRT_HALF, 50: 0.06, 100: 0.02, 500: 0.02},
        )

    def test_a_fraction_as_floor_and_the_start_of_the_warmup(self) -> None:
        check(
            "WarmupStableDecay(0.1, 10, 0, 10, 'linear', alpha=0.5, warmup_learning_rate=0.02)",
            {0: 0.02, 5: 0.06, 10: 0.1, 15: 0.075, 20: 0.05},
        )

    def test_the_higher_of_both_floors_holds(self) -> None:
        check("WarmupStableDecay(0.1, 0, 0, 1, 'linear', 0.03, 0.2)", {1: 0.03})
        check("WarmupStableDecay(0.1, 0, 0, 1, 'linear', 0.01, 0.2)", {1: 0.02})

    def test_a_square(self) -> None:
        check("WarmupStableDecay(0.5, 0, 10, 100, 'square')", {10: 0.5, 60: 0.375, 110: 0.0})

    def test_a_line_that_begins_lower(self) -> None:
        check(
            "WarmupStableDecay(0.5, 0, 10, 100, 'lowered-linear', lowered=0.8)",
            {9: 0.5, 10: 0.4, 60: 0.2, 110: 0.0},
        )


class TestFlatCosine:
    def test_flat_then_half_a_cosine(self) -> None:
        check(
            "FlatCosine(0.1, 1000, 0.5, div_final=10.0)",
            {0: 0.1, 500: 0.1, 625: 0.055 + 0.045 * SQRT_HALF, 750: 0.055, 1000: 0.01, 2000: 0.01},
        )

    def test_fastais_defaults(self) -> None:
        check("FlatCosine(1.0, 100)", {75: 1.0, 100: 1e-5})

    def test_all_flat(self) -> None:
        check("FlatCosine(0.1, 100, pct_start=1.0)", {0: 0.1, 99: 0.1, 100: 0.1})


class TestRex:
    def test_the_paper(self) -> None:
        paper = {step: 0.1 * (1 - p) / (0.5 + 0.5 * (1 - p)) for step, p in ((0, 0), (25, 0.25))}
        check("Rex(0.1, 100)", {**paper, 50: 0.2 / 3, 99: 0.001 / 0.505, 100: 0.0, 500: 0.0})

    def test_to_an_end(self) -> None:
        check("Rex(0.1, 100, 0.04)", {0: 0.1, 50: 0.08, 100: 0.04})


class TestKDecayCosine:
    def test_one_is_the_plain_half_cosine(self) -> None:
        check("KDecayCosine(0.1, 100)", {0: 0.1, 25: 0.05 + 0.05 * SQRT_HALF, 50: 0.05, 100: 0.0})

    def test_two_is_half_way_down_at_the_root_of_a_half(self) -> None:
        # timm: cos(pi * t ** k / T ** k)
        wave = (1 + math.cos(math.pi * 0.25)) / 2
        check("KDecayCosine(0.1, 100, 0.02, 2.0)", {0: 0.1, 50: 0.02 + 0.08 * wave, 100: 0.02})


class TestTanhDecay:
    def test_timms_formula(self) -> None:
        def rate(p: float) -> float:
            return 0.01 + 0.09 / 2 * (1 - math.tanh(-6 * (1 - p) + 2 * p))

        expected = {step: rate(step / 100) for step in (0, 10, 50, 75, 99)}
        check("TanhDecay(0.1, 100, 0.01, lb=-6.0, ub=2.0)", expected)

    def test_at_its_end_it_drops_to_the_end_rate(self) -> None:
        check("TanhDecay(0.1, 100, 0.01, ub=0.0)", {100: 0.01, 101: 0.01})

    def test_it_goes_upwards_in_its_argument(self) -> None:
        with pytest.raises(Invalid, match="ub must be above lb, which is 1"):
            parse("TanhDecay(0.1, 10, lb=1.0, ub=1.0)")
