import json
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.plotting.columns import Columns, points_columns, schedule_columns, series_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.picture import CURSOR, MARK, Curve, Mark, Picture
from lrtui.schedules import parse
from tests.plotting import reading
from tests.schedules.strategies import patient


def curve_of(text: str, width: int, stop: int, style: int = 1, **how: object) -> Curve:
    columns = schedule_columns(parse(text), 0, stop, columns_of(width))
    return Curve(columns, style)._replace(**how)  # type: ignore[arg-type]


def test_a_picture_as_a_person_sees_it() -> None:
    # 20 dot rows from 0.19 to 0 are 0.01 apart; step 50 of 100 is in the 22nd of 42 dot columns.
    curve = curve_of("PiecewiseConstantDecay([49], [0.19, 0.09])", 30, 100)
    picture = plot(30, 8, [curve], start=0, stop=100, title="learning rate", limits=(0, 0.19))
    assert picture.rows == (
        "       ┌ learning rate ──────┐",
        "   0.19┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢱          │",
        "       │          ⢸          │",
        "    0.1┤          ⠸⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤│",
        "       │                     │",
        "      0┤                     │",
        "       └┬─────────┬──────────┤",
        "        0        50        100",
    )
    assert picture.paint[1:-2, 8:-1].sum() == picture.paint.sum() == 11 + 1 + 11


def test_the_same_in_ascii() -> None:
    # 5 rows from 0.2 to 0 are 0.05 apart.
    curves = [
        curve_of("PiecewiseConstantDecay([49], [0.2, 0.1])", 33, 100, name="a"),
        curve_of("Constant(0)", 33, 100, style=2, name="b"),
    ]
    picture = plot(33, 8, curves, start=0, stop=100, title="rate", ascii=True, limits=(0, 0.2))
    assert picture.rows == (
        "       + rate ----- *** a ooo b +",
        "    0.2+************            |",
        "       |            *           |",
        "    0.1+            ************|",
        "       |                        |",
        "      0+oooooooooooooooooooooooo|",
        "       ++-----------+-----------+",
        "        0          50         100",
    )


@patient
@given(
    width=st.integers(1, 120),
    height=st.integers(1, 40),
    log=st.booleans(),
    ascii=st.booleans(),
    x_ticks=st.booleans(),
    title=st.text(max_size=30),
    name=st.text(max_size=12),
    letter=st.text(max_size=2),
)
def test_any_size_and_any_text_gives_cells_of_that_size(
    width: int,
    height: int,
    log: bool,
    ascii: bool,
    x_ticks: bool,
    title: str,
    name: str,
    letter: str,
) -> None:
    curves = [
        curve_of("CosineDecay(0.1, 900)", width, 1000, name=name),
        curve_of("Constant(0.03)", width, 1000, style=2, dashed=1, name=name),
    ]
    picture = plot(
        width,
        height,
        curves,
        start=0,
        stop=1000,
        log=log,
        ascii=ascii,
        x_ticks=x_ticks,
        title=title,
        marks=[Mark(400, letter), Mark(5000, "r")],
        cursor=999,
    )
    assert len(picture.rows) == height
    assert picture.paint.shape == (height, width)
    for row in picture.rows:
        assert len(row) == width
        assert row.isprintable()
        assert not ascii or row.isascii()
        assert not any(unicodedata.east_asian_width(one) in "WF" for one in row)
    assert 2 in picture.paint


EXTREMES = [
    ([0.0], "zero"),
    ([0.1], "a constant"),
    ([1e-38, 1e30], "68 decades"),
    ([-1.0, 0.0, 1.0], "below zero"),
    ([-2.0], "a negative constant"),
    ([float("nan")], "nothing but NaN"),
    ([float("nan"), 0.1, float("inf"), 0.2, float("-inf")], "a diverged run"),
    ([0.1, float(np.nextafter(np.float32(0.1), np.float32(1)))], "one float32 step"),
    ([3.4028235e38], "the largest float32"),
    ([], "nothing yet"),
]


