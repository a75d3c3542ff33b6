"""What a curve is made of: the dots of a cell, and the character for each pattern of them.

Braille has the finest dots; quadrant blocks, which plotext calls hd, are bold and in most fonts;
ASCII has one dot a cell, and a character of its own for each style.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

import numpy as np
from msgspec import Struct

from lrtui.schedules.arrays import Bools, Uint8s, Uint32s

MarkerName = Literal["braille", "hd", "ascii"]
MARKERS: tuple[MarkerName, ...] = get_args(MarkerName)
"""Every marker, the finest first."""
ASCII_DOTS = "*ox#%@&=$~vszewnpt"
"""The character of each style, in turn, where there is nothing but ASCII."""


class Marker(Struct, frozen=True, eq=False):
    """How the dots of a cell become a character."""

    rows: int
    """Dot rows in a cell."""
    bits: Uint8s
    """What each dot of a cell adds to the pattern, shape (rows, 2)."""
    glyphs: Uint32s
    """The code point of each pattern; 0 is blank."""

    def patterns(self, dots: Bools) -> Uint8s:
        """The pattern of each cell; dots of shape (rows, columns), whole cells of them."""
        lit = dots.view(np.uint8)
        patterns = np.zeros((dots.shape[0] // self.rows, dots.shape[1] // 2), np.uint8)
        for (down, across), bit in np.ndenumerate(self.bits):
            patterns |= lit[down :: self.rows, across::2] * bit
        return patterns


@cache
def _braille() -> Marker:
    bits = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
    return Marker(rows=4, bits=bits, glyphs=np.arange(0x2800, 0x2900, dtype=np.uint32))


@cache
def _hd() -> Marker:
    blocks = [ord(block) for block in " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"]
    bits = np.array([[1, 2], [4, 8]], np.uint8)
    return Marker(rows=2, bits=bits, glyphs=np.array(blocks, np.uint32))


def marker_of(name: MarkerName) -> Marker | None:
    """The marker of this name; None for ASCII, whose characters tell styles and not dots.

    Raises:
        ValueError: there is no such marker.
    """
    if name not in MARKERS:
        raise ValueError(f"marker must be one of {', '.join(MARKERS)}. Received: {name!r}")
    if name == "ascii":
        return None
    return _braille() if name == "braille" else _hd()


def ascii_only(encoding: str | None, environment: Mapping[str, str]) -> bool:
    """Whether a terminal can be trusted with nothing but ASCII.

    A locale C that is asked for is taken at its word, though Python writes UTF-8 under it; one that
    is not set at all says nothing, as in most containers. The Linux console's font has no braille.

    Args:
        encoding: of stdout.
        environment: the process's.
    """
    plain = (encoding or "ascii").lower().replace("-", "").replace("_", "")
    named = (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next(filter(None, named), "")
    return (
        plain not in ("utf8", "utf16")
        or locale in ("C", "POSIX")
        or environment.get("TERM") == "linux"
    )


def dot_rows(marker: Marker | None) -> int:
    """Dot rows in a cell."""
    return 1 if marker is None else marker.rows


def ascii_dot(style: int) -> str:
    """The ASCII character of a style."""
    return ASCII_DOTS[(style - 1) % len(ASCII_DOTS)]
