"""The drawn picture is right: read back from its characters, it is what the schedule says."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lrtui.plotting.axis import fit_axis
from lrtui.plotting.columns import schedule_columns, series_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MARKERS, MarkerName
from lrtui.plotting.picture import Curve
from lrtui.plotting.window import Window, panned, zoomed
from lrtui.schedules import Schedule, parse
from lrtui.schedules.quantities.numbers import FLOAT32_TINY
from lrtui.schedules.user_schedule import UserSchedule
from tests.plotting import reading
from tests.schedules.strategies import EVERY_CLASS, any_of, any_schedule, patient

Values = NDArray[np.float64]
DOTS = {"braille": (4, 2), "hd": (2, 2), "ascii": (1, 1)}
"""Rows and columns of dots in a cell of each marker."""


def true_extremes(rates: Values, columns: int) -> tuple[Values, Values]:
    """The least and greatest of each of `columns` equal parts; of an empty one, the nearest."""
    low, high = np.empty((2, columns))
    for column in range(columns):
        first = column * len(rates) // columns
        last = max((column + 1) * len(rates) // columns, first + 1)
        low[column], high[column] = np.nanmin(rates[first:last]), np.nanmax(rates[first:last])
    return low, high


def heights(values: Values, low: float, high: float, rows: int, log: bool) -> Values:
    """Where values belong, in dots below the uppermost; what has no logarithm, at the bottom."""
    if log:
        with np.errstate(divide="ignore"):
            values = np.where(values > 0, np.log10(values), np.log10(low))
        low, high = np.log10(low), np.log10(high)
    return np.clip((high - values) / (high - low) * (rows - 1), 0, rows - 1)


def assert_shows(
    lit: NDArray[np.bool_], low: Values, high: Values, limits: tuple[float, float], log: bool
) -> None:
    """Each column's dots span its extremes to within one dot, and are joined to the one before."""
    rows, columns = lit.shape
    tops, bottoms = (heights(values, *limits, rows, log) for values in (high, low))
    for column in range(columns):
        dots = np.flatnonzero(lit[:, column])
        assert dots.size == dots[-1] - dots[0] + 1, "a hole within a column"
        top, bottom = tops[column], bottoms[column]
        reach_up, reach_down = top, bottom
        if column:
            # A jump is drawn by the later column, up or down to the one before.
            reach_up = min(top, bottoms[column - 1])
            reach_down = max(bottom, tops[column - 1])
            before = np.flatnonzero(lit[:, column - 1])
            assert dots[0] <= before[-1] + 1, "not joined"
            assert dots[-1] >= before[0] - 1, "not joined"
        assert reach_up - 1 <= dots[0] <= top + 1
        assert bottom - 1 <= dots[-1] <= reach_down + 1


