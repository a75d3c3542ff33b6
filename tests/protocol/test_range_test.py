"""The range test's arithmetic: worked out by hand, and by other ways to the same numbers."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lrtui.protocol.range_test import RangeTest, smoothed, suggestions

LOSSES = st.lists(st.floats(2**-10, 1024, width=32), min_size=1, max_size=60)
ANY = st.lists(st.floats(width=32, allow_subnormal=False), max_size=60)


def rates(count: int, low: float = 1e-5, high: float = 1.0) -> NDArray[np.float64]:
    return np.geomspace(low, high, count)


def found(losses: object, planned: int | None = None) -> RangeTest:
    values = np.asarray(losses, np.float32)
    count = len(values) if planned is None else planned
    used = rates(max(count, 1)).astype(np.float32)[: len(values)]
    return RangeTest(used, values, count)


def by_name(test: RangeTest) -> dict[str, float]:
    return {one.name: one.rate for one in test.suggestions}


class TestSmoothing:
    def test_by_hand(self) -> None:
        """0.02 of each, kept by 0.98, over 1 - 0.98^n."""
        first, second, third = 3.0, 1.0, 2.0
        expected = [
            3.0,
            (0.98 * first + second) / 1.98,
            (0.98**2 * first + 0.98 * second + third) / (1 + 0.98 + 0.98**2),
        ]
        np.testing.assert_allclose(smoothed([first, second, third]), expected)

    @given(LOSSES)
    def test_it_is_the_weighted_mean_of_all_so_far(self, losses: list[float]) -> None:
        for count, value in enumerate(smoothed(losses), 1):
            weights = 0.98 ** np.arange(count)[::-1]
            assert value == pytest.approx(np.average(losses[:count], weights=weights), rel=1e-6)

    def test_a_flat_loss_is_its_own_mean_from_the_first_step_on(self) -> None:
        np.testing.assert_allclose(smoothed([0.7] * 50), 0.7)


class TestDivergence:
    def test_where_the_smoothed_loss_passes_four_times_its_least(self) -> None:
        """Three losses of 1, then 1000: (0.98 (1 + 0.98 + 0.98^2) + 1000) / 3.88 is above 4."""
        assert found([1, 1, 1, 1000, 1000]).diverged_at == 3

    def test_growth_that_is_less_is_none(self) -> None:
        """After 3 losses of 1 and one of 12 the mean is 14.88 / 3.88 = 3.8."""
        assert found([1, 1, 1, 12]).diverged_at is None
        assert found([1, 1, 1, 14]).diverged_at == 3

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    def test_the_first_loss_that_is_not_finite(self, bad: float) -> None:
        assert found([1, 0.5, bad, 0.5]).diverged_at == 2

    def test_losses_below_zero_have_no_multiple_to_grow_to(self) -> None:
        assert found([-1, -2, -3, 5]).diverged_at is None

    @given(ANY)
    def test_it_is_the_first_and_only_one(self, losses: list[float]) -> None:
        test = found(losses)
        where = test.diverged_at
        if where is not None:
            assert found(losses[:where]).diverged_at is None
            assert found(losses[: where + 1]).diverged_at == where


class TestSuggestions:
    def test_a_valley_worked_out_by_hand(self) -> None:
        """The longest fall is 5, 4.9 ... 2.4: 7 losses up to place 7, so 7 - 7 + 2 + 1 = 3."""
        losses = np.array([5, 5, 4.9, 4, 3, 2.8, 2.5, 2.4, 6, 9.0])
        at = rates(10)
        valley, steepest, minimum = suggestions(at, losses)
        assert valley[:2] == ("valley", at[3])
        assert steepest[:2] == ("steepest", at[3])
        assert minimum[:2] == ("minimum/10", at[7] / 10)

    @given(LOSSES)
    def test_a_valley_is_the_middle_of_the_longest_fall(self, losses: list[float]) -> None:
        """Against a search through every subsequence, for the first dozen losses."""
        losses = losses[:12]
        at = rates(len(losses))
        told = {one.name: one.rate for one in suggestions(at, np.array(losses))}
        falls = [
            (size, chosen[-1])
            for size in range(2, len(losses) + 1)
            for chosen in combinations(range(len(losses)), size)
            if all(losses[a] > losses[b] for a, b in pairwise(chosen))
        ]
        if not told:
            pairs = combinations(losses, 2)
            assert all(before - after < 1e-5 * max(losses) for before, after in pairs)
            return
        longest = max(size for size, _ in falls)
        end = min(last for size, last in falls if size == longest)
        place = max(0, end - longest + int(longest / 3) + int(longest / 3 / 2))
        assert told["valley"] == at[place]

    @given(LOSSES.filter(lambda losses: len(losses) > 1))
    def test_the_others_by_looking_at_every_step(self, losses: list[float]) -> None:
        at = rates(len(losses))
        told = {one.name: one.rate for one in suggestions(at, np.array(losses))}
        falls = [losses[k + 1] - losses[k] for k in range(len(losses) - 1)]
        if not told:
            assert min(falls) > -1e-6 * max(losses)
            return
        slopes = [fall / math.log(at[k + 1] / at[k]) for k, fall in enumerate(falls)]
        assert slopes[list(at).index(told["steepest"])] == pytest.approx(min(slopes))
        least = losses.index(min(losses))
        assert told.get("minimum/10") == (at[least] / 10 if least else None)

    @given(st.lists(st.floats(0, 1, width=32), min_size=17, max_size=60))
    def test_slide_by_walking_from_the_right(self, losses: list[float]) -> None:
        """The rule as it is told: move a ruler of 15 steps leftwards until its ends agree."""
        at = rates(len(losses))
        told = {one.name: one.rate for one in suggestions(at, np.array(losses))}
        if not told:
            return
        slope = np.gradient(np.array(losses))
        right = len(losses) - 1
        answer = at[right - 15]
        while right - 15 >= 0 and abs(slope[right] - slope[right - 15]) > 0.005:
            answer = at[right - 15]
            right -= 1
        assert told["slide"] == answer

    def test_the_beginning_and_the_end_do_not_count(self) -> None:
        """Of 100 planned steps the first 10 and the last 5 done."""
        losses = [*np.linspace(9, 5, 10), *np.linspace(3, 2, 75), *[0.001] * 5]
        test = found(losses, planned=100)
        at = test.rates[10:-5]
        assert by_name(test)["minimum/10"] == pytest.approx(at[-1] / 10)
        assert at[0] <= by_name(test)["steepest"] <= at[-1]


class TestTrouble:
    @pytest.mark.parametrize(
        ("losses", "says"),
        [
            ([], "no step was done"),
            ([math.nan], "the loss before the first update is nan"),
            ([math.inf] * 3, "the loss before the first update is inf"),
            ([1, math.nan], "diverged at step 1, too soon to see a fall; begin below 1e-05"),
            ([3.0] * 8, "8 steps are too few to see a fall; 17 are the least"),
            ([3.0] * 100, "the loss never falls, up to the rate 1.0"),
            (list(range(1, 30)), "never falls"),
        ],
    )
    def test_it_is_said_why_there_is_none(self, losses: list[float], says: str) -> None:
        test = found(losses, planned=100)
        assert test.suggestions == ()
        assert says in test.trouble

    @given(ANY, st.integers(1, 200))
    def test_either_suggestions_or_why_not_and_never_a_crash(
        self, losses: list[float], planned: int
    ) -> None:
        test = found(losses, planned=max(planned, len(losses)))
        assert bool(test.suggestions) != bool(test.trouble)
        assert len(test.smoothed) == len(losses)
        for one in test.suggestions:
            assert test.rates[0] / 10 <= one.rate <= test.rates[-1]
            assert one.meaning

    def test_a_sweep_that_never_diverges_has_suggestions(self) -> None:
        test = found(np.linspace(3, 1, 100))
        assert test.diverged_at is None
        assert set(by_name(test)) == {"valley", "steepest", "minimum/10", "slide"}
