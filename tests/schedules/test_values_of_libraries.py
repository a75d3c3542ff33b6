"""Rates of the shapes that come from other libraries, worked out by hand from their formulas."""

import math

import pytest

from lrtui.schedules import Invalid, parse
from lrtui.schedules.envelope import envelope
from tests.schedules.checking import check

HALF = math.sqrt(0.5)


class TestCosineSwing:
    def test_it_falls_and_rises_without_end(self) -> None:
        check(
            "CosineSwing(0.1, 100)",
            {0: 0.1, 25: 0.05 * (1 + HALF), 50: 0.05, 100: 0.0, 150: 0.05, 200: 0.1, 10_100: 0.0},
        )

    def test_between_two_rates(self) -> None:
        check("CosineSwing(0.1, 100, 0.02)", {0: 0.1, 50: 0.06, 100: 0.02, 200: 0.1})

    def test_several_half_swings_need_not_be_whole(self) -> None:
        check("CosineSwing(0.1, 90, half_swings=3.0)", {30: 0.0, 60: 0.1, 90: 0.0, 120: 0.1})
        check("CosineSwing(0.1, 90, half_swings=0.5)", {90: 0.05, 180: 0.0})


class TestCosinePower:
    def test_a_square(self) -> None:
        check("CosinePower(0.1, 100)", {0: 0.1, 50: 0.025, 100: 0.0, 200: 0.0})

    def test_to_a_rate_above(self) -> None:
        check("CosinePower(0.1, 100, 0.3, 1.0)", {0: 0.1, 50: 0.2, 100: 0.3})


class TestCosineHardRestarts:
    def test_each_cycle_begins_at_the_top_and_the_end_stays(self) -> None:
        last = 0.1 * math.sin(math.pi / 2 / 50) ** 2
        check(
            "CosineHardRestarts(0.1, 100, 2.0)",
            {0: 0.1, 25: 0.05, 49: last, 50: 0.1, 99: last, 100: 0.0, 999: 0.0},
        )

    def test_cycles_that_do_not_fit_into_whole_steps(self) -> None:
        top = 0.1 * math.cos(math.pi / 2 * 0.005) ** 2
        check("CosineHardRestarts(0.1, 100, 1.5)", {50: 0.05 * (1 - HALF), 67: top, 100: 0.0})

    def test_each_of_very_many_restarts_lies_at_its_step(self) -> None:
        schedule = parse("CosineHardRestarts(1.0, 41000, 1000.0)")
        assert (schedule([41 * one for one in range(1000)]) == 1).all()


class TestPiecewiseInterpolation:
    def test_lines(self) -> None:
        check(
            "PiecewiseInterpolation([10, 30], [0.0, 0.1, 0.02])",
            {0: 0.0, 5: 0.05, 10: 0.1, 20: 0.06, 30: 0.02, 99: 0.02},
        )

    def test_cosines(self) -> None:
        check(
            "PiecewiseInterpolation([40], [0.1, 0.2], 'cosine')",
            {0: 0.1, 10: 0.1 + 0.05 * (1 - HALF), 20: 0.15, 40: 0.2},
        )

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("PiecewiseInterpolation([], [0.1])", "boundaries must hold at least one step"),
            ("PiecewiseInterpolation([0], [0.1, 0.2])", "boundaries must rise, from 1 on"),
            ("PiecewiseInterpolation([5, 5], [0.1, 0.2, 0.3])", "boundaries must rise, from 1 on"),
            ("PiecewiseInterpolation([5], [0.1])", "values must hold 2 rates, one more than bou"),
        ],
    )
    def test_what_does_not_fit_together(self, text: str, message: str) -> None:
        with pytest.raises(Invalid, match=message):
            parse(text)


class TestProduct:
    def test_each_scales_the_others(self) -> None:
        check(
            "Product([Constant(0.1), StepDecay(1.0, 10, 0.5), LinearDecay(1.0, 100)])",
            {0: 0.1, 9: 0.091, 10: 0.045, 50: 0.1 / 32 / 2, 100: 0.0},
        )

    def test_its_highest_rate_between_two_corners_is_seen(self) -> None:
        schedule = parse("Product([LinearDecay(0.0, 1000, 1.0), LinearDecay(1.0, 1000)])")
        low, high = envelope(schedule, 0, 1001, 1)
        assert (low[0], high[0]) == (0.0, 0.25)

    def test_none_is_no_product(self) -> None:
        with pytest.raises(Invalid, match="schedules must hold at least one schedule"):
            parse("Product([])")


class TestPowerDecay:
    def test_a_square_and_a_root_of_what_is_done(self) -> None:
        check("PowerDecay(0.1, 100)", {0: 0.1, 50: 0.075, 100: 0.0, 200: 0.0})
        check("PowerDecay(0.1, 100, 0.02, 1.0, 0.5)", {0: 0.1, 25: 0.06, 100: 0.02})

    def test_a_power_of_what_is_left(self) -> None:
        check("PowerDecay(0.1, 100, 0.0, 2.0, 1.0)", {0: 0.1, 50: 0.025, 100: 0.0})


class TestInfiniteSchedule:
    def test_its_four_phases(self) -> None:
        check(
            "InfiniteSchedule(0.4, 100, 200, 300, 100, 0.1, 0.001)",
            {0: 0.0, 50: 0.2, 100: 0.4, 200: 0.25, 300: 0.1, 600: 0.1, 650: 0.01, 700: 0.001},
        )

    def test_without_a_warmup(self) -> None:
        check("InfiniteSchedule(0.4, 0, 200, 0, 100, 0.1, 0.1)", {0: 0.4, 100: 0.25, 250: 0.1})

    def test_a_power_never_reaches_0(self) -> None:
        with pytest.raises(Invalid, match="end_learning_rate must be above 0"):
            parse("InfiniteSchedule(0.4, 0, 200, 0, 100, 0.1, 0.0)")


class TestPowerLaw:
    def test_the_inverse_square_root_and_a_growth(self) -> None:
        check("PowerLaw(0.1, -0.5)", {0: 0.1, 1: 0.1, 4: 0.05, 100: 0.01})
        check("PowerLaw(0.1, 1.0)", {0: 0.1, 1: 0.1, 4: 0.4})
