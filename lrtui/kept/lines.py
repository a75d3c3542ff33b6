"""The line of a TOML text that something stands in. Pure."""

import re
import tomllib
from typing import Any

from lrtui.kept.sections import Place


def line_of_fault(fault: tomllib.TOMLDecodeError, text: str) -> int:
    """The line that cannot be read, from 1; the last one, if the end is where something lacks."""
    found = re.search(r"\(at line (\d+),", str(fault))
    return int(found[1]) if found else max(1, len(text.splitlines()))


def line_of(text: str, place: Place) -> int | None:
    """The line of a key, or of an item's first key; None if it is not found.

    Found by trial: the line is the one in which another name for the key makes it vanish. Costs a
    reading of the text for each line that has the name in it.
    """
    table = tomllib.loads(text)
    while place:
        held = _held(table, place)
        if isinstance(place[-1], int) and isinstance(held, dict) and held:
            place = (*place, next(iter(held)))
        key = place[-1]
        if isinstance(key, str) and (line := _line_of_key(text, place, key)):
            return line
        place = place[:-1]
        if place and isinstance(place[-1], int):
            place = place[:-1]
    return None


def _line_of_key(text: str, place: Place, key: str) -> int | None:
    for found in re.finditer(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text):
        renamed = f"{text[: found.end()]}-renamed{text[found.end() :]}"
        try:
            there = _held(tomllib.loads(renamed), place) is not None
        except tomllib.TOMLDecodeError:
            continue
        if not there:
            return text.count("\n", 0, found.start()) + 1
    return None


def _held(table: Any, place: Place) -> Any:
    """What stands there; None if there is nothing. TOML itself has no null."""
    for key in place:
        try:
            table = table[key]
        except (LookupError, TypeError):
            return None
    return table
