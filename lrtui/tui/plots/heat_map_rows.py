"""A landscape as rows of painted text: a heat map of digits, its axes, and what is known of a cell.

Pure. A digit says the level of a cell also without colour: 0 is the lowest loss.
"""

import math
from collections.abc import Sequence

from lrtui.plotting.heat_map import DIVERGED, LEVELS, levels_of
from lrtui.runs.landscape import CellLosses, Place, stands_for
from lrtui.tui import paints
from lrtui.tui.number_format import format_loss
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedText
from lrtui.tui.training.landscape import Landscape

_WIDEST, _TALLEST = 10, 3
_BELOW = 6
"""Rows below the map."""
_SIDE = 12
_LEGEND, _LEGEND_ENDS = 9, 20
"""Of a level in the legend, and of what stands around them, in cells."""


def heat_map_rows(
    landscape: Landscape, cursor: Place, width: int, height: int, *, ascii: bool = False
) -> list[PaintedText]:
    """The map from its highest row down, the axis below, the legend, and what is known.

    Args:
        landscape: what is known.
        cursor: the cell that is looked at.
        width: of a row, in cells.
        height: rows that there are; where there are many, a cell has two or three.
        ascii: whether the terminal shows ASCII only.
    """
    across, up = landscape.across, landscape.up
    side = min(_SIDE, max(map(len, up.texts))) + 1
    wide = max(1, min(_WIDEST, (width - side - 1) // len(across.values)))
    tall = max(1, min(_TALLEST, (height - _BELOW) // len(up.values)))
    levels = _levels(landscape)
    best = landscape.verdict.best if landscape.whole else None
    best_place = None if best is None else landscape.order[best]
    lines: list[PaintedText] = []
    for row in reversed(range(len(up.values))):
        mark = ">" if row == up.present else " "
        name = (f"{up.texts[row][: side - 1]:>{side - 1}}{mark}", paints.LABEL)
        places = [(row, column) for column in range(len(across.values))]
        cells = [
            _cell(landscape, levels, place, wide, ascii, place == cursor, place == best_place)
            for place in places
        ]
        blank = ((" " * side, paints.LABEL), *((" " * wide, paint) for _, paint in cells))
        above = (tall - 1) // 2
        lines += [*[blank] * above, (name, *cells), *[blank] * (tall - 1 - above)]
    lines.append(((" " * side + _below(across.texts, across.present, wide), paints.LABEL),))
    lines.append(_legend(landscape, levels, width))
    return [*lines, *_told(landscape, cursor)]


def _cell(
    landscape: Landscape,
    levels: dict[Place, int],
    place: Place,
    wide: int,
    ascii: bool,
    is_cursor: bool,
    is_best: bool,
) -> tuple[str, Paint]:
    """A cell as text and paint: [ ] around the cursor, * before the best, ! where some diverged."""
    text, level, sure = _text(landscape, levels, place, "." if ascii else "·")
    text = "*" if is_best and is_cursor else text
    cell = _known(landscape, place)
    left = "[" if is_cursor else "*" if is_best else " "
    right = "]" if is_cursor else "!" if cell and cell.diverged and cell.sound else " "
    shown = (left + text + right) if wide > 2 else (left + text) if wide == 2 else text
    paint = paints.shade(level) if level >= 0 and sure else paints.FAINT
    if wide == 1 and is_cursor:
        paint = paints.PRESENT_VALUE
    return shown.center(wide), paint


def _known(landscape: Landscape, place: Place) -> CellLosses | None:
    return landscape.cells.get(place) or landscape.of_before.get(place)


def _levels(landscape: Landscape) -> dict[Place, int]:
    """The level of each known cell: of all known ones, those of before among them."""
    places = sorted({*landscape.cells, *landscape.of_before})
    medians = []
    for place in places:
        cell = _known(landscape, place)
        assert cell is not None
        medians.append(cell.median if math.isfinite(cell.median) else math.nan)
    return dict(zip(places, levels_of([medians])[0], strict=True)) if places else {}


def _text(
    landscape: Landscape, levels: dict[Place, int], place: Place, dot: str
) -> tuple[str, int, bool]:
    """What stands in a cell, its level, and whether it is of this form, or stands for one."""
    if place in landscape.refused:
        return "-", -1, False
    if place in levels:
        level = levels[place]
        if level == DIVERGED:
            return "x", -1, False
        return str(level), level, place in landscape.cells
    other = stands_for(place, levels, landscape.shape)
    level = -1 if other is None else levels[other]
    return dot, level, level >= 0


def _below(texts: Sequence[str], present: int, wide: int) -> str:
    """Names of columns, as many as do not touch; the present one has a ^ before it."""
    shown = {present: f"^{texts[present]}"}
    order = [present, *(place for place in range(len(texts)) if place != present)]
    line = [" "] * (wide * len(texts))
    for place in order:
        text, at = shown.get(place, texts[place]), place * wide
        if at + len(text) > len(line):
            at = len(line) - len(text)
        around = line[max(0, at - 1) : at + len(text) + 1]
        if at >= 0 and not "".join(around).strip():
            line[at : at + len(text)] = text
    return "".join(line).rstrip()


def _legend(landscape: Landscape, levels: dict[Place, int], width: int) -> PaintedText:
    """The lowest loss of each level, or of some of them where there is less room."""
    parts: list[tuple[str, Paint | None]] = [("loss from ", paints.LABEL)]
    every = max(1, -(-LEVELS * _LEGEND // max(1, width - _LEGEND_ENDS)))
    for level in range(0, LEVELS, every):
        losses = [
            cell.median
            for place, one in levels.items()
            if one == level and (cell := _known(landscape, place)) is not None
        ]
        if losses:
            parts.append((f"{level}", paints.shade(level)))
            parts.append((f" {format_loss(min(losses))} ", paints.PLAIN))
    if any(one == DIVERGED for one in levels.values()):
        parts.append((" x diverged", paints.PLAIN))
    return tuple(parts)


def _told(landscape: Landscape, cursor: Place) -> list[PaintedText]:
    row, column = cursor
    across, up = landscape.across, landscape.up
    where = f"{across.label} {across.texts[column]}, {up.label} {up.texts[row]}: "
    cell = _known(landscape, cursor)
    if cursor in landscape.refused:
        what = landscape.refused[cursor]
    elif cell is None:
        what = "not known yet"
    else:
        what = _about(cell) + ("" if cursor in landscape.cells else ", of before")
    texts = ((_state(landscape), paints.PLAIN), (where, paints.LABEL), (what, paints.STRONG))
    return [(one,) for one in texts]


def _about(cell: CellLosses) -> str:
    wild = f"{cell.diverged} of {len(cell.finals)} diverged"
    if not cell.sound:
        return wild
    spread = f"{format_loss(min(cell.sound))} to {format_loss(max(cell.sound))}"
    told = f"{format_loss(cell.median)} ({spread}, {len(cell.finals)} seeds)"
    return f"{told}, {wild}" if cell.diverged else told


def _state(landscape: Landscape) -> str:
    """How far it is, and then whether there is a best one."""
    rows, columns = landscape.shape
    done = len(landscape.cells) + len(landscape.refused)
    if not landscape.whole:
        old = f", {len(landscape.of_before)} of before" if landscape.of_before else ""
        return (
            f"final loss, at once, {landscape.seeds} seeds: {done} of {rows * columns} cells{old}"
        )
    verdict = landscape.verdict
    if verdict.lowest is None:
        return "every cell diverged"
    row, column = landscape.order[verdict.lowest]
    where = f"{landscape.across.texts[column]}, {landscape.up.texts[row]}"
    if verdict.best is not None:
        return f"* best: {where}; chance would not have it lower than all others"
    count = len(verdict.alike)
    return f"no best: {where} is lowest, but {count} others are within what chance would do"
