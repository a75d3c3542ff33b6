"""Rates of the schedules that rise and fall, worked out by hand from libraries' definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Invalid, parse
from lrtui.schedules.envelope import envelope
from tests.schedules.checking import check
from tests.schedules.strategies import patient


class TestOneCycle:
    def test_the_peak_is_one_step_before_the_fraction(self) -> None:
        # PyTorch: phases end at 0.3 * 100 - 1 = 29 and at 99.
        check("OneCycle(1.0, 100)", {0: 0.04, 29: 1.0, 99: 0.04 / 1e4})
        rates = parse("OneCycle(1.0, 100)")(np.arange(100))
        assert rates.argmax() == 29

    def test_cosine_phases(self) -> None:
        check(
            "OneCycle(1.0, 101, pct_start=0.5, div_factor=2.0, final_div_factor=5.0)",
            # Peak at 49.5: step 24.75 would be half way up. The end is 0.1, half way at 74.75.
            {
                0: 0.5,
                33: 0.5 + 0.5 * math.sin(math.pi / 3) ** 2,
                100: 0.1,
            },
        )

    def test_straight_lines(self) -> None:
        check(
            "OneCycle(1.0, 10, 0.5, 'linear', div_factor=5.0, final_div_factor=2.0)",
            # Up from 0.2 at 0 to 1 at 4, down to 0.1 at 9.
            {0: 0.2, 1: 0.4, 2: 0.6, 4: 1.0, 5: 0.82, 8: 0.28, 9: 0.1},
        )

    def test_three_phases_come_down_as_slowly_as_they_rose(self) -> None:
        check(
            "OneCycle(1.0, 20, 0.25, 'linear', 5.0, 10.0, three_phase=True)",
            # Peak at 4, back at 8, end at 19: from 0.2 to 0.02 in 11 steps.
            {0: 0.2, 4: 1.0, 6: 0.6, 8: 0.2, 19: 0.02, 9: 0.2 - 0.18 / 11},
        )

    def test_after_its_steps_it_stays(self) -> None:
        check("OneCycle(1.0, 100, final_div_factor=4.0)", {99: 0.01, 100: 0.01, 10**6: 0.01})

    @pytest.mark.parametrize("pct_start", [0.0, 0.001, 0.01, 0.5, 1.0])
    @pytest.mark.parametrize("total_steps", [1, 2, 100])
    def test_every_step_has_a_rate_between_end_and_peak(
        self, pct_start: float, total_steps: int
    ) -> None:
        rates = parse(f"OneCycle(1.0, {total_steps}, {pct_start})")(np.arange(total_steps + 2))
        assert ((rates >= 3.9e-6) & (rates <= 1.000001)).all()


class TestCyclicalRate:
    def test_up_and_down(self) -> None:
        check(
            "CyclicalRate(0.1, 0.5, 4)",
            {0: 0.1, 1: 0.2, 4: 0.5, 5: 0.4, 7: 0.2, 8: 0.1, 9: 0.2, 12: 0.5},
        )

    def test_down_in_other_steps_than_up(self) -> None:
        check("CyclicalRate(0.1, 0.5, 4, 2)", {4: 0.5, 5: 0.3, 6: 0.1, 7: 0.2, 10: 0.5})

    def test_each_cycle_half_as_high(self) -> None:
        check(
            "CyclicalRate(0.1, 0.5, 4, mode='triangular2')",
            {4: 0.5, 8: 0.1, 12: 0.3, 16: 0.1, 20: 0.2, 28: 0.15},
        )

    def test_each_step_less_high(self) -> None:
        check(
            "CyclicalRate(0.1, 0.5, 4, mode='exp_range', gamma=0.5)",
            {0: 0.1, 2: 0.1 + 0.2 * 0.25, 4: 0.1 + 0.4 / 16, 8: 0.1, 12: 0.1 + 0.4 * 0.5**12},
        )

    def test_gamma_says_nothing_in_the_other_modes(self) -> None:
        check("CyclicalRate(0.1, 0.5, 4, gamma=0.5)", {4: 0.5, 12: 0.5})


class TestCosineAnnealingRestarts:
    def test_equal_periods_to_a_rate(self) -> None:
        check(
            "CosineAnnealingRestarts(0.1, 100, end_learning_rate=0.02)",
            {0: 0.1, 50: 0.06, 100: 0.1, 150: 0.06, 200: 0.1},
        )

    def test_the_end_rate_itself_is_never_reached(self) -> None:
        (last,) = parse("CosineAnnealingRestarts(1.0, 100)")([99])
        assert last == pytest.approx(math.sin(math.pi / 200) ** 2, rel=1e-6)

    def test_each_period_twice_as_long(self) -> None:
        # They begin at 0, 100, 300, 700.
        check(
            "CosineAnnealingRestarts(0.1, 100, 2)",
            {0: 0.1, 50: 0.05, 100: 0.1, 200: 0.05, 300: 0.1, 500: 0.05, 700: 0.1},
        )

    @given(first=st.integers(1, 500), t_mul=st.integers(1, 5), number=st.integers(0, 400))
    @patient
    def test_a_restart_lies_at_its_exact_step(self, first: int, t_mul: int, number: int) -> None:
        restart, length = 0, first
        for _ in range(number):
            if restart + length * t_mul > 1_000_000:
                break
            restart, length = restart + length, length * t_mul
        text = f"CosineAnnealingRestarts(0.5, {first}, {t_mul}, 0.25)"
        at, after = parse(text)([restart, restart + length])
        assert at == after == pytest.approx(0.5, rel=1e-6)
        if length > 2 and restart + length < 1_000_000:
            (before,) = parse(text)([restart + length - 1])
            wave = math.sin(math.pi / 2 / length) ** 2
            assert before == pytest.approx(0.25 + 0.25 * wave, rel=1e-4)


class TestCosineWave:
    def test_around_a_mean(self) -> None:
        expected = {step: 0.25 + 0.125 * math.cos(step / 100) for step in (0, 1, 50, 157, 314, 999)}
        check("CosineWave(0.25, 0.125, 100)", expected)

    def test_the_cosine_of_the_epoch_as_one_writes_it_for_keras(self) -> None:
        def of_epoch(epoch: int) -> float:
            return 0.005 + 0.005 * math.cos(epoch)

        text = "CosineWave(0.005, 0.005, steps_per_radian=64, staircase=True)"
        steps = [64 * epoch + step for epoch in range(100) for step in (0, 1, 63)]
        rates = parse(text)(steps)
        expected = np.repeat([of_epoch(epoch) for epoch in range(100)], 3)
        np.testing.assert_allclose(rates, expected, rtol=2e-5)
        # Epoch 22 is 7 pi but for 0.009: a rate near 0 is right to the last digits as well.
        assert rates[3 * 22] == pytest.approx(1.9586803e-7, rel=1e-5)

    def test_it_is_never_below_zero(self) -> None:
        rates = parse("CosineWave(0.3, 0.3, 1)")(np.arange(100_000))
        assert 0 <= rates.min() < 1e-9
        with pytest.raises(Invalid, match="amplitude must be at most mean_learning_rate, which is"):
            parse("CosineWave(0.1, 0.2, 1)")

    def test_without_amplitude_it_is_constant(self) -> None:
        check("CosineWave(0.1, 0.0, 10)", {0: 0.1, 31: 0.1, 10**6: 0.1})

    def test_a_billion_steps_show_both_extremes_everywhere(self) -> None:
        for text in ("CosineWave(0.2, 0.1, 1)", "CosineWave(0.2, 0.1, 7, True)"):
            low, high = envelope(parse(text), 0, 10**9, 300)
            np.testing.assert_allclose(high, 0.3, rtol=1e-3)
            np.testing.assert_allclose(low, 0.1, rtol=1e-3)
