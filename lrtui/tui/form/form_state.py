"""All that the form holds, and what each edit makes of it. Pure: an edit gives another state.

A line's name says where it belongs: ``schedule.decay_rate``, ``warmup.over_steps``, ``part.1``,
``settings.epochs``, ``view.total_steps``.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.protocol.settings import Settings, unused_settings
from lrtui.schedules import Described, Parameter, Schedule, catalogue, parameters, short_name
from lrtui.schedules.quantities import OneTwoFive
from lrtui.schedules.user_schedule import UserSchedule
from lrtui.tui.form.form_line import FormLine
from lrtui.tui.form.form_values import D, FormValues
from lrtui.tui.form.schedule_parts import Part, ScheduleParts
from lrtui.tui.scene.pins import Pins

CHOOSER = "schedule"
"""The name of the line that chooses a schedule."""
HIDDEN = ("eager",)
"""Settings that only the command line offers."""

Pace = Annotated[int, OneTwoFive("steps a second", low=1, high=10**6)]
TotalSteps = Annotated[int, OneTwoFive("steps", low=1, high=10**9)]


class ViewSettings(Described, frozen=True):
    """What the plot of rates shows while nothing trains, and how fast a training may go.

    Args:
        steps_per_second: at most so many, so that there is time to watch and to reset; none: as
            fast as it can. The numbers are the same.
        total_steps: steps that are drawn; none: as many as a training takes, epochs times
            steps_per_epoch.
    """

    steps_per_second: Pace | None = 100
    total_steps: TotalSteps | None = None


class FormState(Struct, frozen=True):
    """All that the form holds: the schedule, the settings of a training, the view, the pins."""

    parts: ScheduleParts
    settings: FormValues[Settings] = field(default_factory=lambda: FormValues.of(Settings()))
    view: FormValues[ViewSettings] = field(default_factory=lambda: FormValues.of(ViewSettings()))
    pins: Pins = ()
    """The curves that are kept for comparison."""
    steers_only: bool = False
    """Whether it stands beside somebody's training, which settings of ours do not concern."""

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """A state that shows this schedule."""
        return cls(ScheduleParts.of(schedule))

    @property
    def schedule(self) -> Schedule:
        """The schedule that is drawn."""
        return self.parts.schedule

    @property
    def total_steps(self) -> int:
        """The steps that are drawn while nothing trains."""
        return self.view.valid.total_steps or self.settings.valid.steps

    @property
    def fault(self) -> str:
        """The first thing that is wrong with what would be trained; empty: nothing."""
        for name, reason in (*self.parts.faults, *self.settings.faults.items()):
            return f"{name} {reason}"
        return ""

    # ------------------------------------------------------------------ edits

    def turn(self, name: str, notches: int, coarse: bool = False) -> Self:
        """The state after a line was turned by so many notches."""
        if name == CHOOSER:
            names = choices(self.parts)
            place = names.index(self.parts.present.name) if self.parts.present.name in names else 0
            return self.choose(names[(place + notches) % len(names)])
        if name == "view.total_steps" and self.view.by_name["total_steps"] is None:
            shown = replace(self, view=self.view.put("total_steps", self.total_steps))
            return shown.turn(name, notches, coarse)
        return self._edit(name, lambda values, field: values.turn(field, notches, coarse))

    def type(self, name: str, text: str) -> Self:
        """The state after a text was typed into a line."""
        return self._edit(name, lambda values, field: values.type(field, text))

    def default(self, name: str) -> Self:
        """The state with a line at its default; a part of a sequence is removed."""
        section, _, rest = name.partition(".")
        if section == "part":
            return replace(self, parts=self.parts.remove(int(rest)))
        if name == CHOOSER:
            return self
        return self._edit(name, lambda values, field: values.default(field))

    def choose(self, name: str) -> Self:
        """The state with another schedule as the present part."""
        return replace(self, parts=self.parts.choose(name))

    def stand_on(self, name: str) -> Self:
        """The state after the form went to this line: on a part's line, that part is shown."""
        section, _, rest = name.partition(".")
        if section != "part" or int(rest) == self.parts.place:
            return self
        return replace(self, parts=self.parts.select(int(rest)))

    def put(self, name: str, value: Any) -> Self:
        """The state with a value, of the line's own type, put into a line."""
        return self._edit(name, lambda values, field: values.put(field, value))

    def parameter(self, name: str) -> tuple[Parameter, Any] | None:
        """What a line holds: the parameter and its value; None: nothing that has a value."""
        section, _, rest = name.partition(".")
        parts = self.parts
        held: dict[str, FormValues[Any]] = {
            "schedule": parts.present.values,
            "warmup": parts.warmup,
            "settings": self.settings,
            "view": self.view,
        }
        values, field = held.get(section), rest
        if section == "part" and int(rest) < len(parts.sequence) - 1:
            values, field = parts.sequence[int(rest)].length, "lasts"
        if values is None or not rest:
            return None
        cls: type[Described] = type(values.valid)
        known = {one.name: one for one in parameters(cls)}
        return (known[field], values.by_name[field]) if field in known else None

    def _edit(self, name: str, change: Callable[[FormValues[Any], str], FormValues[Any]]) -> Self:
        section, _, rest = name.partition(".")
        parts = self.parts
        match section:
            case "schedule":
                return replace(self, parts=parts.edit(change(parts.present.values, rest)))
            case "warmup":
                return replace(self, parts=replace(parts, warmup=change(parts.warmup, rest)))
            case "part":
                place = int(rest)
                length = change(parts.sequence[place].length, "lasts")
                return replace(self, parts=parts.lengthen(place, length))
            case "settings":
                return replace(self, settings=change(self.settings, rest))
            case "view":
                return replace(self, view=change(self.view, rest))
        raise LookupError(name)

    # ------------------------------------------------------------------ lines

    def lines(self, source_faults: Mapping[str, str] | None = None) -> list[FormLine]:
        """The lines of the form.

        Args:
            source_faults: what is wrong in files of the user's own, by source.
        """
        parts = self.parts
        several = len(parts.sequence) > 1
        lines = (
            [_part_line(parts, place) for place in range(len(parts.sequence))] if several else []
        )
        label = f"part {parts.place + 1}" if several else ""
        lines.append(FormLine(CHOOSER, label, parts.present.name, choices=True))
        lines += [
            _with_fault(one, source_faults or {})
            for one in lines_of("schedule", parts.present.values)
        ]
        warmup = lines_of("warmup", parts.warmup)
        lines += warmup if parts.warmup.by_name["warmup"] != "off" else warmup[:1]
        if self.steers_only:
            return lines
        lines.append(FormLine("", "training"))
        lines += lines_of("settings", self.settings, self._hidden_settings())
        pace, total = lines_of("view", self.view)
        if self.view.by_name["total_steps"] is None and not total.fault:
            total = replace(total, text=str(self.total_steps))
        return [*lines, pace, total]

    def _hidden_settings(self) -> tuple[str, ...]:
        idle = unused_settings(self.settings.valid) - self.settings.faults.keys()
        return (*HIDDEN, *idle)


