"""The legend in rows of its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.plotting.columns import Columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.legend import legend_fits, legend_rows
from lrtui.plotting.markers import MARKERS, MarkerName
from lrtui.plotting.picture import Curve
from tests.schedules.strategies import patient

NOTHING = Columns(np.full(1, np.nan), np.full(1, np.nan))


def named(*names: str) -> list[Curve]:
    return [Curve(NOTHING, 1 + n, n, name) for n, name in enumerate(names)]


def test_a_sample_and_a_name_each_in_its_paint() -> None:
    picture = legend_rows(named("used", "planned"), 30, 2)
    assert picture.rows == (" ⠤⠤⠤ used ⠄⠄⠄ planned         ",)
    assert picture.paint[0].tolist() == [0, 1, 1, 1, *[0] * 6, 2, 2, 2, *[0] * 17]


def test_what_is_too_long_for_a_row_goes_on_in_the_next() -> None:
    picture = legend_rows(named("decay_rate 0.9", "decay_rate 0.96", "x"), 24, 3, "hd")
    rows = (" ▄▄▄ decay_rate 0.9", " ▖▖▖ decay_rate 0.96", " ▄▄  x")
    assert picture.rows == tuple(row.ljust(24) for row in rows)
    assert picture.paint.shape == (3, 24)


def test_what_has_no_room_is_counted() -> None:
    curves = named("one", "two", "three", "four")
    assert legend_rows(curves, 26, 1).rows == (" ⠤⠤⠤ one ⠄⠄⠄ two +2 more  ",)
    assert legend_rows(curves, 16, 1).rows == (" ⠤⠤⠤ one +3 more",)
    assert legend_rows(curves, 18, 2).rows == (" ⠤⠤⠤ one ⠄⠄⠄ two  ", " ⠤⠤⠀ three +1 more")
    assert legend_rows(curves, 3, 1).rows == (" +…",)
    assert legend_rows(curves, 20, 0).rows == ()


def test_a_name_wider_than_the_row_is_cut() -> None:
    assert legend_rows(named("decay_rate 0.96"), 12, 1).rows == (" ⠤⠤⠤ decay_…",)
    assert legend_rows(named("decay_rate 0.96"), 12, 1, "ascii").rows == (" *** decay_~",)


def test_without_names_there_is_none() -> None:
    assert legend_rows(named("", ""), 30, 3).rows == ()


@pytest.mark.parametrize("marker", MARKERS)
def test_nine_samples_differ(marker: MarkerName) -> None:
    curves = named(*"xxxxxxxxx")
    rows = [legend_rows([curve], 11, 1, marker).rows[0] for curve in curves]
    assert len({row[: row.index("x ")] for row in rows}) == 9


def test_a_plot_need_not_have_one() -> None:
    curves = [Curve(Columns(np.ones(42), np.ones(42)), 1, name="used")]
    assert "used" in plot(30, 8, curves, start=0, stop=9).rows[0]
    assert "used" not in plot(30, 8, curves, start=0, stop=9, legend=False).rows[0]


@patient
@given(
    names=st.lists(st.text(max_size=12), max_size=12),
    width=st.integers(0, 60),
    rows=st.integers(0, 6),
    marker=st.sampled_from(MARKERS),
)
def test_any_names_fit_any_room(
    names: list[str], width: int, rows: int, marker: MarkerName
) -> None:
    picture = legend_rows(named(*names), width, rows, marker)
    assert len(picture.rows) <= rows
    assert picture.paint.shape == (len(picture.rows), width)
    assert all(len(row) == width for row in picture.rows)
    assert all(row.isprintable() for row in picture.rows)


def test_whether_all_have_room_by_their_whole_names() -> None:
    curves = named("one", "two", "three", "four")
    assert legend_fits(curves, 20, 2)
    assert not legend_fits(curves, 20, 1)
    assert not legend_fits(named("a name that is long"), 20, 1)
    assert not legend_fits(curves, 18, 2)
    assert legend_fits([], 1, 0)