@pytest.mark.parametrize("ascii", [False, True], ids=["braille", "ascii"])
@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize(("values", "what"), EXTREMES, ids=lambda value: str(value)[:24])
def test_odd_values_are_drawn(values: list[float], what: str, log: bool, ascii: bool) -> None:
    columns = series_columns(np.array(values, np.float32), 0, max(1, len(values)), columns_of(56))
    picture = plot(
        56, 8, [Curve(columns, 1)], start=0, stop=max(1, len(values)), log=log, ascii=ascii
    )
    finite = [value for value in values if np.isfinite(value)]
    assert (1 in picture.paint) == bool(finite), what
    if finite:
        assert reading.y_labels(picture), "an axis without a single label"


class TestConstant:
    @pytest.mark.parametrize("rate", ["0.1", "0.001", "0.0123", "3", "0"])
    @pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
    def test_its_tick_is_on_the_line(self, rate: str, log: bool) -> None:
        curve = curve_of(f"Constant({rate})", 56, 1000)
        picture = plot(56, 9, [curve], start=0, stop=1000, log=log)
        (line,) = {int(row) for row in np.flatnonzero(reading.dots(picture).any(axis=1)) // 4}
        assert float(reading.y_labels(picture)[line]) == float(rate)

    def test_one_step_is_a_line(self) -> None:
        picture = plot(40, 8, [curve_of("Constant(0.1)", 40, 1)], start=0, stop=1)
        assert reading.dots(picture).sum(axis=0).tolist() == [1] * columns_of(40)
        assert list(reading.x_labels(picture).values()) == ["0", "1"]


class TestLog:
    def test_zero_is_at_the_bottom_and_says_so(self) -> None:
        curve = curve_of("PiecewiseConstantDecay([500], [0.1, 0.0])", 56, 1000)
        picture = plot(56, 10, [curve], start=0, stop=1000, log=True)
        lit = reading.dots(picture)
        assert np.flatnonzero(lit[:, -1]).tolist() == [len(lit) - 1]
        assert reading.y_labels(picture)[len(lit) // 4 - 1] == "0"

    def test_nothing_but_zeros(self) -> None:
        picture = plot(56, 8, [curve_of("Constant(0)", 56, 10)], start=0, stop=10, log=True)
        assert reading.y_labels(picture) == {4: "0"}

    def test_at_most_twelve_decades(self) -> None:
        values = np.array([1e-30, 1.0], np.float32)
        columns = series_columns(values, 0, 2, columns_of(56))
        picture = plot(56, 30, [Curve(columns, 1)], start=0, stop=2, log=True)
        assert min(float(label) for label in reading.y_labels(picture).values()) >= 1e-12


class TestClose:
    def test_a_range_too_tight_for_its_labels_is_told_as_a_difference(self) -> None:
        curve = curve_of("ExponentialDecay(0.1, 1000, 0.99996)", 56, 1000)
        picture = plot(56, 8, [curve], start=0, stop=1000, title="learning rate")
        assert " learning rate - 0.1 " in picture.rows[0]
        assert reading.y_labels(picture) == {0: "0", 2: "-2e-6", 4: "-4e-6"}

    def test_without_room_to_say_so_there_are_no_labels(self) -> None:
        curve = curve_of("ExponentialDecay(0.1, 1000, 0.99996)", 16, 1000)
        picture = plot(16, 8, [curve], start=0, stop=1000, title="learning rate")
        assert reading.y_labels(picture) == {}

    def test_rounding_of_float32_is_not_blown_up_to_a_curve(self) -> None:
        rate = np.float32(0.1)
        values = np.array([rate, np.nextafter(rate, np.float32(1))] * 50, np.float32)
        columns = series_columns(values, 0, 100, columns_of(56))
        picture = plot(56, 20, [Curve(columns, 1)], start=0, stop=100)
        assert reading.dots(picture).any(axis=1).sum() == 1


class TestSeveralCurves:
    def test_a_shared_cell_has_the_dots_of_both_and_the_paint_of_the_later(self) -> None:
        curves = [
            Curve(Columns(np.full(42, low), np.full(42, low)), style)
            for style, low in ((7, 1.0), (3, 0.0))
        ]
        picture = plot(30, 4, curves, start=0, stop=10)
        assert picture.rows[1][8:-1] == "⣉" * 21
        assert set(picture.paint[1, 8:-1].tolist()) == {3}

    def test_a_backdrop_gives_way_to_the_curves_over_it(self) -> None:
        everywhere = Curve(Columns(np.zeros(42), np.ones(42)), 4, behind=True)
        line = Curve(Columns(np.zeros(42), np.zeros(42)), 3)
        picture = plot(30, 6, [everywhere, line], start=0, stop=10)
        assert picture.rows[1][8:-1] == "⣿" * 21
        assert picture.rows[3][8:-1] == "⣀" * 21
        assert set(picture.paint[3, 8:-1].tolist()) == {3}

    def test_the_legend_samples_each_line_in_its_own_paint(self) -> None:
        curves = [
            curve_of("Constant(0.1)", 60, 10, name="train"),
            curve_of("Constant(0.2)", 60, 10, style=2, dashed=1, name="validation"),
        ]
        picture = plot(60, 8, curves, start=0, stop=10, title="loss")
        assert picture.rows[0].endswith("─ ⠤⠤⠤ train ⠄⠄⠄ validation ┐")
        samples = {
            style: "".join(np.array(list(picture.rows[0]))[picture.paint[0] == style])
            for style in (1, 2)
        }
        assert samples == {1: "⠤⠤⠤", 2: "⠄⠄⠄"}

    def test_what_has_no_room_in_the_legend_is_counted(self) -> None:
        curves = [
            curve_of("Constant(0.1)", 50, 10, style=1 + n, name=f"decay_rate 0.9{n}")
            for n in range(4)
        ]
        top = plot(50, 8, curves, start=0, stop=10, title="rate").rows[0]
        assert top.endswith(" ⠤⠤⠤ decay_rate 0.90 +3 more ┐")

    def test_a_dashed_line_keeps_its_spikes_and_lonely_points(self) -> None:
        values = np.zeros(96)
        values[41] = 1.0
        spike = plot(57, 12, [Curve(Columns(values, values), 1, dashed=5)], start=0, stop=96)
        assert reading.dots(spike)[0].tolist() == [column == 41 for column in range(96)]
        for step in (10, 11, 12):
            points = points_columns([step], [0.5], 0, 96, 96)
            assert reading.dots(plot(57, 9, [Curve(points, 1, 5)], start=0, stop=96)).sum() == 1


class TestMarksAndCursor:
    def test_a_mark_is_a_line_beside_the_curve_with_its_letter_on_the_axis(self) -> None:
        curve = curve_of("Constant(0.1)", 30, 100)
        picture = plot(30, 8, [curve], start=0, stop=100, marks=[Mark(50, "r")])
        column = "".join(row[8 + 10] for row in picture.rows)
        assert column == "─╷╷⠤╷╷r0"
        assert picture.paint[:, 18].tolist() == [0, MARK, MARK, 1, MARK, MARK, MARK, 0]

    def test_of_marks_in_one_column_the_last_is_shown(self) -> None:
        marks = [Mark(500, "r"), Mark(501, "s")]
        picture = plot(30, 8, [], start=0, stop=1000, marks=marks)
        assert picture.rows[-2].count("s") == 1
        assert "r" not in picture.rows[-2]

    def test_marks_beside_the_range_are_not_shown(self) -> None:
        marks = [Mark(-1, "r"), Mark(100, "r")]
        assert plot(30, 8, [], start=0, stop=100, marks=marks) == plot(30, 8, [], start=0, stop=100)

    def test_the_cursor_is_over_marks_and_under_curves(self) -> None:
        curve = curve_of("Constant(0.1)", 30, 100)
        picture = plot(30, 8, [curve], start=0, stop=100, marks=[Mark(50, "r")], cursor=50)
        assert "".join(row[18] for row in picture.rows) == "─││⠤││▲0"
        assert picture.paint[:, 18].tolist() == [0, CURSOR, CURSOR, 1, CURSOR, CURSOR, CURSOR, 0]

    def test_in_ascii(self) -> None:
        picture = plot(30, 8, [], start=0, stop=100, marks=[Mark(25, "r")], cursor=75, ascii=True)
        assert "".join(row[13] for row in picture.rows) == "-:::::r "
        assert "".join(row[23] for row in picture.rows) == "-|||||^ "


class TestRoom:
    def test_plots_of_one_width_line_up_whatever_their_labels(self) -> None:
        tight = curve_of("ExponentialDecay(0.001, 1000, 0.9999)", 60, 1000)
        coarse = curve_of("ExponentialDecay(1.0, 1000, 0.0001)", 60, 1000)
        axes = {
            row.find("│")
            for curve in (tight, coarse)
            for row in plot(60, 9, [curve], start=0, stop=1000).rows
            if "│" in row and "┤" not in row
        }
        assert axes == {7}

    def test_without_labels_of_steps_a_row_is_won(self) -> None:
        curve = curve_of("Constant(0.1)", 30, 100)
        picture = plot(30, 8, [curve], start=0, stop=100, x_ticks=False)
        assert picture.rows[-1].startswith("       └┬")
        assert len(reading.dots(picture, labelled=False)) == 4 * 6

    def test_a_long_title_is_cut(self) -> None:
        title = "a very long title for such a plot"
        top = plot(30, 8, [], start=0, stop=9, title=title).rows[0]
        assert top == "       ┌ a very long title… ─┐"

    def test_limits_are_a_window(self) -> None:
        curve = curve_of("PiecewiseConstantDecay([49], [0.1, 0.05])", 30, 100)
        picture = plot(30, 8, [curve], start=0, stop=100, limits=(0.04, 0.06))
        lit = reading.dots(picture)
        assert not lit[:, :20].any(), "what is above the window is not on its edge"
        assert lit[:, 22:].sum(axis=0).tolist() == [1] * 20


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stop": 0}, "stop must be above start. Received: start=0, stop=0"),
        ({"width": 0}, "width and height must be at least 1. Received: 0, 8"),
        ({"width": 41}, r"columns_of\(width\), that is 64, columns. Received: 62"),
        ({"limits": (2.0, 1.0)}, "limits must be finite and in order. Received: 2.0, 1.0"),
        ({"limits": (-2.0, 0.0), "log": True}, "limits of a log axis must be above 0"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(change: dict[str, object], message: str) -> None:
    call: dict[str, object] = {"width": 40, "height": 8, "start": 0, "stop": 9}
    call |= {"curves": [curve_of("Constant(0.1)", 40, 9)]} | change
    with pytest.raises(ValueError, match=message):
        plot(**call)  # type: ignore[arg-type]


def test_pictures_are_equal_by_what_they_show() -> None:
    def picture(rate: str, style: int = 1) -> Picture:
        curve = curve_of(f"Constant({rate})", 30, 9, style=style)
        return plot(30, 8, [curve], start=0, stop=9)

    assert picture("0.1") == picture("0.1")
    assert picture("0.1") != picture("0.2")
    assert picture("0.1") != picture("0.1", style=2)


def test_importing_it_imports_neither_textual_nor_tensorflow() -> None:
    code = "import json, sys, lrtui.plotting; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    modules = set(json.loads(done.stdout))
    assert modules.isdisjoint({"textual", "rich", "tensorflow", "keras"})
