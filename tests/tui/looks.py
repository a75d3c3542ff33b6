"""What a screen looks like in several looks, as text: a letter a cell, and what each letter is.

The letters stand where the characters stand on the screen. Each is one style in every look, so that
another colour in a theme changes the lines that tell what letters are, and nothing else.
"""

import string
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from lrtui.tui.app import LrtuiApp

THEMES = ("textual-dark", "textual-light")
LOOKS = ("dark", "light", "no colour")
"""The last is what Textual makes of the first where NO_COLOR is set: greys as bright."""
LETTERS = "." + string.ascii_letters + string.digits
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


class Paint(NamedTuple):
    """How a cell is painted."""

    color: str
    """Empty where nothing of it is seen: a blank."""
    background: str
    attributes: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = (
            f"{self.color:7} on {self.background}" if self.color else f"{'':8}on {self.background}"
        )
        told = f"{shown} {self.contrast:4.1f}" if self.color else f"{shown}     "
        return f"{told} {' '.join(self.attributes)}".rstrip()

    def without_colour(self) -> "Paint":
        """With grey in the place of each colour."""
        grey = _grey(self.color) if self.color else ""
        return self._replace(color=grey, background=_grey(self.background))

    @property
    def contrast(self) -> float:
        """Of the character to what is behind it, after WCAG: 1 to 21."""
        one, other = sorted((_luminance(self.color), _luminance(self.background)))
        return (other + 0.05) / (one + 0.05)


Cell = tuple[str, tuple[Paint, ...]]
"""A character, and its paint in each look."""


async def cells(app: LrtuiApp, pilot: Pilot[None]) -> list[list[Cell]]:
    """Rows of what is on the screen now, in each of :data:`LOOKS`; it may be light afterwards."""
    looks = {}
    for theme in sorted(THEMES, key=lambda theme: theme != app.theme):
        app.theme = theme
        await pilot.pause()
        looks[theme] = painted(app)
    dark, light = (looks[theme] for theme in THEMES)
    return [
        [
            (char, (paint, other, paint.without_colour()))
            for (char, paint), (_, other) in zip(*rows, strict=True)
        ]
        for rows in zip(dark, light, strict=True)
    ]


def painted(app: Any) -> list[list[tuple[str, Paint]]]:
    """Each cell's character and paint."""
    rows = []
    for strip in app.screen._compositor.render_strips(app.size):
        row: list[tuple[str, Paint]] = []
        for text, style, _ in strip:
            row += [(char, _paint(char, style or Style())) for char in text]
        rows.append(row)
    return rows


def told(rows: Sequence[Sequence[Cell]]) -> str:
    """The letters as they stand on the screen, and below what they are in each look."""
    count = Counter(paints for row in rows for _, paints in row)
    order = [count.most_common(1)[0][0]]
    order += dict.fromkeys(paints for row in rows for _, paints in row if paints != order[0])
    letters = dict(zip(order, LETTERS, strict=False))
    assert len(letters) == len(order), "there are not as many letters"
    lines = ["".join(letters[paints] for _, paints in row).rstrip(".") for row in rows]
    width = max(len(str(paint)) for paints in order for paint in paints)
    for paints, letter in letters.items():
        lines.append(f"{letter} " + " | ".join(str(one).ljust(width) for one in paints).rstrip())
    return "\n".join([*lines, f"  {' | '.join(look.ljust(width) for look in LOOKS).rstrip()}"])


def _paint(char: str, style: Style) -> Paint:
    attributes = tuple(name for name in ATTRIBUTES if getattr(style, name))
    seen = not char.isspace() or {"underline", "reverse", "strike"} & set(attributes)
    color, background = _hex(style.color), _hex(style.bgcolor)
    return Paint(color if seen else "", background, attributes if seen else ())


@cache
def _hex(color: Any) -> str:
    return Color.from_rich_color(color).hex6.lower() if color is not None else "default"


@cache
def _grey(shade: str) -> str:
    return Color.parse(shade).monochrome.hex6.lower()


@cache
def _luminance(shade: str) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.parse(shade).normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
