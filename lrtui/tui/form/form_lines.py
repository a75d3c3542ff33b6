"""The lines that the form has of some values: their names, what they are called. Pure."""

from collections.abc import Mapping

from msgspec.structs import replace

from lrtui.schedules import catalogue, parameters, short_name
from lrtui.schedules.user_schedule import UserSchedule
from lrtui.tui.form.form_line import FormLine, LineName, Section
from lrtui.tui.form.form_values import D, FormValues
from lrtui.tui.form.schedule_parts import Part, ScheduleParts

CHOOSER = LineName("chooser")
"""The name of the line that chooses a schedule."""
TOTAL_STEPS = LineName("view", "total_steps")
LABELS = {"drive": "rate is set by", "steps_per_second": "most steps a second"}
"""What lines are called whose names would be riddles."""
MORE = LineName("more")
"""The line that opens the section of what is rarely turned."""
RARE = (
    "drive",
    "plateau_patience",
    "plateau_factor",
    "model_width",
    "model_depth",
    "noise",
    "validation_share",
)
"""Settings in that section, while each has its default."""
HIDDEN = ("eager",)
"""Settings that only the command line offers."""

_kept: dict[Section, tuple[object, tuple[str, ...], list[FormLine]]] = {}
"""Of each section the lines that were made last, and of which values."""


def choices(parts: ScheduleParts) -> list[str]:
    """The schedules that a part can be: compositions are built from warmup and parts.

    One's own is among them once it was opened.
    """
    own = short_name(UserSchedule)
    opened = [own] if own in (parts.present.name, *parts.put_aside) else []
    return [*opened, *(name for name, cls in catalogue().items() if not cls.composition)]


def lines_of(
    section: Section, values: FormValues[D], hidden: tuple[str, ...] = ()
) -> list[FormLine]:
    """The lines of some values; kept, as a turn changes those of one section only."""
    kept = _kept.get(section)
    if kept is None or kept[0] is not values or kept[1] != hidden:
        kept = _kept[section] = values, hidden, _lines_of(section, values, hidden)
    return [*kept[2]]


def _lines_of(section: Section, values: FormValues[D], hidden: tuple[str, ...]) -> list[FormLine]:
    lines = []
    for one in parameters(type(values.valid)):
        if one.name in hidden:
            continue
        value = values.by_name[one.name]
        lines.append(
            FormLine(
                LineName(section, one.name),
                one.name if section == "schedule" else label_of(one.name),
                values.refused.get(one.name) or one.show(value),
                values.faults.get(one.name, ""),
                changed=value != one.default,
                # A task is chosen from a list, of which one entry asks for one's own.
                choices=one.quantity.closed or one.name == "task",
                turns=one.quantity.turns,
                again=section == "schedule" and isinstance(values.valid, UserSchedule),
            )
        )
    return lines


def label_of(name: str) -> str:
    """What the line of a setting is called."""
    return LABELS.get(name, name.replace("_", " "))


def with_fault(line: FormLine, source_faults: Mapping[str, str]) -> FormLine:
    """The line with what is wrong in the user's own file that it names, if anything is."""
    fault = source_faults.get(line.text, "") if line.again else ""
    return replace(line, fault=fault) if fault else line


def part_line(parts: ScheduleParts, place: int) -> FormLine:
    """The line of one of several schedules that follow each other: how long it lasts."""
    part: Part = parts.sequence[place]
    name = LineName("part", "lasts", place)
    label = f"{place + 1} {part.name}"
    if place == len(parts.sequence) - 1:
        return FormLine(name, label, "to the end", turns=False, typed=False)
    (length,) = lines_of("part", part.length)
    return replace(length, name=name, label=label)
