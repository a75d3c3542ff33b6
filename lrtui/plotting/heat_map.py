"""A table of numbers as a heat map of characters: low ones light, high ones dark, or as digits."""

import math
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

LEVELS = 10
"""Different shades; as digits 0 is the lowest."""
UNKNOWN, DIVERGED = -1, -2

Way = Literal["truecolor", "256", "none"]

_STOPS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Five points of viridis (Smith and van der Walt 2015), which is read alike with any eyes, dark to
light."""
_CODES_256 = (229, 192, 155, 113, 72, 66, 61, 60, 54, 53)
"""The nearest of a terminal's 256, the lowest level first."""


class HeatMap(Struct, frozen=True):
    """What is drawn. Rows from the top."""

    values: tuple[tuple[float | None, ...], ...]
    """None: not known yet; NaN: diverged."""
    rows: tuple[str, ...]
    """Names of the rows."""
    columns: tuple[str, ...]
    row_axis: str
    column_axis: str
    best: tuple[int, int] | None = None
    """Row and column of a cell that is marked."""
    beside: tuple[float | None, ...] = ()
    """Values of other maps, so that a level means the same in all."""


def levels_of(
    values: Sequence[Sequence[float | None]], beside: Sequence[float | None] = ()
) -> list[list[int]]:
    """The level of each value: 0 the lowest, by its rank, so that one outlier hides nothing.

    Args:
        values: rows of them.
        beside: others that are ranked with them.

    Returns:
        :data:`UNKNOWN` and :data:`DIVERGED` where there is no finite value.
    """
    finite = sorted(
        {one for row in (*values, beside) for one in row if one is not None and math.isfinite(one)}
    )
    place = {value: number for number, value in enumerate(finite)}
    most = max(len(finite) - 1, 1)

    def level(value: float | None) -> int:
        if value is None:
            return UNKNOWN
        if not math.isfinite(value):
            return DIVERGED
        return min(LEVELS - 1, place[value] * LEVELS // (most + 1))

    return [[level(value) for value in row] for row in values]


def heat_map_lines(picture: HeatMap, width: int, way: Way = "none") -> list[str]:
    """The map, its axes and a legend, as lines; with escape sequences where `way` has colours.

    Args:
        picture: what is drawn.
        width: columns of the terminal. A map that needs more of them is cut, and says so.
        way: how cells are coloured.
    """
    side = min(max(map(len, (*picture.rows, picture.row_axis))), width // 3)
    room = max(1, (width - side - 1) // max(len(picture.columns), 1))
    wide = min(max(1 if way == "none" else 2, room), 6)
    shown = min(len(picture.columns), (width - side - 1) // wide)
    levels = levels_of(picture.values, picture.beside)
    lines = [f"{picture.row_axis[:side]:>{side}}"]
    for row, name in enumerate(picture.rows):
        cells = [
            _cell(levels[row][column], (row, column) == picture.best, wide, way)
            for column in range(shown)
        ]
        lines.append(f"{name[:side]:>{side}} {''.join(cells)}".rstrip())
    lines.append(" " * (side + 1) + _labels(picture.columns[:shown], wide))
    lines.append(" " * (side + 1) + picture.column_axis[: width - side - 1])
    if shown < len(picture.columns):
        lines.append(f"({shown} of {len(picture.columns)} columns fit here)")
    return lines + _legend(picture, levels, way)


def _cell(level: int, best: bool, wide: int, way: Way) -> str:
    if level == UNKNOWN:
        return ".".center(wide)
    if level == DIVERGED:
        return "x".center(wide)
    text = ("*" if best else str(level)).center(wide)
    return text if way == "none" else f"\x1b[{_code(level, way)}m{text}\x1b[0m"


def _code(level: int, way: Way) -> str:
    """Of a cell's background, and of a text that is seen on it."""
    ink = "30" if level < LEVELS // 2 else "97"
    if way == "256":
        return f"{ink};48;5;{_CODES_256[level]}"
    share = (LEVELS - 1 - level) / (LEVELS - 1) * (len(_STOPS) - 1)
    low = min(int(share), len(_STOPS) - 2)
    red, green, blue = (
        round(one + (other - one) * (share - low))
        for one, other in zip(_STOPS[low], _STOPS[low + 1], strict=True)
    )
    return f"{ink};48;2;{red};{green};{blue}"


def _labels(columns: Sequence[str], wide: int) -> str:
    """Names of columns, as many as do not touch."""
    line = ""
    for number, name in enumerate(columns):
        at = number * wide
        if len(line) < at or not line:
            line = line.ljust(at) + name
            line += " "
    return line.rstrip()


def _legend(picture: HeatMap, levels: Sequence[Sequence[int]], way: Way) -> list[str]:
    lowest: dict[int, float] = {}
    there: set[int] = set()
    for row, of_row in zip(picture.values, levels, strict=True):
        there.update(of_row)
        for value, level in zip(row, of_row, strict=True):
            if level >= 0 and value is not None:
                lowest[level] = min(value, lowest.get(level, value))
    ranges: list[str] = []
    for level, value in sorted(lowest.items()):
        swatch = str(level) if way == "none" else f"\x1b[{_code(level, way)}m {level} \x1b[0m"
        ranges.append(f"{swatch} {value:.3g}")
    marks = ((DIVERGED, "x diverged"), (UNKNOWN, ". not known"))
    said = [text for level, text in marks if level in there]
    said += ["* best, beyond chance"] if picture.best is not None else []
    return ["from " + "  ".join(ranges)] * bool(ranges) + ["  ".join(said)] * bool(said)
