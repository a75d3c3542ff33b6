"""All that the form holds, and what each edit makes of it. Pure: an edit gives another state.

A line's name says where it belongs: ``schedule.decay_rate``, ``warmup.over_steps``, ``part.1``,
``settings.epochs``, ``view.total_steps``.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.protocol.script import Script
from lrtui.protocol.settings import Settings, unused_settings
from lrtui.schedules import Described, Invalid, Parameter, Reading, Schedule, parameters
from lrtui.schedules.fitting import as_high, fitted
from lrtui.tui.form.form_line import FormLine, LineName
from lrtui.tui.form.form_lines import (
    CHOOSER,
    HIDDEN,
    MORE,
    RARE,
    TOTAL_STEPS,
    choices,
    lines_of,
    part_line,
    with_fault,
)
from lrtui.tui.form.form_values import FormValues
from lrtui.tui.form.schedule_parts import ScheduleParts, UnitSection
from lrtui.tui.form.view_settings import ViewSettings
from lrtui.tui.scene.pins import Pins, pinned
from lrtui.tui.scene.scene import MOST_STEPS

LONGEST_EPOCH = 10**6
"""Of a training that has no epochs; ours have none that is longer."""


class FormState(Struct, frozen=True):
    """All that the form holds: the schedule, the settings of a training, the view, the pins."""

    parts: ScheduleParts
    settings: FormValues[Settings] = field(default_factory=lambda: FormValues.of(Settings()))
    view: FormValues[ViewSettings] = field(default_factory=lambda: FormValues.of(ViewSettings()))
    pins: Pins = ()
    """The curves that are kept for comparison."""
    more: bool = False
    """Whether the section of what is rarely turned is open."""
    steers_only: bool = False
    """Whether it stands beside somebody's training, which settings of ours do not concern."""
    fits_schedule: bool = False
    """Whether the steps that are drawn were chosen for a schedule that was opened, by no person."""

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

    def turn(self, name: LineName, notches: int, coarse: bool = False) -> Self:
        """The state after a line was turned by so many notches."""
        if name == MORE:
            return replace(self, more=not self.more)
        if name == CHOOSER:
            names = choices(self.parts)
            place = names.index(self.parts.present.name) if self.parts.present.name in names else 0
            return self.choose(names[(place + notches) % len(names)])
        if name == TOTAL_STEPS and self.view.by_name["total_steps"] is None:
            shown = replace(self, view=self.view.put("total_steps", self.total_steps))
            return shown.turn(name, notches, coarse)
        return self._edit(name, lambda values, field: values.turn(field, notches, coarse))

    def type(self, name: LineName, text: str) -> Self:
        """The state after a text was typed into a line."""
        return self._edit(name, lambda values, field: values.type(field, text))

    def default(self, name: LineName) -> Self:
        """The state with a line at its default; a part of a sequence is removed."""
        if name.section == "part":
            return replace(self, parts=self.parts.remove(name.place))
        if name in (CHOOSER, MORE):
            return self
        return self._edit(name, lambda values, field: values.default(field))

    def choose(self, name: str) -> Self:
        """The state with another schedule as the present part.

        Beside somebody's training one that was not shown yet is as high as the present one: at the
        rates of our small trainings r would ruin it.
        """
        steps, present = self.settings.valid.steps, self.schedule if self.steers_only else None
        return replace(self, parts=self.parts.choose(name, steps, present))

    def beside(self, script: Script) -> Self:
        """The state with settings that last as long as somebody's training, if that is known."""
        steps = script.steps
        if not steps:
            return self
        epoch = script.steps_per_epoch or steps // (1 + steps // LONGEST_EPOCH)
        with suppress(Invalid):
            lasting = replace(
                self.settings.valid, epochs=max(1, steps // epoch), steps_per_epoch=epoch
            )
            return replace(self, settings=FormValues.of(lasting))
        return self

    def open(self, schedule: Schedule) -> Self:
        """The state with another schedule, drawn whole if no person chose what is drawn.

        As many steps are drawn as a training takes, or the schedule, whichever are more.
        """
        opened = replace(self, parts=ScheduleParts.of(schedule))
        if self.view.valid.total_steps is not None and not self.fits_schedule:
            return opened
        steps = opened.own_range
        fits = steps is not None and steps > self.settings.valid.steps
        view = self.view.put("total_steps", steps if fits else None)
        return replace(opened, view=view, fits_schedule=fits)

    def open_reading(self, reading: Reading) -> Self:
        """The state with a schedule that was read; those of other parameter groups are pinned.

        One of which nobody gave a length ends with the training.
        """
        kept = self.pins
        for other in reading.others:
            with suppress(ValueError):  # pinned already, or too many are
                kept = pinned(kept, other)
        read, steps = reading.schedule, self.settings.valid.steps
        if reading.named_only:
            read = fitted(read, steps)
            read = as_high(read, self.schedule, steps) if self.steers_only else read
        opened = self.open(read)
        return replace(opened, pins=kept)

    @property
    def own_range(self) -> int | None:
        """Steps that show the schedule to its end, where they are not those of the training."""
        end, training = self.schedule.end(), self.settings.valid.steps
        return None if end is None or training - 1 <= end <= training else steps_of(self.schedule)

    @property
    def range_name(self) -> str:
        """Whose steps are drawn, where schedule and training differ; empty: a number was set."""
        if self.own_range is None:
            return ""
        if self.view.valid.total_steps is None:
            return "training"
        return "schedule" if self.fits_schedule else ""

    def change_range(self) -> Self:
        """The state with the steps of the schedule drawn, or those of the training again."""
        steps = self.own_range if self.view.valid.total_steps is None else None
        view = self.view.put("total_steps", steps)
        return replace(self, view=view, fits_schedule=steps is not None)

    def stand_on(self, name: LineName) -> Self:
        """The state after the form went to this line: on a part's line, that part is shown."""
        if name.section != "part" or name.place == self.parts.place:
            return self
        return replace(self, parts=self.parts.select(name.place))

    def put(self, name: LineName, value: Any) -> Self:
        """The state with a value, of the line's own type, put into a line."""
        return self._edit(name, lambda values, field: values.put(field, value))

    def parameter(self, name: LineName) -> tuple[Parameter, Any] | None:
        """What a line holds: the parameter and its value; None: nothing that has a value."""
        values = self.values_of(name)
        if values is None:
            return None
        cls: type[Described] = type(values.valid)
        known = {one.name: one for one in parameters(cls)}
        return (known[name.field], values.by_name[name.field]) if name.field in known else None

    def values_of(self, name: LineName) -> FormValues[Any] | None:
        """What holds a line's value; None: nothing, as for the last part, which has no length."""
        parts = self.parts
        match name.section:
            case "heading" | "chooser" | "more":
                return None
            case "schedule":
                return parts.present.values
            case "warmup":
                return parts.warmup
            case "unit":
                return parts.unit
            case "part":
                last = name.place >= len(parts.sequence) - 1
                return None if last else parts.sequence[name.place].length
            case "settings":
                return self.settings
            case "view":
                return self.view
            case _:
                assert_never(name.section)

    def _edit(
        self, name: LineName, change: Callable[[FormValues[Any], str], FormValues[Any]]
    ) -> Self:
        parts, field = self.parts, name.field
        match name.section:
            case "heading" | "chooser" | "more":
                raise LookupError(name)
            case "schedule":
                return replace(self, parts=parts.edit(change(parts.present.values, field)))
            case "warmup":
                return replace(self, parts=replace(parts, warmup=change(parts.warmup, field)))
            case "unit":
                return replace(self, parts=replace(parts, unit=self._unit(change, field)))
            case "part":
                length = change(parts.sequence[name.place].length, field)
                return replace(self, parts=parts.lengthen(name.place, length))
            case "settings":
                return replace(self, settings=change(self.settings, field))
            case "view":
                fits = self.fits_schedule and name != TOTAL_STEPS
                return replace(self, view=change(self.view, field), fits_schedule=fits)
            case _:
                assert_never(name.section)

    def _unit(
        self, change: Callable[[FormValues[Any], str], FormValues[Any]], field: str
    ) -> FormValues[UnitSection]:
        """The unit after a change; where it becomes epochs, they are those of the training."""
        before = self.parts.unit
        after = change(before, field)
        if after.valid.unit == "epoch" != before.valid.unit:
            after = after.put("epoch_is", self.settings.valid.steps_per_epoch)
        return after

    # ------------------------------------------------------------------ lines

    def lines(self, source_faults: Mapping[str, str] | None = None) -> list[FormLine]:
        """The lines of the form.

        Args:
            source_faults: what is wrong in files of the user's own, by source.
        """
        parts = self.parts
        several = len(parts.sequence) > 1
        lines = [part_line(parts, place) for place in range(len(parts.sequence))] if several else []
        label = f"part {parts.place + 1}" if several else ""
        lines.append(FormLine(CHOOSER, label, parts.present.name, choices=True))
        lines += [
            with_fault(one, source_faults or {})
            for one in lines_of("schedule", parts.present.values)
        ]
        warmup = lines_of("warmup", parts.warmup)
        lines += warmup if parts.warmup.by_name["warmup"] != "off" else warmup[:1]
        unit = lines_of("unit", parts.unit)
        unit = unit if parts.unit.by_name["unit"] == "epoch" else unit[:1]
        if self.steers_only:
            return [*lines, *unit]
        lines.append(FormLine(LineName("heading"), "training"))
        settings = lines_of("settings", self.settings, self._hidden_settings())
        often = [one for one in settings if one.name.field not in RARE]
        rare = [one for one in settings if one.name.field in RARE]
        closed = sum(not one.touched for one in rare)
        shown = "hide" if self.more else "show"
        more = FormLine(MORE, f"{closed} more settings", shown, choices=True)
        lines += [*often, more, *(one for one in rare if self.more or one.touched)]
        pace, total, seeds = lines_of("view", self.view)
        if self.view.by_name["total_steps"] is None and not total.fault:
            total = replace(total, text=str(self.total_steps))
        return [*lines, pace, total, seeds, *unit]

    def _hidden_settings(self) -> tuple[str, ...]:
        idle = unused_settings(self.settings.valid) - self.settings.faults.keys()
        return (*HIDDEN, *idle)


def steps_of(schedule: Schedule) -> int | None:
    """How many steps show a schedule to its end, with a little room; None: it has none."""
    end = schedule.end()
    return None if end is None else min(end + end // 20, MOST_STEPS)
