"""What a person does to the sheet: the form's listener, and the dialogs that change a schedule."""

from collections.abc import Callable, Hashable
from typing import Any

from msgspec.structs import replace

from lrtui.protocol.settings import Settings
from lrtui.schedules import (
    Invalid,
    Reading,
    Schedule,
    catalogue,
    parameters,
    parse,
    read,
    read_docstring,
    short_name,
)
from lrtui.schedules.parameters import Turn
from lrtui.schedules.spread import spread
from lrtui.schedules.turning import most_at_once
from lrtui.schedules.user_schedule import UserSchedule, user_sources
from lrtui.tasks import NAMES, task
from lrtui.tui.form.form_state import CHOOSER, Sheet, choices
from lrtui.tui.form.form_values import Draft
from lrtui.tui.form.schedule_parts import Workbench
from lrtui.tui.form.undo import Past
from lrtui.tui.host import Host
from lrtui.tui.plots import pins
from lrtui.tui.terminal.key_repeat import Repeats


class Editor:
    """Holds the sheet; every edit puts another one in its place.

    Args:
        sheet: what the form shows at first.
        host: the app.
        clock: seconds, monotonic: held keys turn faster.
    """

    def __init__(self, sheet: Sheet, host: Host, clock: Callable[[], float]) -> None:
        self._past = Past(sheet)
        self._host = host
        self._clock = clock
        self._repeats = Repeats()
        self._present = CHOOSER

    @property
    def sheet(self) -> Sheet:
        """What the form shows."""
        return self._past.present

    @property
    def present(self) -> str:
        """The line that the form stands on; where that has gone, the first, as in the form."""
        names = [line.name for line in self.sheet.lines() if line.name]
        return self._present if self._present in names else names[0]

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past.before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to do again."""
        return bool(self._past.after)

    # ------------------------------------------------------------------ the form

    def turned(self, name: str, notches: int, coarse: bool) -> None:
        """Turn a parameter, or go to the next schedule. A key that is held turns faster."""
        key = (name, self.sheet.bench.place, notches, coarse)
        self._repeats = self._repeats.press(key, self._clock())
        notches *= self._repeats.notches(self._fastest(name))
        held = (self._repeats.key, self._repeats.since)
        self._put(self.sheet.turn(name, notches, coarse), gesture=held)

    def typed(self, name: str, text: str) -> None:
        """Take a typed value; the source of one's own is read anew."""
        self._put(self.sheet.type(name, text))
        if name == "schedule.source" and text in user_sources(self.sheet.schedule):
            self._host.read_again(text)

    def defaulted(self, name: str) -> None:
        """Go back to a default; a part of a sequence goes."""
        self._put(self.sheet.default(name))

    def stood_on(self, name: str) -> None:
        """Show the parameters of the part that the form stands on."""
        self._present = name
        self._past = self._past.amend(self.sheet.stand_on(name))
        self._host.edited()

    def chosen(self, name: str) -> None:
        """Offer the schedules or the tasks in a list; of other choices take the next."""
        from lrtui.tui.dialogs.dialogs import Choose  # not needed for the first frame

        if name == "settings.task":
            taught = [(one, task(one).teaches) for one in NAMES]
            present = self.sheet.settings.values["task"]
            self._host.push_screen(Choose("task", taught, present), self._choose_task)
            return
        if name != CHOOSER:
            self.turned(name, 1, coarse=False)
            return
        classes: dict[str, type] = {**catalogue(), short_name(UserSchedule): UserSchedule}
        bench = self.sheet.bench
        offered = [(name, read_docstring(classes[name]).summary) for name in choices(bench)]
        self._host.push_screen(Choose("schedule", offered, bench.part.name), self._choose)

    def pasted(self, text: str) -> None:
        """Open a pasted schedule; nonsense is shown in the field where it can be mended."""
        try:
            self._open_reading(read(text))
        except Invalid:
            self.ask(text)

    def pressed(self, key: str) -> bool:
        """A key that means nothing to the form."""
        return self._host.obey(key)

    # ------------------------------------------------------------------ keys

    def undo(self) -> None:
        """Take the last change back."""
        self._go(self._past.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._go(self._past.redo())

    def ask(self, text: str = "") -> None:
        """Ask for a schedule as it stands in a script."""
        from lrtui.tui.dialogs.dialogs import Ask

        hint = "as in a training script, or a short name: CosineDecay(0.1, 1000)"
        text = text or str(self.sheet.schedule)
        self._host.push_screen(Ask("open a schedule", read, text, hint), self._open_reading)

    def add_part(self) -> None:
        """One more schedule after the one that is shown."""
        self._put(replace(self.sheet, bench=self.sheet.bench.add()))

    def move_part(self, by: int) -> None:
        """The part that is shown goes up or down in the sequence."""
        bench = self.sheet.bench
        self._put(replace(self.sheet, bench=bench.move(bench.place, by)))

    def open(self, schedule: Schedule | None) -> None:
        """Show this schedule instead; None: leave it as it is."""
        if schedule is not None:
            self._put(replace(self.sheet, bench=Workbench.of(schedule)))

    def _open_reading(self, reading: Reading | None) -> None:
        """Show the schedule that was read, and tell what was assumed to read it."""
        if reading is not None:
            self.open(reading.schedule)
            if reading.notes:
                self._host.say(" ".join(reading.notes))

    def take(self, schedule: str, settings: Settings) -> None:
        """Show a schedule and how to train with it, as a run or a preset had them."""
        bench = Workbench.of(parse(schedule))
        self._put(replace(self.sheet, bench=bench, settings=Draft.of(settings)))

    def take_rate(self, rate: float) -> None:
        """Make this the schedule's rate: the first of its parameters that is one."""
        rate = float(f"{rate:.3g}")
        for one in parameters(type(self.sheet.bench.part.draft.good)):
            if one.quantity.turn is Turn.DECADES and one.kind is float and not one.optional:
                self._put(self.sheet.put(f"schedule.{one.name}", rate))
                self._host.say(f"{one.name} is now {one.show(rate)}")
                return
        self._host.say("this schedule has no rate of its own to set")

    # ------------------------------------------------------------------ comparison

    def pin(self) -> None:
        """Keep the present curve for comparison."""
        kept = pins.pinned(self.sheet.pins, self.sheet.schedule)
        self._put(replace(self.sheet, pins=kept))

    def list_pins(self) -> None:
        """The pins, and what can be done with them."""
        from lrtui.tui.dialogs.list_dialog import Listing

        keys = (
            ("enter", "take into the form", self._take_pin),
            ("h", "hide or show", lambda place: self._pins(pins.hidden, place)),
            ("n", "name", self._name_pin),
            ("backspace", "remove", lambda place: self._pins(pins.removed, place)),
        )
        self._host.push_screen(Listing("pinned curves", self._pin_lines, keys))

    def _pin_lines(self) -> list[tuple[str, str]]:
        called, _ = pins.names(self.sheet.pins, self.sheet.schedule)
        return [
            (f"{name}{' (hidden)' if pin.hidden else ''}", str(pin.schedule))
            for name, pin in zip(called, self.sheet.pins, strict=True)
        ]

    def _take_pin(self, place: int) -> bool:
        self.open(self.sheet.pins[place].schedule)
        return True

    def _name_pin(self, place: int) -> None:
        from lrtui.tui.dialogs.dialogs import Ask

        def name(text: str | None) -> None:
            if text is not None:
                self._pins(pins.renamed, place, text)

        hint = "empty: named by what differs"
        self._host.push_screen(
            Ask("name of the curve", str, self.sheet.pins[place].given, hint), name
        )

    def _pins(self, change: Callable[..., pins.Pins], place: int, *more: Any) -> None:
        self._put(replace(self.sheet, pins=change(self.sheet.pins, place, *more)))

    @property
    def spreads(self) -> bool:
        """Whether the present line is a parameter of the schedule, whose curves are a family."""
        present = self.present
        outside = present.startswith(("settings.", "view."))
        return not outside and self.sheet.parameter(present) is not None

    def fan(self) -> tuple[tuple[str, Schedule], ...]:
        """The family of curves of the present line: each value, and the schedule with it."""
        found = []
        present = self.present
        held = self.sheet.parameter(present)
        if held is None or not self.spreads:
            return ()
        parameter, value = held
        for other in spread(parameter, value):
            sheet = self.sheet.put(present, other)
            if not sheet.fault:
                found.append((parameter.show(other), sheet.schedule))
        return tuple(found)

    # ------------------------------------------------------------------ within

    def _fastest(self, name: str) -> int:
        """Of what is chosen from a list, a held key skips none."""
        held = self.sheet.parameter(name)
        return 1 if held is None else most_at_once(held[0])

    def _choose_task(self, name: str | None) -> None:
        if name is not None:
            self._put(self.sheet.put("settings.task", name))

    def _choose(self, name: str | None) -> None:
        if name is not None:
            self._put(self.sheet.choose(name))

    def _put(self, sheet: Sheet, gesture: Hashable = None) -> None:
        if sheet != self.sheet:
            self._past = self._past.put(sheet, gesture)
        self._host.edited()

    def _go(self, past: Past[Sheet]) -> None:
        self._past = past
        self._host.edited()
