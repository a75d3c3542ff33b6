"""The app: puts form, plots, table and session together. What is shown is decided elsewhere."""

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Footer

from lrtui.schedules import (
    Invalid,
    Schedule,
    parameters,
    prose_of,
)
from lrtui.schedules.notes import notes
from lrtui.schedules.own import own_sources, sampled
from lrtui.tui import scene
from lrtui.tui.desk import Desk
from lrtui.tui.dialogs import Code, Help
from lrtui.tui.driver import thrifty
from lrtui.tui.editor import Editor
from lrtui.tui.form import Line
from lrtui.tui.help import KEYS, NOTES
from lrtui.tui.plot_view import PlotView
from lrtui.tui.session import OpenLink, Session
from lrtui.tui.sheet import Sheet

REDRAW_HZ = 4
"""How often a training may redraw the screen; keys redraw at once."""


LEAVING_SECONDS = 5.0
"""How long a signal leaves the program to end in good order."""
ASCII_KEYS = {"←→": "<>", "⏎": "enter"}
"""Names of keys where there is nothing but ASCII."""


class LrtuiApp(App[None]):
    """Explore a schedule, train with it, reset it."""

    TITLE = "lrtui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "train"),
        Binding("r", "reset", "reset"),
        Binding("R", "start_over", "start over", key_display="R"),
        Binding("space", "pause", "pause", key_display="space"),
        Binding("s", "stop", "stop"),
        Binding("n", "scale(2.0)", "rate x2", show=False),
        Binding("b", "scale(0.5)", "rate ÷2", show=False),
        Binding("l", "log", "log"),
        Binding("a", "add_part", "add part", show=False),
        Binding("shift+up", "move_part(-1)", "part up", show=False, key_display="shift+↑"),
        Binding("shift+down", "move_part(1)", "part down", show=False, key_display="shift+↓"),
        Binding("c", "code", "code"),
        Binding("o", "open", "open", show=False),
        Binding("x", "read", "read", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "quit", "quit"),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    def __init__(
        self,
        schedule: Schedule,
        open_link: OpenLink,
        *,
        cold: bool = False,
        ascii: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.editor = Editor(schedule, self._edited, self._read_again, self.push_screen)
        """What the form and its dialogs do, and the sheet that comes of it."""
        self._log_axis = False
        self._cursor: int | None = None
        self._cold = cold
        self._ascii = ascii
        self._stale = False
        self.session = Session(open_link, self._mark_stale, self._say, clock)
        self.session.set_pace(self._sheet.view.good.steps_per_second)
        self.set_class(ascii, "-ascii")

    # ------------------------------------------------------------------ start and end

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for the platform, which sends no cell that is there already."""
        return thrifty(super().get_driver_class())

    def compose(self) -> ComposeResult:
        """The desk, and what can be pressed."""
        yield Desk(self.editor, ascii=self._ascii)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Show the schedule, then have the worker started."""
        self._refresh_all()
        self.desk.form.focus()
        self.set_interval(1 / REDRAW_HZ, self._redraw_if_stale)
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        for name in ("SIGTERM", "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), self._leave)
        if not self._cold:
            self.call_after_refresh(self.session.warm_up)
        self.call_after_refresh(self._want_samples)

    def on_ready(self) -> None:
        """The first frame is there, and what was imported for it stays: never look through it."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def _leave(self) -> None:
        """End in good order; with a terminal that is gone, where writing may block, end at all."""
        last_resort = threading.Timer(LEAVING_SECONDS, os._exit, (1,))
        last_resort.daemon = True
        last_resort.start()
        self.exit()

    async def on_unmount(self) -> None:
        """End the worker."""
        await self.session.close()

    # ------------------------------------------------------------------ what is shown

    @property
    def desk(self) -> Desk:
        """What lies on the screen, also under a dialog."""
        return self.screen_stack[0].query_one(Desk)

    @property
    def _sheet(self) -> Sheet:
        return self.editor.sheet

    @property
    def scene(self) -> scene.Scene:
        """What the plots show at this moment."""
        active = self.session.active
        stop = active.settings.steps if active is not None else self._sheet.total_steps
        return scene.Scene(
            schedule=sampled(self._sheet.schedule, self._samples(stop)),
            total_steps=self._sheet.total_steps,
            steps_per_epoch=self._sheet.settings.good.steps_per_epoch,
            record=self.session.record,
            log=self._log_axis,
            cursor=self._cursor,
            ascii=self._ascii,
        )

    def _samples(self, stop: int) -> dict[str, bytes]:
        sources = own_sources(self._sheet.schedule)
        rates = self.session.own.rates
        return {source: rates[source][: 4 * stop] for source in sources if source in rates}

    def _want_samples(self) -> None:
        """Have the user's own schedules sampled where they are not, or were edited since."""
        for source in own_sources(self._sheet.schedule):
            self.session.own.want(source, self.scene.stop)

    def _lines(self) -> list[Line]:
        """The form, with what is wrong in the user's own file."""
        faults = self.session.own.faults
        return [
            replace(line, fault=faults[line.text]) if line.again and line.text in faults else line
            for line in self._sheet.lines()
        ]

    def _mark_stale(self) -> None:
        self._stale = True

    def redraw(self) -> None:
        """Show what is new now, not at the next tick."""
        self._refresh_all()

    def _redraw_if_stale(self) -> None:
        self._want_samples()
        if self._stale and not self.session_is_covered:
            self._refresh_all()

    @property
    def session_is_covered(self) -> bool:
        """Whether a dialog is over the screen."""
        return len(self.screen_stack) > 1

    def _refresh_all(self) -> None:
        if not self.screen_stack:
            return
        self._stale = False
        seen = self.scene
        if seen.cursor is not None and seen.cursor >= seen.stop:
            self._cursor = seen.stop - 1
            seen = self.scene
        self.desk.show(self._lines(), self._sheet.bench.name, seen, self.session)
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        self.notify(text, severity="warning", timeout=10, markup=False)

    def _edited(self) -> None:
        self.session.set_pace(self.editor.sheet.view.good.steps_per_second)
        self._want_samples()
        self._refresh_all()

    def _read_again(self, source: str) -> None:
        self.session.own.again(source, self.scene.stop)

    # ------------------------------------------------------------------ keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now is offered."""
        if action in ("reset", "pause", "stop", "scale"):
            return self.session.active is not None
        if action == "start_over":
            return self.session.record is not None
        return True

    def _sound(self) -> bool:
        if self._sheet.fault:
            self._say(self._sheet.fault)
        return not self._sheet.fault

    def action_help_quit(self) -> None:
        """What ctrl+c does: in a terminal it is pressed by habit, and must not end a training."""
        self.notify("q quits, s stops a training", timeout=4)

    def get_key_display(self, binding: Binding) -> str:
        """The name of a key in the footer."""
        display = super().get_key_display(binding)
        return ASCII_KEYS.get(display, display) if self._ascii else display

    def action_train(self) -> None:
        """Train with what the form shows."""
        if self._sound():
            self.session.train(str(self._sheet.schedule), self._sheet.settings.good)
            self._refresh_all()

    def action_reset(self) -> None:
        """Restart the schedule as the form shows it."""
        if self._sound():
            self.session.reset(str(self._sheet.schedule))

    def action_start_over(self) -> None:
        """Fresh weights, same settings."""
        self.session.start_over()
        self._refresh_all()

    def action_pause(self) -> None:
        """Pause or go on."""
        self.session.pause_or_resume()

    def action_stop(self) -> None:
        """End the run."""
        self.session.stop()

    def action_scale(self, factor: float) -> None:
        """Multiply the rate from now on."""
        self.session.scale(factor)

    def action_log(self) -> None:
        """Linear or logarithmic axis of the rate."""
        self._log_axis = not self._log_axis
        self._refresh_all()

    def action_open(self) -> None:
        """Type or paste a schedule as it stands in a script."""
        self.editor.ask(str(self._sheet.schedule))

    def action_add_part(self) -> None:
        """One more schedule after the one that is shown."""
        self.editor.add_part()

    def action_move_part(self, by: int) -> None:
        """The part that is shown goes up or down in the sequence."""
        self.editor.move_part(by)

    def action_code(self) -> None:
        """The schedule as source: shown, copied, and written to a file."""
        from lrtui.export.code import TARGETS, code  # not needed for the first frame

        source = partial(code, self._sheet.schedule)
        try:
            source(TARGETS[0])
        except Invalid as refusal:
            self._say(str(refusal))
            return
        self.push_screen(Code(TARGETS, source, self._take_code))

    def _take_code(self, target: str, source: str) -> str:
        from platformdirs import user_state_path

        from lrtui.export import write_atomically

        self.copy_to_clipboard(source)
        path = user_state_path("lrtui", ensure_exists=False) / f"schedule_{target}.py"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, source)
        except OSError as error:
            return f"copied, if the terminal allows it; not written: {error}"
        return f"written to {path}; copied, if the terminal allows it"

    def action_read(self) -> None:
        """Go into the plot to read rates, or back to the form."""
        plot = self.desk.rates
        if plot.has_focus:
            self._cursor = None
            self.desk.form.focus()
        else:
            plot.focus()
            self._cursor = self._cursor or 0
        self._refresh_all()

    def action_help(self) -> None:
        """What the keys do, and what is known of the schedule."""
        shown = self._sheet.bench.part.draft.good
        prose = prose_of(type(shown))
        known = notes(self._sheet.schedule, self.scene.stop)
        texts = [
            *([("Notes", "\n".join(known))] if known else []),
            (str(shown), f"{prose.summary}\n{prose.formula}"),
            ("where it comes from", prose.reference),
            *((one.name, one.help) for one in parameters(type(shown))),
            *NOTES,
        ]
        self.push_screen(Help(KEYS, texts))

    def on_plot_view_cursor_moved(self, message: PlotView.CursorMoved) -> None:
        """Move the cursor."""
        width = self.desk.rates.size.width
        self._cursor = scene.cursor_moved(self.scene, width, message.columns)
        self._refresh_all()

    def on_plot_view_pointed(self, message: PlotView.Pointed) -> None:
        """Put the cursor where the mouse points."""
        width = self.desk.rates.size.width
        self._cursor = scene.step_at(self.scene, width, message.x)
        self._refresh_all()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: Textual's own commands and ours."""
        yield from super().get_system_commands(screen)
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and binding.description:
                act = partial(self.run_action, binding.action)
                yield SystemCommand(
                    binding.description, f"key {binding.key_display or binding.key}", act
                )


def run(schedule: Schedule, *, cold: bool = False, device: str = "cpu", threads: int = 2) -> None:
    """Open the app on a terminal and return when it is left."""
    from lrtui.training.client import Client

    def open_link(on_event: Any, on_gone: Any) -> Client:
        return Client(threads=threads, device=device, on_event=on_event, on_gone=on_gone)

    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    # The font of the Linux console has no braille.
    ascii = encoding != "utf8" or os.environ.get("TERM") == "linux"
    LrtuiApp(schedule, open_link, cold=cold, ascii=ascii).run()
