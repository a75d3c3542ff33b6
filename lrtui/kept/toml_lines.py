"""The line of a TOML text that something stands in. Pure."""

import re
import tomllib
from typing import Any

from lrtui.kept.sections import Place

_MARK = "-lrtui-"


def find_fault_line(fault: tomllib.TOMLDecodeError, text: str) -> int:
    """The line that cannot be read, from 1; the last one, if the end is where something lacks."""
    found = re.search(r"\(at line (\d+),", str(fault))
    return int(found[1]) if found else max(1, len(text.splitlines()))


def find_line(text: str, place: Place) -> int | None:
    """The line of a key, or of an item's header; if it is not found, of what it stands in.

    tomllib tells no lines. So every word that may be the key is numbered, ``epochs-lrtui-3``, and
    tomllib reads the text again: the number that stands at the place is that of the word.
    """
    while place:
        item = place[-1] if isinstance(place[-1], int) else 0
        path = place[:-1] if isinstance(place[-1], int) else place
        if (line := _line_of(text, path, item)) is not None:
            return line
        place = place[:-1]
    return None


def _line_of(text: str, path: Place, item: int) -> int | None:
    """The line of the last key of a path, or of an item of the array that it names."""
    key, starts = str(path[-1]), []

    def numbered(found: re.Match[str]) -> str:
        starts.append(found.start())
        return f"{found[0]}{_MARK}{len(starts) - 1}"

    numbered_text = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", numbered, text)
    try:
        table: Any = tomllib.loads(numbered_text)
        for one in path[:-1]:
            table = table[one]
    except (tomllib.TOMLDecodeError, LookupError):  # a value or an outer key is such a word, too
        return None
    words = sorted(
        (int(name.removeprefix(key + _MARK)), value)
        for name, value in table.items()
        if name.startswith(key + _MARK)
    )
    arrays = [(number, len(value)) for number, value in words if isinstance(value, list)]
    for number, length in arrays if item else [(number, 1) for number, _ in words]:
        if item < length:
            return text.count("\n", 0, starts[number]) + 1
        item -= length
    return None
