"""Turns every line of the screen into ASCII, for terminals that show nothing else."""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LIKE = {
    "-": "─━▔▁╴╶╌",
    "|": "│┃▏▕▎▍╷╵",
    "+": "╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛",
    "#": "█▇▆▅▄▃▂▀▌▐▓▒",
    ".": "…·•░",
    "<": "←◂◀",
    ">": "→▸▶",
    "^": "↑▲▴",
    "v": "↓▼▾",
    "/": "÷",
    "x": "×",
    "~": "≈",
}
_TABLE = str.maketrans({odd: plain for plain, odds in _LIKE.items() for odd in odds})


@lru_cache(maxsize=1024)
def to_ascii(text: str) -> str:
    """A text of the same width in ASCII; what has no likeness becomes question marks."""
    if text.isascii():
        return text
    like = text.translate(_TABLE)
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in like)


class AsciiFilter(LineFilter):
    """Makes each line ASCII, as it is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line in ASCII."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]


ASCII_FILTER = AsciiFilter()
