"""The fewest bytes from one screen to another: what a terminal needs that is sent only cells.

An encoder that knows nothing of lrtui's own: moves of the cursor, styles, text. Between two cells
that differ it moves, or writes what lies between again, whichever is shorter.
"""

from collections.abc import Mapping
from typing import NamedTuple

import pyte

ON = {"bold": "1", "italics": "3", "underscore": "4", "reverse": "7", "strikethrough": "9"}
OFF = {"bold": "22", "italics": "23", "underscore": "24", "reverse": "27", "strikethrough": "29"}
NAMED = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")


class Look(NamedTuple):
    """What of a cell is style."""

    attributes: frozenset[str]
    color: str
    background: str


Cell = tuple[str, Look]
Picture = list[list[Cell]]


def picture(screen: pyte.Screen) -> Picture:
    """A copy of what a screen shows; a blank has no colour of text unless it can be seen."""
    return [
        [_cell(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)
    ]


def _cell(char: pyte.screens.Char) -> Cell:
    attributes = frozenset(name for name in ON if getattr(char, name))
    if char.data == " " and not attributes & {"underscore", "reverse", "strikethrough"}:
        return " ", Look(frozenset(), "", char.bg)
    return char.data, Look(attributes, char.fg, char.bg)


def difference(before: Picture, after: Picture) -> bytes:
    """What turns one screen into the other."""
    out = ""
    style: Look | None = None
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        at = -1
        for x, cell in enumerate(new):
            if cell == old[x] or not cell[0]:
                continue
            if at < 0:
                out += f"\x1b[{y + 1};{x + 1}H"
            elif at < x:
                out += _over(new[at:x], style)
            if style is None or (cell[1] != style and not _blank_in(cell, style)):
                out += _change(style, cell[1])
                style = cell[1]
            out += cell[0]
            at = x + 1
    return out.encode()


def _blank_in(cell: Cell, style: Look) -> bool:
    """Whether a blank looks the same in this style."""
    seen = style.attributes & {"underscore", "reverse", "strikethrough"}
    return cell[0] == " " and not seen and cell[1].background == style.background


def _over(between: list[Cell], style: Look | None) -> str:
    move = f"\x1b[{len(between)}C" if len(between) > 1 else "\x1b[C"
    text = "".join(text for text, _ in between)
    fits = style is not None and all(cell[1] == style or _blank_in(cell, style) for cell in between)
    return text if fits and len(text.encode()) <= len(move) else move


def _change(now: Look | None, then: Look) -> str:
    whole = [
        *_attributes(then.attributes, ON),
        *_color(then.color, 30),
        *_color(then.background, 40),
    ]
    choices = [f"\x1b[{';'.join(['0', *whole])}m" if whole else "\x1b[m"]
    if now is not None:
        parts = _attributes(now.attributes - then.attributes, OFF)
        parts += _attributes(then.attributes - now.attributes, ON)
        if now.color != then.color:
            parts += _color(then.color, 30) or ["39"]
        if now.background != then.background:
            parts += _color(then.background, 40) or ["49"]
        choices.append(f"\x1b[{';'.join(parts)}m")
    return min(choices, key=len)


def _attributes(names: frozenset[str], codes: Mapping[str, str]) -> list[str]:
    return sorted(codes[name] for name in names)


def _color(color: str, base: int) -> list[str]:
    if color in ("", "default"):
        return []
    if color.removeprefix("bright") in NAMED:
        bright = 60 if color.startswith("bright") else 0
        return [str(base + bright + NAMED.index(color.removeprefix("bright")))]
    red, green, blue = (int(color[place : place + 2], 16) for place in (0, 2, 4))
    return [str(base + 8), "2", str(red), str(green), str(blue)]
