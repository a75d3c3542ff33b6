"""A heat map: every cell where it belongs, low and high told apart with and without colours."""

import math
import re

import pytest

from lrtui.plotting.heat_map import HeatMap, heat_map_lines, levels_of

PICTURE = HeatMap(
    ((0.1, 0.5, None), (0.2, math.nan, 100.0)),
    ("8", "16"),
    ("1", "2", "3"),
    "batch",
    "rate",
    (0, 0),
)


def test_without_colour_digits_say_how_high_and_marks_the_rest() -> None:
    lines = heat_map_lines(PICTURE, 40)

    assert [line.split() for line in lines[1:3]] == [["8", "*", "5", "."], ["16", "2", "x", "7"]]
    assert lines[-1] == "x diverged  . not known  * best, beyond chance"
    assert "\x1b" not in "".join(lines)


def test_an_outlier_hides_nothing() -> None:
    """Levels go by rank."""
    assert levels_of([[1.0, 2.0, 3.0, 1e30]]) == [[0, 2, 5, 7]]
    assert levels_of([[1.0, 1.0]]) == [[0, 0]]
    assert levels_of([[3.0]], [1.0, 2.0, None]) == [[6]], "ranked with those of other maps"


@pytest.mark.parametrize("way", ["truecolor", "256"])
def test_with_colours_the_same_cells_stand_in_the_same_places(way: str) -> None:
    painted = heat_map_lines(PICTURE, 40, way)  # type: ignore[arg-type]
    bare = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in painted]

    assert [len(line) for line in bare[1:3]] == [len(bare[1]), len(bare[2])]
    cells = re.findall(r"\x1b\[([\d;]*)m *[*\d] *\x1b\[0m", "\n".join(painted[1:3]))
    assert len(set(cells)) == 4


def test_it_fits_the_terminal_and_says_what_it_leaves_out() -> None:
    wide = HeatMap(((1.0,) * 200,), ("a",), tuple(map(str, range(200))), "y", "x")
    lines = heat_map_lines(wide, 80)

    assert max(map(len, lines)) <= 80
    assert re.search(r"\(\d+ of 200 columns fit here\)", "\n".join(lines))
