"""The last door before the terminal: no row of the screen holds what a terminal would obey."""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


@lru_cache(maxsize=1024)
def to_harmless(text: str) -> str:
    """A text of the same width; what a terminal would obey is a question mark, or has no width."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return (" " if character.isspace() else "?") * cell_len(character)


class HarmlessFilter(LineFilter):
    """Makes each line harmless, as it is drawn, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line; mostly the very same."""
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        return [Segment(to_harmless(text), style, None) for text, style, _ in segments]


HARMLESS_FILTER = HarmlessFilter()
