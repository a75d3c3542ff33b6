"""Changes what the form holds, as keys and dialogs ask for it, and remembers it for undo."""

from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from lrtui.protocol import Script, Settings
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
from lrtui.schedules.family.per_epoch import PerEpoch
from lrtui.schedules.files import is_database
from lrtui.schedules.quantities import Rate
from lrtui.schedules.user_schedule import UserSchedule, user_sources
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_lines import CHOOSER, MORE, TOTAL_STEPS, choices
from lrtui.tui.form.form_state import FormState
from lrtui.tui.form.form_values import FormValues
from lrtui.tui.form.pin_list import PinList
from lrtui.tui.form.task_choice import TASK, TaskChoice, with_own_optimizer
from lrtui.tui.form.undo import UndoHistory
from lrtui.tui.host import Host
from lrtui.tui.list_line import ListLine
from lrtui.tui.scene.pictures import curve_picture
from lrtui.tui.terminal.key_repeat import KeyRepeat


class Editor:
    """Holds the state of the form; each edit puts another state in its place.

    Args:
        form_state: what the form shows at first.
        host: the app.
        clock: seconds, monotonic: held keys turn faster.
    """

    def __init__(self, form_state: FormState, host: Host, clock: Callable[[], float]) -> None:
        self._history = UndoHistory(form_state)
        self._host = host
        self._clock = clock
        self._key_repeat = KeyRepeat()
        self._present = CHOOSER
        self._task_choice = TaskChoice(self, host)
        self.pin_list = PinList(self, host)
        """The pinned curves."""

    @property
    def form_state(self) -> FormState:
        """What the form shows."""
        return self._history.present

    @property
    def present_line(self) -> LineName:
        """The line that the form stands on; where that has gone, the first, as in the form."""
        names = [line.name for line in self.form_state.lines() if not line.is_heading]
        return self._present if self._present in names else names[0]

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._history.before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to do again."""
        return bool(self._history.after)

    # ------------------------------------------------------------------ the form

    def turn(self, name: LineName, notches: int, coarse: bool) -> None:
        """Turn a parameter, or go to the next schedule. A key that is held turns faster."""
        if name == MORE:
            self.choose(name)
            return
        key = (name, self.form_state.parts.place, notches, coarse)
        self._key_repeat = self._key_repeat.press(key, self._clock())
        notches *= self._key_repeat.notches(self._fastest(name))
        held = (self._key_repeat.key, self._key_repeat.since)
        turned = self.form_state.turn(name, notches, coarse)
        self.put(with_own_optimizer(self.form_state, turned), gesture=held)

    def type(self, name: LineName, text: str) -> None:
        """Take a typed value; a source of the user's own is read anew."""
        form_state = self.form_state.type(name, text)
        if form_state != self.form_state:
            self._host.typed(text, form_state.schedule)
        self.put(form_state)
        if name == LineName("schedule", "source") and text in user_sources(
            self.form_state.schedule
        ):
            self._guess_unit(text)
            self._host.read_again(text)

    def _guess_unit(self, source: str) -> None:
        """Count epochs where the source's function does, and tell; who typed it may change that."""
        reading = read(source)
        if isinstance(reading.schedule, PerEpoch):
            state = self.form_state.put(LineName("unit", "unit"), "epoch")
            self._history = self._history.amend(state)
            self._host.edited()
            self._host.say(f"{source} counts epochs by its argument: unit is now epoch")

    def set_default(self, name: LineName) -> None:
        """Go back to a default; a part of a sequence goes."""
        self.put(with_own_optimizer(self.form_state, self.form_state.default(name)))

    def stand_on(self, name: LineName) -> None:
        """Show the parameters of the part that the form stands on."""
        self._present = name
        self._history = self._history.amend(self.form_state.stand_on(name))
        self._host.edited()

    def choose(self, name: LineName) -> None:
        """Offer the schedules or the tasks in a list; of other choices take the next."""
        if name == TASK:
            self._task_choice.show()
            return
        if name == MORE:
            self._history = self._history.amend(self.form_state.turn(name, 1))
            self._host.edited()
            return
        if name != CHOOSER:
            self.turn(name, 1, coarse=False)
            return
        classes: dict[str, type] = {**catalogue(), short_name(UserSchedule): UserSchedule}
        parts = self.form_state.parts
        from lrtui.tui.dialogs.gallery import Gallery

        total, marker = self._host.scene.total, self._host.scene.marker
        cards = []
        for short in choices(parts):
            schedule = self.form_state.choose(short).schedule
            draw = partial(curve_picture, schedule, total, marker)
            about = read_docstring(classes[short]).summary.replace("`", "")
            cards.append(ListLine(short, about, draw=draw))
        title = f"schedules, over {total} steps"
        self._host.push_screen(Gallery(title, cards, parts.present.name), self._choose)

    def paste(self, text: str) -> None:
        """Open a pasted schedule; nonsense is shown in the field where it can be mended."""
        try:
            self._open_reading(read(text))
        except Invalid:
            self.ask_schedule(text)

    def press(self, key: str) -> bool:
        """Obey a key that means nothing to the form."""
        return self._host.obey(key)

    # ------------------------------------------------------------------ keys

    def undo(self) -> None:
        """Take the last change back."""
        self._go(self._history.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._go(self._history.redo())

    def ask_schedule(self, text: str = "") -> None:
        """Ask for a schedule as it stands in a script."""
        from lrtui.tui.dialogs.dialogs import AskDialog

        hint = "as in a script, or a short name: CosineDecay(0.1, 1000); or a file of lrtui sweep"
        offered = text or str(self.form_state.schedule)

        def meaning(text: str) -> Reading | Path:
            if is_database(path := Path(text.strip()).expanduser()):
                return path
            reading = read(text)
            if text != offered:  # else it is not what the person typed
                self._host.typed(text, reading.schedule)
            return reading

        dialog = AskDialog("open a schedule", meaning, offered, hint)
        self._host.push_screen(dialog, self._open_reading)

    def add_part(self) -> None:
        """Add a schedule after the one that is shown."""
        self.put(replace(self.form_state, parts=self.form_state.parts.add()))

    def move_part(self, by: int) -> None:
        """Move the part that is shown up (-1) or down (1) in the sequence."""
        parts = self.form_state.parts
        self.put(replace(self.form_state, parts=parts.move(parts.place, by)))

    def open(self, schedule: Schedule | None) -> None:
        """Show this schedule instead; None: leave it as it is."""
        if schedule is not None:
            self.put(self.form_state.open(schedule))

    def stand_beside(self, script: Script) -> None:
        """Have schedules that are chosen last as long as somebody's training."""
        self._history = self._history.amend(self.form_state.beside(script))

    def begin_with(self, schedule: Schedule) -> None:
        """Show this schedule, unless something was edited already."""
        if not self.can_undo:
            self._history = UndoHistory(self.form_state.open(schedule))

    def _open_reading(self, reading: Reading | Path | None) -> None:
        """Show the schedule that was read, and tell what was assumed to read it; or a sweep."""
        if isinstance(reading, Path):
            self._host.open_store(reading)
        elif reading is not None:
            self.put(self.form_state.open_reading(reading))
            if reading.notes:
                self._host.say(" ".join(reading.notes))

    def load(self, schedule: str, settings: Settings | Script) -> None:
        """Show a schedule and how to train with it, as a run or a preset had them.

        A training of somebody's script has no settings of ours: those of the form stay.

        Raises:
            Invalid: the schedule is none that is known here.
        """
        read, state = parse(schedule), self.form_state
        if isinstance(settings, Settings):
            state = replace(state, settings=FormValues.of(settings))
        self.put(state.open(read))

    def set_rate(self, rate: float) -> None:
        """Make this the schedule's rate: the first of its parameters that is one."""
        rate = float(f"{rate:.3g}")
        for one in parameters(type(self.form_state.parts.present.values.valid)):
            if isinstance(one.quantity, Rate) and not one.optional:
                self.put(self.form_state.put(LineName("schedule", one.name), rate))
                self._host.say(f"{one.name} is now {one.show(rate)}")
                return
        self._host.say("this schedule has no rate of its own to set")

    def change_range(self) -> None:
        """Draw the steps of the schedule, or those of the training again."""
        self.put(self.form_state.change_range())

    def draw_steps(self, count: int) -> None:
        """Have so many steps drawn while nothing trains."""
        self.put(self.form_state.put(TOTAL_STEPS, count))

    def put(self, form_state: FormState, gesture: Hashable = None) -> None:
        """Put this state in the place of the present one, and have it drawn.

        Args:
            form_state: what the form is to show.
            gesture: undo takes all changes of one gesture back together.
        """
        if form_state != self.form_state:
            self._history = self._history.put(form_state, gesture)
        self._host.edited()

    def take(self, name: LineName, value: Any) -> None:
        """Put a value into a line, as if it had been typed."""
        self.put(self.form_state.put(name, value))

    @property
    def has_family(self) -> bool:
        """Whether the present line is a parameter of the schedule, whose curves are a family."""
        present = self.present_line
        outside = present.section in ("settings", "view")
        return not outside and self.form_state.parameter(present) is not None

    def family(self) -> tuple[tuple[str, Schedule], ...]:
        """The family of curves of the present line: each value, and the schedule with it."""
        found = []
        present = self.present_line
        held = self.form_state.parameter(present)
        if held is None or not self.has_family:
            return ()
        parameter, value = held
        for other in parameter.values_to_compare(value):
            form_state = self.form_state.put(present, other)
            if not form_state.fault:
                found.append((parameter.show(other), form_state.schedule))
        return tuple(found)

    # ------------------------------------------------------------------ within

    def _fastest(self, name: LineName) -> int:
        """Of what is chosen from a list, a held key skips none."""
        held = self.form_state.parameter(name)
        return 1 if held is None else held[0].quantity.notches_at_once

    def _choose(self, name: str | None) -> None:
        if name is not None:
            self.put(self.form_state.choose(name))

    def _go(self, history: UndoHistory[FormState]) -> None:
        self._history = history
        self._host.edited()
