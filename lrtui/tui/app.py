"""The Textual app: makes form, plots and session, gives them the keys, and has them drawn."""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from lrtui.kept import PRESETS_FILE, SESSION_FILE
from lrtui.kept.consent import Consent
from lrtui.schedules import Invalid, Reading, Schedule
from lrtui.schedules.user_schedule import user_sources
from lrtui.tui.actions import actions_of
from lrtui.tui.available_actions import AvailableActions
from lrtui.tui.confirmation import Confirmation
from lrtui.tui.dialogs.pages import Pages
from lrtui.tui.form.editor import Editor
from lrtui.tui.form.form_state import FormState
from lrtui.tui.keys import ACTIONS, KEYS
from lrtui.tui.main_screen import MainScreen
from lrtui.tui.plots.plot_controller import PlotController
from lrtui.tui.saved_session import SavedSession, SessionFile
from lrtui.tui.scene.scene import Scene
from lrtui.tui.scene_builder import SceneBuilder
from lrtui.tui.terminal.base_app import BaseApp
from lrtui.tui.training.attached_form import AttachedForm
from lrtui.tui.training.explorer import Explorer
from lrtui.tui.training.loss_follower import AtOnceLink, LossFollower
from lrtui.tui.training.session import Session
from lrtui.tui.training.trainer import Trainer
from lrtui.tui.training.worker_link import OpenWorkerLink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import SystemCommand

    from lrtui.tui.side_column import SideColumn
    from lrtui.tui.terminal.painted_rows import PaintedText
    from lrtui.tui.training.watch import Watch


DIALOG_STYLES = Path(__file__).with_name("dialogs") / "dialogs.tcss"
REDRAW_HZ = 4
"""How often a training may redraw the screen; keys redraw at once."""