def assert_true_to(
    schedule: Schedule, start: int, stop: int, size: tuple[int, int], log: bool, marker: MarkerName
) -> None:
    """The picture of these steps, read back, is what looking at each of them gives."""
    rates = schedule(np.arange(start, stop)).astype(np.float64)
    if not np.isfinite(rates).all():
        return
    width, height = size
    columns = schedule_columns(schedule, start, stop, columns_of(width))
    picture = plot(
        width, height, [Curve(columns, 1)], start=start, stop=stop, log=log, marker=marker
    )
    lit = reading.dots(picture, marker=marker)
    assert lit.shape == (DOTS[marker][0] * (height - 3), DOTS[marker][1] * (width - 9))
    axis = fit_axis([columns], height - 3, DOTS[marker][0], log)
    assert axis.low < axis.high
    half_a_dot = (axis.high - axis.low) / len(lit) / 2
    assert log or axis.low - half_a_dot <= rates.min() <= rates.max() <= axis.high + half_a_dot
    low, high = true_extremes(rates, columns_of(width))
    if marker == "ascii":
        low, high = low.reshape(-1, 2).min(axis=1), high.reshape(-1, 2).max(axis=1)
    assert_shows(lit, low, high, (axis.low, axis.high), log)


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("cls", EVERY_CLASS, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(patient, max_examples=50)
def test_every_column_is_right_within_one_dot(
    cls: type[Schedule], log: bool, data: st.DataObject
) -> None:
    schedule = data.draw(any_of(cls).filter(lambda drawn: bool(np.isfinite(drawn([0, 1])).all())))
    start = data.draw(st.integers(0, 20_000))
    stop = start + data.draw(st.integers(1, 3000))
    size = data.draw(st.tuples(st.integers(16, 90), st.integers(4, 30)))
    assert_true_to(schedule, start, stop, size, log, data.draw(st.sampled_from(MARKERS)))


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("marker", MARKERS)
@given(data=st.data())
@settings(patient, max_examples=50)
def test_zooming_in_tells_the_truth_down_to_a_step(
    marker: MarkerName, log: bool, data: st.DataObject
) -> None:
    """Closer and closer around a step, as a person does, then to the side."""
    schedule = data.draw(any_schedule())
    total = data.draw(st.integers(1, 5000))
    around = data.draw(st.integers(0, total - 1))
    window = Window(0, total)
    while True:
        assert_true_to(schedule, *window, (40, 10), log, marker)
        closer = zoomed(window, data.draw(st.sampled_from([0.1, 0.3, 0.5])), around, total)
        if closer == window:
            break
        window = closer
    assert window == (around, around + 1)
    assert_true_to(schedule, *panned(window, 1, total), (40, 10), log, marker)


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
def test_dense_restarts_at_given_limits(log: bool) -> None:
    schedule = parse("CosineDecayRestarts(0.1, 50, t_mul=1.0, alpha=0.01)")
    columns = schedule_columns(schedule, 0, 100_000, columns_of(92))
    limits = (1e-4, 0.2)
    picture = plot(92, 28, [Curve(columns, 1)], start=0, stop=100_000, log=log, limits=limits)
    rates = schedule(np.arange(100_000)).astype(np.float64)
    assert_shows(reading.dots(picture), *true_extremes(rates, columns_of(92)), limits, log)


@patient
@given(
    values=st.lists(st.floats(2**-20, 2**20, width=32), min_size=1, max_size=300),
    log=st.booleans(),
)
def test_a_recorded_series_is_right_within_one_dot(values: list[float], log: bool) -> None:
    series = np.array(values, np.float32)
    columns = series_columns(series, 0, len(series), columns_of(40))
    limits = (2.0**-20, 2.0**20)
    picture = plot(40, 12, [Curve(columns, 1)], start=0, stop=len(series), log=log, limits=limits)
    low, high = true_extremes(series.astype(np.float64), columns_of(40))
    assert_shows(reading.dots(picture), low, high, limits, log)


@patient
@given(
    rates=st.lists(
        st.sampled_from([float("nan"), float("inf"), 0.1]) | st.floats(width=32),
        min_size=1,
        max_size=300,
    ),
    start=st.integers(0, 100),
    width=st.integers(3, 60),
)
def test_gaps_of_ones_own_are_only_where_no_rate_is_finite(
    rates: list[float], start: int, width: int
) -> None:
    stop = start + len(rates)
    schedule = UserSchedule("mine.py:f", np.array([0.5] * start + rates, "<f4").tobytes())
    drawn = schedule_columns(schedule, start, stop, columns_of(width))
    finite = [rate if np.isfinite(rate) else np.nan for rate in np.array(rates, np.float32)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nothing but NaN
        low, high = true_extremes(np.array(finite), columns_of(width))
    np.testing.assert_array_equal(drawn.low, np.where(np.abs(low) < FLOAT32_TINY, 0, low))
    np.testing.assert_array_equal(drawn.high, np.where(np.abs(high) < FLOAT32_TINY, 0, high))


def test_a_curve_that_grows_beyond_float32_is_drawn_to_its_last_finite_step() -> None:
    # 10**38 is the last power of ten that float32 holds; all 1280 steps share few columns.
    drawn = schedule_columns(parse("ExponentialDecay(1.0, 1, 10.0)"), 0, 1280, 20)
    assert drawn.low[0] == 1.0
    assert drawn.high[0] == pytest.approx(1e38, rel=1e-4)
    assert np.isnan(drawn.low[1:]).all()


@patient
@given(data=st.data(), log=st.booleans())
def test_a_tick_label_is_what_its_row_stands_for(data: st.DataObject, log: bool) -> None:
    low = data.draw(st.floats(1e-12, 1e12))
    high = low * (1 + data.draw(st.floats(1e-4, 10) | st.floats(10, 1e10)))
    height = data.draw(st.integers(4, 50))
    picture = plot(40, height, [], start=0, stop=9, log=log, limits=(low, high), title="rate")
    base = picture.rows[0].partition(" - ")[2].split(" ")[0]
    rows = 4 * (height - 3)
    for row, label in reading.y_labels(picture).items():
        value = np.array([float(label) + float(base or 0)])
        (dot,) = heights(value, low, high, rows, log)
        assert 4 * row - 0.51 <= dot <= 4 * row + 3.51


@patient
@given(
    start=st.integers(0, 10**9) | st.just(0),
    steps=st.integers(1, 10**9),
    width=st.integers(16, 200),
)
def test_a_step_label_stands_where_its_step_is(start: int, steps: int, width: int) -> None:
    picture = plot(width, 6, [], start=start, stop=start + steps)
    cells = width - 9
    for cell, label in reading.x_labels(picture).items():
        place = (reading.number(label) - start) / steps * cells
        assert cell - 0.51 <= place <= cell + 1.01
