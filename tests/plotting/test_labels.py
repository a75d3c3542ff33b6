"""What is written into a plot: the present value, names at the ends of curves, what is filled."""

import numpy as np
import pytest

from lrtui.plotting.columns import Columns
from lrtui.plotting.drawing import bare_plot, plot
from lrtui.plotting.large_text import large_text
from lrtui.plotting.layout import columns_of
from lrtui.plotting.picture import FILL, Curve, Label
from lrtui.plotting.sparkline import sparkline

WIDTH = 60


def falling(style: int = 1) -> Curve:
    values = np.linspace(1, 0, columns_of(WIDTH))
    return Curve(Columns(values, values), style)


def test_a_head_stands_at_its_step_and_value_with_its_text_beside_it() -> None:
    label = Label(50, 0.5, "0.5", 1, head=True)
    picture = plot(WIDTH, 13, [falling()], start=0, stop=101, labels=[label])
    row = next(row for row in picture.rows if "●" in row)
    assert picture.rows.index(row) == 1 + 5, "half way down ten rows and a half"
    assert row.index("●") == 8 + 25, "half way across 51 cells"
    assert any(" 0.5" in row[30:] for row in picture.rows[4:9])


def test_a_text_never_covers_a_curve() -> None:
    solid = np.zeros(columns_of(WIDTH)), np.ones(columns_of(WIDTH))
    wall = Curve(Columns(*solid), 1)
    picture = plot(WIDTH, 12, [wall], start=0, stop=100, labels=[Label(99, 0.5, "name", 1)])
    assert not any("name" in row for row in picture.rows)


def test_a_name_stands_at_the_end_of_its_curve() -> None:
    picture = plot(WIDTH, 12, [falling()], start=0, stop=100, labels=[Label(99, 0.0, "it", 1)])
    (row,) = [place for place, row in enumerate(picture.rows) if "it" in row]
    assert row >= 7
    assert picture.rows[row].rstrip("│").endswith("it")


def test_what_is_below_a_curve_is_filled_and_nothing_above_it() -> None:
    half = np.full(columns_of(WIDTH), 0.5)
    curves = [falling(2), Curve(Columns(half, half), 1)]
    picture = plot(WIDTH, 12, curves, start=0, stop=100, limits=(0, 1), fill=1)
    canvas = picture.paint[1:-2, 8:-1]
    assert (canvas[5:] >= FILL).all()
    assert (canvas[:4] < FILL).all()
    assert set(np.unique(canvas)) <= {0, 1, 2, FILL, FILL + 1, FILL + 2}


@pytest.mark.parametrize("height", range(8, 30))
def test_a_fill_begins_below_the_dots_of_its_curve(height: int) -> None:
    picture = plot(WIDTH, height, [falling(1)], start=0, stop=100, fill=1)
    canvas = picture.paint[1:-2, 8:-1]
    for column in canvas.T:
        own, filled = np.flatnonzero(column == 1), np.flatnonzero(column >= FILL)
        assert not filled.size or filled[0] > own[0]


def widths_of_fill(grows: bool) -> list[int]:
    """How wide a fill is below a curve that is longer from picture to picture."""
    widths = []
    for columns in range(columns_of(WIDTH) + 1):
        level = np.full(columns_of(WIDTH), np.nan)
        level[:columns] = 0.5
        curve = Curve(Columns(level, level), 1)
        picture = plot(WIDTH, 12, [curve], start=0, stop=100, limits=(0, 1), fill=1, grows=grows)
        widths.append(int((picture.paint[8, 8:-1] >= FILL).sum()))
    return widths


def test_a_fill_grows_in_a_few_steps_and_is_whole_at_the_end() -> None:
    """Each time costs a move and a colour in every row."""
    widths, whole = widths_of_fill(grows=True), columns_of(WIDTH) // 2
    assert widths[-1] == whole
    assert sorted(widths) == widths
    assert 3 <= len(set(widths)) <= 5


def test_a_fill_below_a_curve_that_has_ended_reaches_its_end() -> None:
    assert widths_of_fill(grows=False)[2::2] == list(range(1, columns_of(WIDTH) // 2 + 1))


def test_a_bare_plot_is_a_curve_from_edge_to_edge() -> None:
    values = np.linspace(0, 1, 2 * 20)
    picture = bare_plot(20, 4, Curve(Columns(values, values), 1))
    assert picture.rows[3][0] != " "
    assert picture.rows[0][19] != " "
    assert {len(row) for row in picture.rows} == {20}


def test_a_sparkline_goes_from_the_least_to_the_greatest() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([7, 0], 8) == "█▁"
    assert sparkline([1, 3, 5, 7], 2) == "▁█"
    assert sparkline([1, float("nan"), 2], 3) == "▁ █"
    assert sparkline([2, 2], 4) == "▁▁"
    assert sparkline([], 4) == ""
    assert sparkline([0, 4], 2, ascii=True) == "_^"


def test_large_figures_are_three_rows_of_half_blocks() -> None:
    assert large_text("17") == [
        "▄█  ▀▀█ ",
        " █    █ ",
        "▀▀▀   ▀ ",
    ]
