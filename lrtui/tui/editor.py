"""What a person does to the sheet: the form's listener, and the dialogs that change a schedule."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual.screen import ModalScreen

from lrtui.schedules import Invalid, Schedule, catalogue, parse, prose_of, short_name
from lrtui.schedules.own import Own, own_sources
from lrtui.tui.dialogs import Ask, Choose
from lrtui.tui.sheet import CHOOSER, Sheet, choices
from lrtui.tui.workbench import Workbench

PushScreen = Callable[[ModalScreen[Any], Callable[[Any], None]], object]


class Editor:
    """Holds the sheet; every edit puts another one in its place.

    Args:
        schedule: what the sheet shows at first.
        on_change: called after each edit.
        read_again: called with the source of a schedule of one's own that was typed anew.
        push_screen: shows a dialog and calls back with its value.
    """

    def __init__(
        self,
        schedule: Schedule,
        on_change: Callable[[], None],
        read_again: Callable[[str], None],
        push_screen: PushScreen,
    ) -> None:
        self.sheet = Sheet.of(schedule)
        self._on_change = on_change
        self._read_again = read_again
        self._push_screen = push_screen

    def turned(self, name: str, notches: int, coarse: bool) -> None:
        """Turn a parameter, or go to the next schedule."""
        self._put(self.sheet.turn(name, notches, coarse))

    def typed(self, name: str, text: str) -> None:
        """Take a typed value; the source of one's own is read anew."""
        self._put(self.sheet.type(name, text))
        if name == "schedule.source" and text in own_sources(self.sheet.schedule):
            self._read_again(text)

    def defaulted(self, name: str) -> None:
        """Go back to a default; a part of a sequence goes."""
        self._put(self.sheet.default(name))

    def stood_on(self, name: str) -> None:
        """Show the parameters of the part that the form stands on."""
        if (sheet := self.sheet.stand_on(name)) is not self.sheet:
            self._put(sheet)

    def chosen(self, name: str) -> None:
        """Offer the schedules in a list; of other choices take the next."""
        if name != CHOOSER:
            self.turned(name, 1, coarse=False)
            return
        classes: dict[str, type] = {**catalogue(), short_name(Own): Own}
        bench = self.sheet.bench
        offered = [(name, prose_of(classes[name]).summary) for name in choices(bench)]
        self._push_screen(Choose("schedule", offered, bench.part.name), self._choose)

    def pasted(self, text: str) -> None:
        """Open a pasted schedule; nonsense is shown in the field where it can be mended."""
        try:
            self._open(parse(text))
        except Invalid:
            self.ask(text)

    def ask(self, text: str) -> None:
        """Ask for a schedule as it stands in a script."""
        hint = "as in a training script, or a short name: CosineDecay(0.1, 1000)"
        self._push_screen(Ask("open a schedule", parse, text, hint), self._open)

    def add_part(self) -> None:
        """One more schedule after the one that is shown."""
        self._put(replace(self.sheet, bench=self.sheet.bench.add()))

    def move_part(self, by: int) -> None:
        """The part that is shown goes up or down in the sequence."""
        bench = self.sheet.bench
        self._put(replace(self.sheet, bench=bench.move(bench.place, by)))

    def _open(self, schedule: Schedule | None) -> None:
        if schedule is not None:
            self._put(replace(self.sheet, bench=Workbench.of(schedule)))

    def _choose(self, name: str | None) -> None:
        if name is not None:
            self._put(self.sheet.choose(name))

    def _put(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._on_change()
