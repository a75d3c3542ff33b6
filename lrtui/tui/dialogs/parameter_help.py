"""What the dialog about a parameter says: its meaning, its bounds, its effect on the curve.

Pure. The texts are those of the docstrings; nothing is said here that is not said there.
"""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from lrtui.plotting.columns import Columns, schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Curve, Picture
from lrtui.protocol import optimizers
from lrtui.schedules import Described, Parameter, Schedule, parameters, read_docstring
from lrtui.tasks import task
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_lines import CHOOSER, MORE
from lrtui.tui.form.form_state import FormState
from lrtui.tui.scene.pictures import FORM, PINS

LABELS = 10
"""Cells of the column of headings."""
_LONGEST_NAME = 16


@dataclass(frozen=True)
class ParameterHelp:
    """What there is to say about a parameter."""

    title: str
    """Its name and present value: ``decay_rate = 0.96``."""
    facts: tuple[tuple[str, str], ...]
    """Heading and text: means, may be, default, turns by, formula, note, reference. A text of
    several lines keeps them."""
    present: Schedule | None = None
    """The schedule with the present value."""
    curves: tuple[tuple[str, Schedule], ...] = ()
    """It and those with other values, named by them; empty where it does not change the curve."""
    steps: int = 0
    """How many steps a picture of them shows."""

    def picture(self, width: int, height: int, marker: MarkerName = "braille") -> Picture:
        """The curves, the present one first among them by its paint.

        Args:
            width: in cells.
            height: in cells.
            marker: what the curves are made of.
        """
        drawn, number = [], 0
        for name, schedule in self.curves:
            columns: Columns = schedule_columns(schedule, 0, self.steps, columns_of(width))
            if schedule == self.present:
                drawn.append(Curve(columns, FORM, name=name))
            else:
                number += 1
                drawn.append(Curve(columns, PINS + number, dashed=number, name=name))
        title = "learning rate"
        return plot(width, height, drawn, start=0, stop=self.steps, title=title, marker=marker)

    def rows(self, width: int) -> list[str]:
        """The facts as text of at most `width` cells, headings on the left."""
        found, room = [], max(1, width - LABELS)
        for heading, text in self.facts:
            label = heading
            for line in text.splitlines():
                deep = len(line) - len(line.lstrip()) + 2 if "\n" in text else 0
                longest = max(map(len, line.split()), default=0)
                more = " " * min(deep, max(0, room - longest))  # no name is broken for an indent
                wrapped = textwrap.wrap(line, room, subsequent_indent=more, drop_whitespace=True)
                for part in wrapped or [""]:
                    found.append(f"{label:<{LABELS}}{part}".rstrip())
                    label = ""
        return found


def parameter_help(form_state: FormState, name: LineName, steps: int) -> ParameterHelp:
    """Help on a line of the form.

    Args:
        form_state: what the form holds.
        name: of the line.
        steps: how many its picture shows.
    """
    parts, present = form_state.parts, form_state.schedule
    if name == CHOOSER:
        kind = type(parts.present.values.valid)
        facts = (("means", read_docstring(kind).summary.replace("`", "")), *_about(kind))
        return ParameterHelp(parts.present.name, facts, present, (("", present),), steps)
    if name == MORE:
        meaning = "settings that are rarely turned and have their defaults; Enter shows or hides"
        return ParameterHelp("more settings", (("means", meaning),))
    values = form_state.values_of(name)
    if values is None:
        meaning = "the last part lasts to the end of the training"
        return ParameterHelp(f"part {len(parts.sequence)}", (("means", meaning),))
    cls: type[Described] = type(values.valid)
    one = next(one for one in parameters(cls) if one.name == name.field)
    value = values.by_name[name.field]
    title = f"{name.field} = {one.show(value)}"
    if name.section in ("settings", "view"):
        return ParameterHelp(title, (*_facts(one), *_of_value(name, value)))
    facts = (*_facts(one), *(_about(cls) if issubclass(cls, Schedule) else ()))
    curves = _variants(one, value, present, steps, lambda text: form_state.type(name, text))
    return ParameterHelp(title, facts, present, tuple(curves), steps)


def _of_value(name: LineName, value: Any) -> Iterator[tuple[str, str]]:
    """What the value that is set means, where each has a meaning of its own."""
    if name == LineName("settings", "task"):
        yield "task", task(value).about
        yield "teaches", task(value).teaches
    elif name == LineName("settings", "optimizer"):
        optimizer = optimizers.read(value)
        yield "keras", str(optimizer)
        if optimizer.note:
            yield "note", optimizer.note


def _facts(one: Parameter) -> Iterator[tuple[str, str]]:
    yield "means", one.help
    yield "may be", _allowed(one)
    if one.default is not msgspec.NODEFAULT:
        yield "default", one.show(one.default)
    yield "turns by", one.quantity.turned_by


def _allowed(one: Parameter) -> str:
    """As the form writes values: on and off, and with the unit."""
    if one.type is bool:
        return "on or off"
    unit = f" ({one.quantity.unit})" if one.quantity.unit else ""
    none = ", or none" if one.optional else ""
    return f"{one.allowed.removeprefix('must be ').removesuffix(none)}{unit}{none}"


def _about(cls: type[Described]) -> tuple[tuple[str, str], ...]:
    prose = read_docstring(cls)
    note = prose.note.replace("`", "")
    about = (("formula", prose.formula), ("note", note), ("reference", prose.reference))
    return tuple((heading, text) for heading, text in about if text)


def _variants(
    one: Parameter, value: Any, present: Schedule, steps: int, typed: Callable[[str], FormState]
) -> list[tuple[str, Schedule]]:
    """Names and schedules for a few values, ascending; the present one is named so."""
    scale = steps if one.quantity.unit == "steps" else _highest(present, steps)
    values = list(one.values_to_compare(value, 3, scale))
    if one.many and not one.nested:
        values.append(tuple(2 * item for item in value))
    found = []
    for other in values:
        if other == value:
            found.append((f"{_short(one.show(value))} now", present))
            continue
        schedule = typed(one.show(other)).schedule
        if schedule != present:  # what is refused, or says nothing here, changes nothing
            found.append((_short(one.show(other)), schedule))
    return found


def _highest(schedule: Schedule, steps: int) -> float | None:
    """The highest rate; None if that says nothing."""
    high = schedule_columns(schedule, 0, steps, 64).high
    known = high[np.isfinite(high)]
    return float(f"{known.max():.3g}") or None if known.size else None


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 3]}..."