def choices(parts: ScheduleParts) -> list[str]:
    """The schedules that a part can be: compositions are built from warmup and parts.

    One's own is among them once it was opened.
    """
    own = short_name(UserSchedule)
    opened = [own] if own in (parts.present.name, *parts.put_aside) else []
    return [*opened, *(name for name, cls in catalogue().items() if not cls.composition)]


def lines_of(section: str, values: FormValues[D], hidden: tuple[str, ...] = ()) -> list[FormLine]:
    """The lines of some values."""
    lines = []
    for one in parameters(type(values.valid)):
        if one.name in hidden:
            continue
        value = values.by_name[one.name]
        lines.append(
            FormLine(
                f"{section}.{one.name}",
                one.name if section == "schedule" else one.name.replace("_", " "),
                values.refused.get(one.name) or one.show(value),
                values.faults.get(one.name, ""),
                changed=value != one.default,
                choices=one.quantity.closed,
                turns=one.quantity.turns,
                again=section == "schedule" and isinstance(values.valid, UserSchedule),
            )
        )
    return lines


def _with_fault(line: FormLine, source_faults: Mapping[str, str]) -> FormLine:
    fault = source_faults.get(line.text, "") if line.again else ""
    return replace(line, fault=fault) if fault else line


def _part_line(parts: ScheduleParts, place: int) -> FormLine:
    part: Part = parts.sequence[place]
    label = f"{place + 1} {part.name}"
    if place == len(parts.sequence) - 1:
        return FormLine(f"part.{place}", label, "to the end", turns=False, typed=False)
    (length,) = lines_of(f"part.{place}", part.length)
    return replace(length, name=f"part.{place}", label=label)