class LrtuiApp(BaseApp):
    """Explore a schedule, train with it, reset it."""

    TITLE = "lrtui"
    CSS_PATH = "main_screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (22, "-low"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(one.key, f"do('{one.action}')", one.label) for one in KEYS if one.action),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    def __init__(
        self,
        schedule: Reading | Schedule | None,
        open_link: OpenWorkerLink,
        *,
        kept_in: Path | None = None,
        consent: Consent | None = None,
        cold: bool = False,
        ascii: bool = False,
        fills: bool = False,
        clock: Callable[[], float] = time.monotonic,
        attached: str = "",
        open_at_once: Callable[[], AtOnceLink] | None = None,
        on_fault: Callable[[BaseException], str] = repr,
        watch: "Watch | None" = None,
        store: Path | None = None,
    ) -> None:
        super().__init__(ascii=ascii, clock=clock, on_fault=on_fault)
        # What the form holds beside somebody's training is nothing to come back to.
        session_in = None if attached or kept_in is None else kept_in / SESSION_FILE
        self._session_file = SessionFile(session_in, clock, self.available_themes)
        kept = self._session_file.session
        self.not_kept = ""
        """Why the session could not be kept when the program was left; empty: it was."""
        form_state = kept.form_state
        reading = Reading(schedule) if isinstance(schedule, Schedule) else schedule
        if reading is not None:
            form_state = form_state.open_reading(reading)
        form_state = replace(form_state, steers_only=bool(attached))
        self._told_first = reading.notes if reading else ()
        self.session = Session(
            self._guarded_link(open_link),
            self._mark_stale,
            self.say,
            consent or Consent(),
            clock,
            attached,
            watch,
        )
        """The runs and the worker."""
        self.editor = Editor(form_state, self, clock)
        """What the form and its dialogs do, and the state that comes of it."""
        beside = bool(attached) and watch is None
        self._attached_form = AttachedForm(
            self.session, self.editor, self.say, schedule=beside and reading is None, length=beside
        )
        self.plot_controller = PlotController(self, kept.axes)
        """What is done to the plots."""
        self.trainer = Trainer(self.session, self.editor, self.plot_controller, self)
        """What is done to trainings."""
        self.losses = LossFollower(open_at_once, self._losses_changed, on=not cold)
        """What the form's training would do, had at once while it is turned."""
        self.explorer = Explorer(self.editor, self.session, self.losses, self.trainer, self)
        """What else is had at once."""
        self.available = AvailableActions(
            self.editor, self.plot_controller, self.session, self.losses, self
        )
        """Which keys do something now."""
        self._confirmation = Confirmation(self.session, clock)
        self._scenes = SceneBuilder(
            self.editor,
            self.plot_controller,
            self.trainer,
            self.session,
            self.losses,
            ascii=ascii,
            fills=fills,
        )
        presets = None if kept_in is None else kept_in / PRESETS_FILE
        pages = Pages(self.editor, self, presets)
        self.actions = actions_of(
            self.editor,
            self.plot_controller,
            self.session,
            self.trainer,
            self.explorer,
            pages,
            read_rates=self.toggle_plot_focus,
            toggle_band=self._toggle_losses,
            toggle_form=self._toggle_form,
            leave=self.exit,
        )
        """What each key does, by the name that :mod:`lrtui.tui.keys` gives it."""
        if kept.theme in self.available_themes:
            self.theme = kept.theme
        self._cold = cold
        self._store = store
        self._side_column: SideColumn | None = None
        self._stale = False
        self._drawings = 0
        """How often the screen was drawn: what draws by itself need not be drawn again."""
        self._drawn = 0
        """How often it was at the last tick: one that follows a key draws nothing, which shortens
        the answers to keys in a training."""
        self._ticks: Timer | None = None
        self.session.set_pace(self._form_state.view.valid.steps_per_second)

    # ------------------------------------------------------------------ start and end

    def compose(self) -> ComposeResult:
        """Make the main screen."""
        yield MainScreen(self.editor, self.plot_controller, self.action_do, self.typeahead.add)

    def on_mount(self) -> None:
        """Show the schedule, then have the worker started."""
        self.session.read_past()
        self.redraw()
        self.main_screen.form.focus()
        self._ticks = self.set_interval(1 / REDRAW_HZ, self._redraw_if_stale)
        self.heed_signals()
        self.heed_loop()
        if not self._cold:
            self.call_after_refresh(self.session.warm_up)
        self.call_after_refresh(self._want_samples)
        if told := [*self._told_first, *filter(None, [self._session_file.complaint])]:
            self.say(" ".join(told))

    def on_ready(self) -> None:
        """The first frame is there."""
        if self._store is not None:
            self.open_store(self._store)
        if not gc.isenabled():
            self.collect_between_keys()

    async def on_unmount(self) -> None:
        """Keep the session, end the worker."""
        self.guarded(self._save)(at_once=True)
        try:
            await self.losses.close()
        finally:
            await self.session.close()

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Open a dialog. The first one has the styles of dialogs read: before the first frame that
        took a hundredth of the start.
        """
        if not self.stylesheet.has_source(str(DIALOG_STYLES)):
            self.stylesheet.read(DIALOG_STYLES)
            self.stylesheet.parse()
        return super().push_screen(*arguments, **options)

    def _guarded_link(self, open_link: OpenWorkerLink) -> OpenWorkerLink:
        """A link that goes on when something of ours falls over what it said."""
        return lambda *listeners: open_link(*map(self.guarded, listeners))

    # ------------------------------------------------------------------ what is shown

    @property
    def main_screen(self) -> MainScreen:
        """The main screen, also while a dialog is over it."""
        return self.screen_stack[0].query_one(MainScreen)

    @property
    def is_composed(self) -> bool:
        """Whether all of the main screen is there: not before the start, nor at the end."""
        stack = self.screen_stack
        # At the end the header goes first and the form last.
        return (
            self.is_running
            and bool(stack)
            and stack[0].query_one_optional("#main Form") is not None
        )

    @property
    def _form_state(self) -> FormState:
        return self.editor.form_state

    @property
    def scene(self) -> Scene:
        """What the plots show at this moment."""
        return self._scenes.scene

    def _want_samples(self) -> None:
        """Ask for samples of the user's own schedules that have none, or were edited since."""
        for source in user_sources(self._form_state.schedule):
            self.session.user_schedules.request(source, self.scene.total)

    def _save(self, *, at_once: bool = False) -> None:
        session = SavedSession.of(self._form_state, self.plot_controller.view_state, self.theme)
        fault = self._session_file.save_when_settled(session, at_once=at_once)
        if at_once:
            self.not_kept = fault
        if fault:
            self.say(fault)

    def _mark_stale(self) -> None:
        self._stale = True

    @property
    def plot_width(self) -> int:
        """The width of the plot of rates, in cells."""
        return self.main_screen.rates.size.width

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Leave; nothing is drawn any more on a screen that is taken down."""
        if self._ticks is not None:
            self._ticks.stop()
        self.losses.forget()
        super().exit(*arguments, **options)

    def _redraw_if_stale(self) -> None:
        self._want_samples()
        self._save()
        self.expire_notice()
        drawn, self._drawn = self._drawings != self._drawn, self._drawings
        if self._stale and not self.covered and not drawn:
            self.redraw()
            self._drawn = self._drawings

    def redraw(self) -> None:
        """Show what is new now, not at the next tick."""
        if not self.is_composed:
            return
        self._stale = False
        self._drawings += 1
        self._attached_form.learn()
        self.explorer.follow(self.scene.schedule)
        lines = self._form_state.lines(self.session.user_schedules.faults)
        name = self._form_state.parts.name
        self.main_screen.show(lines, name, self.scene, self.session, self.losses)
        self.main_screen.show_side(self._side)
        self.main_screen.offer_keys(self.available.keys_now())

    def _side(self, width: int, height: int) -> "Sequence[PaintedText]":
        if self._side_column is None:
            from lrtui.tui.side_column import SideColumn  # only where there is room

            self._side_column = SideColumn(self.session, self.editor)
        return self._side_column.rows(self.scene, width, height)

    def show_notice(self, text: str) -> None:
        """Show a text above the keys; an empty one goes."""
        if self.is_composed:
            self.main_screen.show_notice(text)

    def draw_steps(self, count: int) -> None:
        """Have so many steps drawn while nothing trains."""
        self.editor.draw_steps(count)

    def edited(self) -> None:
        """Show what changed: the form holds something else now."""
        self.session.set_pace(self.editor.form_state.view.valid.steps_per_second)
        self._want_samples()
        self.redraw()

    def _losses_changed(self, whole: bool) -> None:
        if whole and not self.covered:
            self.redraw()
        else:
            self._mark_stale()

    def _toggle_form(self) -> None:
        self.main_screen.toggle_form()
        self.redraw()

    def _toggle_losses(self) -> None:
        self.losses.toggle()
        self.redraw()

    def open_store(self, path: Path) -> None:
        """Show the map of a file of ``lrtui sweep``, or say why that cannot be."""
        try:
            self.explorer.show_store(path)
        except (Invalid, OSError) as error:
            self.say(str(error))

    def read_again(self, source: str) -> None:
        """Read the file of a schedule of the user's own again: its source was typed anew."""
        again = self.session.user_schedules.sample_again
        self.trainer.with_consent(lambda: again(source, self.scene.total))

    def named(self, sources: Sequence[str]) -> None:
        """A person typed these sources of code: it may be run."""
        self.session.consent.named(sources)

    def typed(self, text: str, schedule: Schedule) -> None:
        """A person typed this text, which means that schedule: its code may be run."""
        self.session.consent.typed(text, schedule)

    # ------------------------------------------------------------------ keys

    def on_descendant_focus(self) -> None:
        """Show the keys of what has the focus now."""
        if self.is_composed and not self.covered:
            self.main_screen.offer_keys(self.available.keys_now())

    def action_do(self, name: str) -> None:
        """Do what a key does, or say why it does nothing now."""
        drawings = self._drawings
        if reason := self.available.why_not(name):
            self.say(reason)
        else:
            action, question = self._confirmation.decide(name)
            if question:
                self.say(question)
            else:
                self.actions[action]()
        if self._drawings == drawings:
            self.redraw()

    def obey(self, key: str) -> bool:
        """Obey a key now; through a binding it would be obeyed after the keys that follow it."""
        act = ACTIONS.get(key)
        if act is not None:
            self.action_do(act)
        elif self.in_plot and key in ("up", "down"):
            self.say("←→ move the cursor; x goes back to the form")
        return act is not None

    async def on_event(self, event: events.Event) -> None:
        """Another key than the one that answers withdraws a question."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._confirmation.hear(event.key)
            if self.is_composed and not self.covered:
                self.main_screen.unfold()
        await super().on_event(event)

    async def action_quit(self) -> None:
        """Ctrl+Q, which Textual has for leaving."""
        self.action_do("quit")

    def action_help_quit(self) -> None:
        """Ctrl+C: it is pressed by habit in a terminal, and must not end a training."""
        self.say("q quits, s stops a training")

    @property
    def in_plot(self) -> bool:
        """Whether keys go to the plot of rates."""
        return self.main_screen.rates.has_focus

    def toggle_plot_focus(self) -> None:
        """Go into the plot to read rates, or back to the form."""
        in_plot = not self.in_plot
        self.set_focus(self.main_screen.rates if in_plot else self.main_screen.form)
        self.plot_controller.show_cursor(in_plot)

    def get_system_commands(self, screen: Screen[Any]) -> "Iterable[SystemCommand]":
        """The palette: what keys do now, beside what any program has."""
        from textual.app import SystemCommand

        yield from super().get_system_commands(screen)
        for key in self.available.keys_now():
            act = partial(self.action_do, key.action)
            yield SystemCommand(key.label, f"{key.name}: {key.does}", act)
