"""One line of the form, as a value, and how it is drawn. Pure."""

import textwrap
from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lrtui.tui import paints
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.text_field import TextField

Styles = Callable[[Paint], Style]
"""From a paint to its style."""


Section = Literal[
    "heading", "chooser", "schedule", "warmup", "unit", "part", "settings", "view", "more"
]
"""What holds the value of a line. The chooser is the line that names the schedule;
more opens what is rarely turned."""


class LineName(NamedTuple):
    """Which line of the form."""

    section: Section
    field: str = ""
    """Of the values that the section holds; empty: a heading, or the chooser."""
    place: int = 0
    """In the section ``part``: which one, from 0."""


class FormLine(Struct, frozen=True):
    """One line of a form."""

    name: LineName
    label: str
    text: str = ""
    fault: str = ""
    """Why `text` cannot be."""
    changed: bool = False
    """Whether the value differs from its default: it is bold then, with a mark before it."""
    choices: bool = False
    """Whether it is chosen rather than typed."""
    turns: bool = True
    """Whether the arrow keys turn it."""
    typed: bool = True
    """Whether a value can be typed."""
    again: bool = False
    """Whether typing what is there already means something."""

    @property
    def touched(self) -> bool:
        """Whether something else than the default was set, or tried."""
        return self.changed or bool(self.fault)

    @property
    def is_heading(self) -> bool:
        """Whether it has no value, and cannot be stood on."""
        return self.name.section == "heading"


def rows_of(
    line: FormLine, present: bool, typing: TextField | None, width: int, style: Styles, ascii: bool
) -> list[Strip]:
    """What a line is shown as: its value, or what is typed into it, and what is wrong with it.

    Args:
        line: which.
        present: whether keys act on it.
        typing: what is typed into it, if anything is.
        width: of the rows, in cells.
        style: gives the styles.
        ascii: whether only ASCII can be shown.
    """
    if line.is_heading:
        dash = "-" if ascii else "─"
        rule = f"{dash * 2} {line.label} ".ljust(width, dash)
        return [Strip([Segment(rule[:width], style(paints.HEADING))])]
    if typing is not None:
        rows = [_field(line, typing, width, style)]
    else:
        rows = [_value(line, present, width, style, ascii)]
    fault = style(paints.PRESENT_FAULT if present else paints.FAULT)
    for reason in textwrap.wrap(line.fault, width) if line.fault else ():
        rows.append(Strip([Segment(reason.ljust(width), fault)]))
    return rows


def _value(line: FormLine, present: bool, width: int, style: Styles, ascii: bool) -> Strip:
    text = line.text
    if present and line.turns:
        left, right = ("<", ">") if ascii else ("◂", "▸")
        text = f"{left} {text} {right}"
    mark = " " if not line.changed else "*" if ascii else "•"
    text = _cut(f"{mark}{text}", width)
    label = _cut(line.label, width - len(text)).ljust(width - len(text))
    if present:
        under, paint = paints.PRESENT_LABEL, paints.PRESENT_VALUE
    else:
        under, paint = paints.LABEL, paints.VALUE
    if line.fault:
        paint = paints.PRESENT_FAULT if present else paints.FAULT
    bold = Style(bold=line.changed or present)
    return Strip(
        [
            Segment(label, style(under)),
            Segment(text, style(paint) + bold),
        ]
    )


def _field(line: FormLine, typing: TextField, width: int, style: Styles) -> Strip:
    label = _cut(line.label, width // 2)
    room = max(1, width - len(label) - 1)
    first = max(0, typing.at - room + 1)
    text = typing.text[first : first + room].ljust(room)
    at = typing.at - first
    field = style(paints.FIELD)
    chosen = field + Style(reverse=True)
    before = chosen if typing.fresh else field
    return Strip(
        [
            Segment(f"{label} ", style(paints.PRESENT_LABEL)),
            Segment(text[:at], before),
            Segment(text[at : at + 1], chosen),
            Segment(text[at + 1 :], field),
        ]
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…" * (width > 0)
