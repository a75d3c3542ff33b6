"""What stands in the upper line of the frame: the title, and the legend on its right."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lrtui.plotting.raster import ASCII_DOTS, Band, braille, lit

SAMPLE = 3
"""Cells of a line's sample in the legend."""


class Piece(NamedTuple):
    """Some text and its paint."""

    text: str
    paint: int = 0


class Entry(NamedTuple):
    """A line of the legend."""

    name: str
    style: int
    dashed: int


def one_cell(text: str, ascii: bool) -> str:
    """The text with a question mark for each character that is not exactly one cell wide."""

    def plain(character: str) -> bool:
        if ascii or character.isascii():
            return character.isascii() and character.isprintable()
        wide = unicodedata.east_asian_width(character) in "WF"
        marking = unicodedata.category(character) in ("Mn", "Me", "Cf")
        return character.isprintable() and not (wide or marking)

    return "".join(character if plain(character) else "?" for character in text)


def title_text(title: str, base: str, room: int, ascii: bool) -> str | None:
    """The title in at most `room` cells, with what is to be added to the labels of the axis.

    None if not even that has room: then the labels would lie.
    """
    title = one_cell(title, ascii)
    choices = [f" {title or 'y'} - {base} ", f" y - {base} "] if base else [f" {title} "]
    if not base and not title:
        return ""
    for choice in choices:
        if len(choice) <= room:
            return choice
    if base:
        return None
    return f" {title[: room - 3]}{'~' if ascii else '…'} " if room > 3 else ""


def legend(entries: Sequence[Entry], room: int, ascii: bool) -> list[Piece]:
    """A sample and a name for each, in at most `room` cells; ``+2`` for two that have no room."""
    for shown in range(len(entries), 0, -1):
        hidden = len(entries) - shown
        pieces = [piece for entry in entries[:shown] for piece in _entry(entry, ascii)]
        pieces.append(Piece(f" +{hidden} " if hidden else " "))
        if sum(len(piece.text) for piece in pieces) <= room:
            return pieces
    return []


def _entry(entry: Entry, ascii: bool) -> list[Piece]:
    return [
        Piece(" "),
        Piece(_sample(entry, ascii), entry.style),
        Piece(f" {one_cell(entry.name, ascii)}"),
    ]


def _sample(entry: Entry, ascii: bool) -> str:
    if ascii:
        return dot_of(entry.style) * SAMPLE
    flat = np.full(2 * SAMPLE, 2)
    dots = lit(Band(flat, flat, np.ones(2 * SAMPLE, np.bool_)), 4, entry.dashed)
    return "".join(chr(0x2800 + int(cell)) for cell in braille(dots)[0])


def dot_of(style: int) -> str:
    """The ASCII character of a style."""
    return ASCII_DOTS[(style - 1) % len(ASCII_DOTS)]
