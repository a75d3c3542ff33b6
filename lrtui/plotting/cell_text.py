"""Text in a picture: what has one cell a character, and the title in the line of the frame."""

import unicodedata


def fit_cells(text: str, ascii: bool) -> str:
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
    title = fit_cells(title, ascii)
    choices = [f" {title or 'y'} - {base} ", f" y - {base} "] if base else [f" {title} "]
    if not base and not title:
        return ""
    for choice in choices:
        if len(choice) <= room:
            return choice
    if base:
        return None
    return f" {shorten(title, room - 2, ascii)} " if room > 3 else ""


def shorten(text: str, room: int, ascii: bool) -> str:
    """The text, cut to at most `room` cells."""
    if len(text) <= room:
        return text
    return text[: room - 1] + ("~" if ascii else "…") if room > 0 else ""
