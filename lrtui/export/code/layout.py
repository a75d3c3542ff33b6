"""Laying out source: literals, calls, headings, and lines that fit. Knows no library."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from lrtui import __version__
from lrtui.schedules import Schedule
from lrtui.schedules.number_text import format_number, split_commas

WIDTH = 88


def literal(value: Any, *, brackets: str = "[]") -> str:
    """A parameter's value as source. A tuple gets these brackets.

    Raises:
        TypeError: it is not a value that a parameter can have.
    """
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return format_number(value)
    if isinstance(value, tuple):
        inside = ", ".join(literal(one) for one in value)
        comma = "," if brackets == "()" and len(value) == 1 else ""
        return f"{brackets[0]}{inside}{comma}{brackets[1]}"
    raise TypeError(f"a parameter's value must be a number, text or tuple. Received: {value!r}")


def call(function: str, *positional: str, **named: Any) -> str:
    """A call on one line: positional arguments are source, named ones are values."""
    arguments = [*positional, *(f"{name}={literal(value)}" for name, value in named.items())]
    return f"{function}({', '.join(arguments)})"


def heading(schedule: Schedule, library: str) -> list[str]:
    """The comment that a source begins with: what it is, and what wrote it."""
    form = fold(str(schedule), WIDTH - 2).splitlines()
    return [f"# {line}" for line in form] + [f"# Written by lrtui {__version__} for {library}."]


def comment(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """A comment, filled."""
    start = f"{indent}# "
    return textwrap.wrap(text, width, initial_indent=start, subsequent_indent=start)


def docstring(text: str, indent: str) -> list[str]:
    """A docstring of one paragraph."""
    line = f'{indent}"""{text}"""'
    if len(line) <= WIDTH:
        return [line]
    lines = textwrap.wrap(f'"""{text}', WIDTH, initial_indent=indent, subsequent_indent=indent)
    return [*lines, f'{indent}"""']


def source(blocks: Iterable[Iterable[str]]) -> str:
    """Blocks of lines, two empty lines between them, every line folded."""
    texts = ("\n".join(_folded(block)) for block in blocks)
    return "\n\n\n".join(text for text in texts if text) + "\n"


def _folded(block: Iterable[str]) -> Iterator[str]:
    """The lines of a block, those of docstrings as they are."""
    within = False
    for line in block:
        quotes = line.count('"""')
        yield line if within or quotes else fold(line)
        within ^= quotes == 1


def fold(line: str, width: int = WIDTH) -> str:
    """A line, broken inside its brackets where it is too long."""
    if len(line) <= width or line.lstrip().startswith("#"):
        return line
    found = groups(line)
    if not found:
        return line
    start, stop = max(found, key=lambda group: group[1] - group[0])
    if stop - start <= 1:
        return line
    outer = line[: len(line) - len(line.lstrip())]
    inner = outer + "    "
    pieces = [inner + piece for piece in _at_commas(line[start + 1 : stop])]
    one = inner + line[start + 1 : stop].strip()
    if len(one) <= width:
        pieces = [one]
    elif len(pieces) > 1:
        pieces = [f"{piece}," for piece in pieces]
    body = "\n".join(fold(piece, width) for piece in pieces)
    return f"{line[: start + 1]}\n{body}\n{outer}{line[stop:]}"


def groups(line: str) -> list[tuple[int, int]]:
    """Where the outermost brackets of a line open and close."""
    found, depth, start = [], 0, 0
    for bracket in re.finditer(r"[][(){}]", line):
        if bracket[0] in "([{":
            start = start if depth else bracket.start()
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                found.append((start, bracket.start()))
    return found


def _at_commas(text: str) -> list[str]:
    """A text, split at the commas that stand in no brackets."""
    return [piece.strip() for piece in split_commas(text)]
