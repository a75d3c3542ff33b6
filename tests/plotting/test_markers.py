"""What curves are made of, and how they are told apart without colour."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from lrtui.plotting.columns import Columns, schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MARKERS, MarkerName, ascii_only
from lrtui.plotting.picture import Curve
from lrtui.schedules import parse
from tests.plotting import reading


def level(width: int, style: int = 1, value: float = 0.5, **how: object) -> Curve:
    values = np.full(columns_of(width), value)
    return Curve(Columns(values, values), style)._replace(**how)  # type: ignore[arg-type]


def test_a_picture_in_quadrant_blocks_as_a_person_sees_it() -> None:
    # 10 dot rows from 0.18 to 0 are 0.02 apart; step 50 of 100 is in the 22nd of 42 dot columns.
    schedule = parse("PiecewiseConstantDecay([49], [0.18, 0.08])")
    curve = Curve(schedule_columns(schedule, 0, 100, columns_of(30)), 1)
    picture = plot(30, 8, [curve], start=0, stop=100, title="rate", limits=(0, 0.18), marker="hd")
    assert picture.rows == (
        "       ┌ rate ───────────────┐",
        "   0.18┤▀▀▀▀▀▀▀▀▀▀▚          │",
        "       │          ▐          │",
        "    0.1┤          ▐▄▄▄▄▄▄▄▄▄▄│",
        "       │                     │",
        "      0┤                     │",
        "       └┬─────────┬──────────┤",
        "        0        50        100",
    )
    assert picture.paint[1:-2, 8:-1].sum() == picture.paint.sum() == 11 + 1 + 11


def test_every_block_can_be_drawn_and_read() -> None:
    # Two dots, two columns: a curve in each of the four ways its two columns can be lit, twice.
    width, ways = 40, [(0, 0), (1, 1), (1, 0), (None, None)]
    pairs = [(left, right) for left in ways for right in ways]
    columns = [column for pair in pairs for column in pair]
    tops, bottoms = (
        np.array([np.nan if column[end] is None else float(column[end] or 0) for column in columns])
        for end in (0, 1)
    )
    rest = np.full(columns_of(width) - len(columns), np.nan)
    curve = Curve(Columns(np.append(bottoms, rest), np.append(tops, rest)), 1)
    picture = plot(width, 4, [curve], start=0, stop=9, marker="hd", limits=(0, 1))
    lit = reading.dots(picture, marker="hd")
    assert lit.shape == (2, columns_of(width))
    assert (lit.any(axis=0) == np.append(np.isfinite(tops), np.isfinite(rest))).all()
    assert lit[0, : len(columns)].tolist() == (tops == 1).tolist() or lit[0].sum() > lit[1].sum()


def test_ascii_as_marker_is_ascii_throughout() -> None:
    curves = [level(40, style, style / 9, name=f"Δ{style}") for style in (1, 2)]
    given = {"start": 0, "stop": 9, "title": "η"}
    as_marker = plot(40, 12, curves, marker="ascii", **given)  # type: ignore[arg-type]
    assert as_marker == plot(40, 12, curves, ascii=True, **given)  # type: ignore[arg-type]
    assert "".join(as_marker.rows).isascii()


def test_a_marker_that_there_is_not() -> None:
    with pytest.raises(ValueError, match=r"one of braille, hd, ascii\. Received: 'dots'"):
        plot(40, 8, [], start=0, stop=9, marker="dots")  # type: ignore[arg-type]


@pytest.mark.parametrize("marker", ["braille", "hd"])
def test_nine_dashes_are_told_apart_without_colour(marker: MarkerName) -> None:
    """However they are shifted, two level lines differ in a quarter of their dots and more."""
    width = 249
    lines: list[NDArray[np.bool_]] = []
    for dashed in range(9):
        picture = plot(width, 8, [level(width, dashed=dashed)], start=0, stop=9, marker=marker)
        lines.append(np.asarray(reading.dots(picture, marker=marker).any(axis=0)))
    for one, other in combinations(lines, 2):
        differing = [np.mean(one[60:-60] != np.roll(other, shift)[60:-60]) for shift in range(60)]
        assert min(differing) > 0.25


def test_eighteen_characters_tell_styles_apart_in_ascii() -> None:
    characters = set()
    for style in range(1, 19):
        picture = plot(40, 8, [level(40, style)], start=0, stop=9, ascii=True)
        (character,) = {row[20] for row in picture.rows[1:-2]} - {" "}
        characters.add(character)
    assert len(characters) == 18
    assert not characters & set("-+|:^")


@pytest.mark.parametrize("marker", MARKERS)
def test_every_marker_draws_dense_restarts_alike(marker: MarkerName) -> None:
    schedule = parse("CosineDecayRestarts(0.1, 50, t_mul=1.0)")
    curve = Curve(schedule_columns(schedule, 0, 100_000, columns_of(60)), 1)
    lit = reading.dots(plot(60, 12, [curve], start=0, stop=100_000, marker=marker), marker=marker)
    assert lit.all()


@pytest.mark.parametrize(
    ("encoding", "environment", "plain"),
    [
        ("utf-8", {"LANG": "en_GB.UTF-8", "TERM": "xterm"}, False),
        ("UTF8", {}, False),
        ("utf-8", {"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, True),
        ("utf-8", {"LC_ALL": "", "LANG": "POSIX"}, True),
        ("utf-8", {"LC_ALL": "C.UTF-8", "LANG": "C"}, False),
        ("utf-8", {"LANG": "en_GB.UTF-8", "TERM": "linux"}, True),
        ("latin-1", {"LANG": "de_DE"}, True),
        (None, {}, True),
    ],
)
def test_what_a_terminal_is_trusted_with(
    encoding: str | None, environment: dict[str, str], plain: bool
) -> None:
    assert ascii_only(encoding, environment) is plain
