"""All that the form holds, and what each edit makes of it. Pure: an edit gives another sheet.

A line's name says where it belongs: ``schedule.decay_rate``, ``warmup.over_steps``, ``part.1``,
``settings.epochs``, ``view.total_steps``.
"""

from collections.abc import Callable
from typing import Any, Self

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.protocol.settings import Settings, unused
from lrtui.schedules import Described, Parameter, Schedule, catalogue, parameters, short_name
from lrtui.schedules.parameters import Turn
from lrtui.schedules.user_schedule import UserSchedule
from lrtui.tui.form.form_line import Line
from lrtui.tui.form.form_values import D, Draft
from lrtui.tui.form.schedule_parts import Part, Workbench
from lrtui.tui.form.view_settings import View
from lrtui.tui.plots.pins import Pins

CHOOSER = "schedule"
"""The name of the line that chooses a schedule."""
HIDDEN = ("eager",)
"""Settings that only the command line offers."""


class Sheet(Struct, frozen=True):
    """The schedule in the making, the settings of a training, and the view."""

    bench: Workbench
    settings: Draft[Settings] = field(default_factory=lambda: Draft.of(Settings()))
    view: Draft[View] = field(default_factory=lambda: Draft.of(View()))
    pins: Pins = ()
    """The curves that are kept for comparison."""

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """A sheet that shows this schedule."""
        return cls(Workbench.of(schedule))

    @property
    def schedule(self) -> Schedule:
        """The schedule that is drawn."""
        return self.bench.schedule

    @property
    def total_steps(self) -> int:
        """The steps that are drawn while nothing trains."""
        return self.view.good.total_steps or self.settings.good.steps

    @property
    def fault(self) -> str:
        """The first thing that is wrong with what would be trained; empty: nothing."""
        for name, reason in (*self.bench.faults, *self.settings.faults.items()):
            return f"{name} {reason}"
        return ""

    # ------------------------------------------------------------------ edits

    def turn(self, name: str, notches: int, coarse: bool = False) -> Self:
        """A line turned by so many notches."""
        if name == CHOOSER:
            names = choices(self.bench)
            place = names.index(self.bench.part.name) if self.bench.part.name in names else 0
            return self.choose(names[(place + notches) % len(names)])
        if name == "view.total_steps" and self.view.values["total_steps"] is None:
            shown = replace(self, view=self.view.put("total_steps", self.total_steps))
            return shown.turn(name, notches, coarse)
        return self._edit(name, lambda draft, field: draft.turn(field, notches, coarse))

    def type(self, name: str, text: str) -> Self:
        """A text typed into a line."""
        return self._edit(name, lambda draft, field: draft.type(field, text))

    def default(self, name: str) -> Self:
        """A line back at its default; a part of a sequence goes."""
        section, _, rest = name.partition(".")
        if section == "part":
            return replace(self, bench=self.bench.remove(int(rest)))
        if name == CHOOSER:
            return self
        return self._edit(name, lambda draft, field: draft.default(field))

    def choose(self, name: str) -> Self:
        """Another schedule for the present part."""
        return replace(self, bench=self.bench.choose(name))

    def stand_on(self, name: str) -> Self:
        """The form's present line is this one: standing on a part shows its parameters."""
        section, _, rest = name.partition(".")
        if section != "part" or int(rest) == self.bench.place:
            return self
        return replace(self, bench=self.bench.select(int(rest)))

    def put(self, name: str, value: Any) -> Self:
        """A value of a line's own type put into it."""
        return self._edit(name, lambda draft, field: draft.put(field, value))

    def parameter(self, name: str) -> tuple[Parameter, Any] | None:
        """What a line holds: the parameter and its value; None: nothing that has a value."""
        section, _, rest = name.partition(".")
        bench = self.bench
        drafts: dict[str, Draft[Any]] = {
            "schedule": bench.part.draft,
            "warmup": bench.warmup,
            "settings": self.settings,
            "view": self.view,
        }
        draft, field = drafts.get(section), rest
        if section == "part" and int(rest) < len(bench.parts) - 1:
            draft, field = bench.parts[int(rest)].length, "lasts"
        if draft is None or not rest:
            return None
        cls: type[Described] = type(draft.good)
        known = {one.name: one for one in parameters(cls)}
        return (known[field], draft.values[field]) if field in known else None

    def _edit(self, name: str, change: Callable[[Draft[Any], str], Draft[Any]]) -> Self:
        section, _, rest = name.partition(".")
        bench = self.bench
        match section:
            case "schedule":
                return replace(self, bench=bench.edit(change(bench.part.draft, rest)))
            case "warmup":
                return replace(self, bench=replace(bench, warmup=change(bench.warmup, rest)))
            case "part":
                place = int(rest)
                length = change(bench.parts[place].length, "lasts")
                return replace(self, bench=bench.lengthen(place, length))
            case "settings":
                return replace(self, settings=change(self.settings, rest))
            case "view":
                return replace(self, view=change(self.view, rest))
        raise LookupError(name)

    # ------------------------------------------------------------------ lines

    def lines(self) -> list[Line]:
        """The form."""
        bench = self.bench
        several = len(bench.parts) > 1
        lines = [_part_line(bench, place) for place in range(len(bench.parts))] if several else []
        label = f"part {bench.place + 1}" if several else ""
        lines.append(Line(CHOOSER, label, bench.part.name, choices=True))
        lines += draft_lines("schedule", bench.part.draft)
        warmup = draft_lines("warmup", bench.warmup)
        lines += warmup if bench.warmup.values["warmup"] != "off" else warmup[:1]
        lines.append(Line("", "training"))
        lines += draft_lines("settings", self.settings, self._hidden_settings())
        pace, total = draft_lines("view", self.view)
        if self.view.values["total_steps"] is None and not total.fault:
            total = replace(total, text=str(self.total_steps))
        return [*lines, pace, total]

    def _hidden_settings(self) -> tuple[str, ...]:
        idle = unused(self.settings.good) - self.settings.faults.keys()
        return (*HIDDEN, *idle)


def choices(bench: Workbench) -> list[str]:
    """The schedules that a part can be: compositions are built from warmup and parts.

    One's own is among them once it was opened.
    """
    own = short_name(UserSchedule)
    opened = [own] if own in (bench.part.name, *bench.put_aside) else []
    return [*opened, *(name for name, cls in catalogue().items() if not cls.composition)]


def draft_lines(section: str, draft: Draft[D], hidden: tuple[str, ...] = ()) -> list[Line]:
    """The lines of a draft's parameters."""
    lines = []
    for one in parameters(type(draft.good)):
        if one.name in hidden:
            continue
        value = draft.values[one.name]
        lines.append(
            Line(
                f"{section}.{one.name}",
                one.name if section == "schedule" else one.name.replace("_", " "),
                draft.refused.get(one.name) or one.show(value),
                draft.faults.get(one.name, ""),
                changed=value != one.default,
                choices=one.closed,
                turns=one.quantity.turn is not Turn.NONE,
                again=section == "schedule" and isinstance(draft.good, UserSchedule),
            )
        )
    return lines


def _part_line(bench: Workbench, place: int) -> Line:
    part: Part = bench.parts[place]
    label = f"{place + 1} {part.name}"
    if place == len(bench.parts) - 1:
        return Line(f"part.{place}", label, "to the end", turns=False, typed=False)
    (length,) = draft_lines(f"part.{place}", part.length)
    return replace(length, name=f"part.{place}", label=label)
