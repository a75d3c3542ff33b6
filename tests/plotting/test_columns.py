import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.plotting.columns import (
    Columns,
    column_of,
    points_columns,
    schedule_columns,
    series_columns,
    step_of,
)
from lrtui.plotting.layout import column_at
from lrtui.schedules import parse
from tests.schedules.strategies import patient

NAN = float("nan")


def steps_of_column(column: int, start: int, stop: int, columns: int) -> range:
    """The steps of one of so many equal parts, or the one step at its beginning."""
    first = start + column * (stop - start) // columns
    last = start + (column + 1) * (stop - start) // columns
    return range(first, max(last, first + 1))


def assert_columns(columns: Columns, low: list[float], high: list[float]) -> None:
    np.testing.assert_array_equal(columns.low, np.array(low))
    np.testing.assert_array_equal(columns.high, np.array(high))


class TestSeries:
    def test_each_column_holds_the_extremes_of_its_steps(self) -> None:
        values = np.array([1, 9, 2, 2, 5, 4], np.float32)
        assert_columns(series_columns(values, 0, 6, 3), [1, 2, 4], [9, 2, 5])

    def test_what_is_not_recorded_yet_is_nothing(self) -> None:
        values = np.array([1, 9, 2], np.float32)
        assert_columns(series_columns(values, 0, 8, 4), [1, 2, NAN, NAN], [9, 2, NAN, NAN])

    def test_a_series_may_begin_later_than_the_plot(self) -> None:
        values = np.array([7, 8], np.float32)
        assert_columns(series_columns(values, 0, 4, 4, first=2), [NAN, NAN, 7, 8], [NAN, NAN, 7, 8])

    def test_nothing_recorded(self) -> None:
        assert_columns(series_columns(np.empty(0, np.float32), 0, 9, 2), [NAN] * 2, [NAN] * 2)

    def test_values_that_are_not_finite_are_left_out_and_the_others_of_their_column_stay(
        self,
    ) -> None:
        values = np.array([1, NAN, np.inf, 4, NAN, -np.inf], np.float32)
        assert_columns(series_columns(values, 0, 6, 3), [1, 4, NAN], [1, 4, NAN])

    @patient
    @given(
        values=st.lists(st.floats(width=32), max_size=60),
        first=st.integers(0, 40),
        start=st.integers(0, 60),
        steps=st.integers(1, 80),
        columns=st.integers(1, 30),
    )
    def test_agrees_with_looking_at_every_step(
        self, values: list[float], first: int, start: int, steps: int, columns: int
    ) -> None:
        stop = start + steps
        found = series_columns(np.array(values, np.float32), start, stop, columns, first)
        for column in range(columns):
            shown = [
                values[step - first]
                for step in steps_of_column(column, start, stop, columns)
                if 0 <= step - first < len(values) and np.isfinite(values[step - first])
            ]
            expected = (min(shown), max(shown)) if shown else (NAN, NAN)
            np.testing.assert_array_equal((found.low[column], found.high[column]), expected)


class TestPoints:
    def test_points_are_joined_by_straight_lines(self) -> None:
        assert_columns(points_columns([0, 8], [0, 8], 0, 9, 3), [0, 3, 6], [2, 5, 8])

    def test_a_point_between_the_ends_of_a_column_counts(self) -> None:
        assert_columns(points_columns([0, 1, 3], [0, 9, 1], 0, 4, 1), [0], [9])

    def test_nothing_is_shown_before_the_first_point_and_after_the_last(self) -> None:
        assert_columns(points_columns([2, 3], [5, 6], 0, 6, 6), *[[NAN, NAN, 5, 6, NAN, NAN]] * 2)

    def test_a_value_that_is_not_finite_leaves_a_gap_and_its_neighbours_stay(self) -> None:
        found = points_columns([0, 2, 4, 6], [1, NAN, 3, 3], 0, 8, 8)
        assert_columns(found, *[[1, NAN, NAN, NAN, 3, 3, 3, NAN]] * 2)

    def test_points_beside_the_plot_still_lead_the_line(self) -> None:
        assert_columns(points_columns([0, 10], [0, 10], 4, 6, 2), [4, 5], [4, 5])

    def test_no_points_yet(self) -> None:
        assert_columns(points_columns([], [], 0, 4, 2), [NAN, NAN], [NAN, NAN])


class TestSchedule:
    def test_a_billion_steps_keep_their_restarts(self) -> None:
        schedule = parse("CosineDecayRestarts(0.5, 50000, t_mul=1.0)")
        low, high = schedule_columns(schedule, 0, 10**9, 300)
        # At step 1e9 float32 tells only every 64th step from the next: 0 is not reached any more.
        assert (high > 0.4999).all()
        assert (low < 1e-5).all()

    def test_after_a_reset_a_step_of_several_columns_is_in_all_of_them(self) -> None:
        low, _ = schedule_columns(parse("ExponentialDecay(1.0, 1, 0.5)"), 0, 3, 6, origin=1)
        np.testing.assert_array_equal(low, [NAN, NAN, 1, 1, 0.5, 0.5])

    @patient
    @given(
        start=st.integers(0, 200),
        steps=st.integers(1, 200),
        columns=st.integers(1, 99),
        origin=st.integers(0, 300),
    )
    def test_after_a_reset_it_counts_its_own_steps(
        self, start: int, steps: int, columns: int, origin: int
    ) -> None:
        schedule = parse("ExponentialDecay(1.0, 50, 0.5)")
        found = schedule_columns(schedule, start, start + steps, columns, origin)
        for column in range(columns):
            shown = steps_of_column(column, start, start + steps, columns)
            own = [step - origin for step in shown if step >= origin]
            # It falls, so the first of the steps is the highest and the last the lowest.
            expected = [0.5 ** (own[-1] / 50), 0.5 ** (own[0] / 50)] if own else [NAN, NAN]
            np.testing.assert_allclose([found.low[column], found.high[column]], expected, 1e-6)

    @pytest.mark.parametrize(("start", "stop"), [(5, 5), (6, 5)])
    def test_a_range_without_steps_is_refused(self, start: int, stop: int) -> None:
        with pytest.raises(ValueError, match=f"stop must be above start.*start={start}"):
            schedule_columns(parse("Constant(0.1)"), start, stop, 10)


class TestPlaces:
    def test_the_column_under_the_mouse(self) -> None:
        # 40 cells: 7 of labels, the axis, 31 of canvas, the frame.
        assert [column_at(x, 40) for x in (0, 7, 8, 9, 38, 39)] == [0, 0, 0, 2, 60, 60]
        assert [column_at(x, 10) for x in (0, 9, 12)] == [0, 18, 18]

    @patient
    @given(start=st.integers(0, 10**9), steps=st.integers(1, 200), columns=st.integers(1, 99))
    def test_the_column_of_a_step_is_the_first_that_shows_it(
        self, start: int, steps: int, columns: int
    ) -> None:
        stop = start + steps
        for step in (start, start + steps // 2, stop - 1):
            shows = [
                column
                for column in range(columns)
                if step in steps_of_column(column, start, stop, columns)
            ]
            assert column_of(step, start, stop, columns) == shows[0]
        assert column_of(stop, start, stop, columns) == columns

    def test_the_step_of_a_column_is_the_first_it_shows(self) -> None:
        assert [step_of(column, 100, 200, 4) for column in range(4)] == [100, 125, 150, 175]
        assert [step_of(column, 0, 2, 4) for column in range(4)] == [0, 0, 1, 1]
