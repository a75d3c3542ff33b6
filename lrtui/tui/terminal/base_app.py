"""A Textual app that sends few bytes, falls back to ASCII, shows notices, and ends in good order
at a signal or when its terminal is gone.
"""

import asyncio
import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import IO, TYPE_CHECKING, Any, ParamSpec

from rich.text import Text
from textual import events
from textual._context import active_message_pump
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import Screen

from lrtui.tui.terminal.cached_containers import CachedContainer
from lrtui.tui.terminal.driver import cell_diff_driver
from lrtui.tui.terminal.guard import Guarded, cause, nodes_at_fault
from lrtui.tui.terminal.outside_text import HARMLESS_FILTER
from lrtui.tui.terminal.typeahead import Typeahead

if TYPE_CHECKING:
    from textual.app import SystemCommand
    from textual.filter import LineFilter

P = ParamSpec("P")

COMMANDS = ("Theme", "Screenshot")
"""Of Textual's commands in the palette: its panel of keys would know only half of the keys."""
NOTICE_SECONDS = 10.0
"""How long a notice stands, unless a key is pressed."""
PAGE_KEYS = ("pageup", "pagedown")
LEAVING_SECONDS = 5.0
"""How long a signal leaves the program to end in good order."""
COLLECT_SECONDS = 1.0
"""How often garbage is looked for that is young,"""
COLLECTIONS_UNTIL_ALL = 10
"""and how often until all is looked through. A dialog that stood for a second is old when it goes:
after a minute of many of them it took 0.4 s at once to be rid of their lines."""
LOOK_SECONDS = 1.0
"""How often it is looked whether the terminal is still there."""


class StyledScreen(CachedContainer, Screen[None]):
    """A screen that does not style what has just been styled for being mounted once more."""

    _resumed = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """When it is first shown its styles are those that its widgets were mounted with."""
        if not self._resumed:
            event.refresh_styles = False
        self._resumed = True


class BaseApp(Guarded, App[None]):
    """What any program of this kind needs.

    Args:
        ascii: the terminal shows ASCII only.
        clock: seconds, monotonic.
        on_fault: is given an error that nobody expected, logs it, and returns what to say of it.
    """

    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        *,
        ascii: bool,
        clock: Callable[[], float] = time.monotonic,
        on_fault: Callable[[BaseException], str] = repr,
    ) -> None:
        super().__init__()
        self.ascii = ascii
        """Whether the terminal shows ASCII only."""
        self.typeahead = Typeahead(self)
        """Keys that wait for a dialog which is being made."""
        self.notices: list[str] = []
        """All that was told since the start, oldest first."""
        self._notice = ""
        self._noticed = 0.0
        self._clock = clock
        self._collections = 0
        self._on_fault = on_fault
        self._leaving = False
        self.set_class(ascii, "-ascii")

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for the platform, which sends no cell that is there already."""
        return cell_diff_driver(super().get_driver_class())

    def get_default_screen(self) -> Screen[Any]:
        """The screen, which knows how large it is: told later, it would be laid out twice."""
        screen = StyledScreen(id="_default")
        width, height = self.size
        for cells, points in (
            (width, self.HORIZONTAL_BREAKPOINTS),
            (height, self.VERTICAL_BREAKPOINTS),
        ):
            reached = [name for least, name in points or () if cells >= least]
            screen.add_class(*reached[-1:], update=False)
        return screen

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """What each line goes through as it is drawn; where only ASCII can be shown, ours too."""
        filters = [*super().get_line_filters(), HARMLESS_FILTER]
        if not self.ascii:
            return filters
        from lrtui.tui.terminal.ascii_fallback import ASCII_FILTER

        return [*filters, ASCII_FILTER]

    def heed_signals(self) -> None:
        """End in good order when the system or a closed window asks for it."""
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), self._leave)
        if sys.__stdin__ is not None and sys.__stdin__.isatty() and hasattr(select, "poll"):
            self._looking = self.set_interval(LOOK_SECONDS, partial(self._look_for, sys.__stdin__))

    def collect_between_keys(self) -> None:
        """Look for garbage each second instead of while a key is obeyed, which takes a twentieth
        longer then. What was imported stays: it is never looked through.
        """
        gc.freeze()
        gc.disable()
        self.set_interval(COLLECT_SECONDS, self._collect)

    def _collect(self) -> None:
        self._collections += 1
        if self._collections % COLLECTIONS_UNTIL_ALL:
            gc.collect(1)
            return
        # By Textual's cache of a method the lines of a thousand closed widgets would be kept.
        getattr(StylesCache.get_inner_outer, "cache_clear", lambda: None)()
        gc.collect()

    def _look_for(self, terminal: IO[str]) -> None:
        """Leave when the terminal is gone. A signal says so only to the session that it controls,
        and Textual would read its end for ever.
        """
        watch = select.poll()
        watch.register(terminal, 0)
        if any(seen & select.POLLHUP for _, seen in watch.poll(0)):
            self._looking.stop()
            self._leave()

    def _leave(self) -> None:
        """End in good order; with a terminal that is gone, where writing may block, end at all."""
        last_resort = threading.Timer(LEAVING_SECONDS, os._exit, (1,))
        last_resort.daemon = True
        last_resort.start()
        self.exit()

    @property
    def covered(self) -> bool:
        """Whether a dialog is over the screen."""
        return len(self.screen_stack) > 1

    def pop_screen(self) -> AwaitComplete:
        """Leave a dialog. The screen below all of them stays, however often a palette is left."""
        return super().pop_screen() if self.covered else AwaitComplete()

    def action_command_palette(self) -> None:
        """Every command; not by its usual name, under which one that is being left may still be."""
        from lrtui.tui.terminal.palette import SafeCommandPalette

        if not isinstance(self.screen, SafeCommandPalette):
            self.push_screen(SafeCommandPalette())

    def say(self, text: str) -> None:
        """Tell the person something, until a key is pressed or some seconds have passed."""
        self._notice, self._noticed = text, self._clock()
        self.notices += [text] if text else []
        self.show_notice(text)

    def show_notice(self, text: str) -> None:
        """Show this on the screen; an empty text takes what is shown away."""

    def expire_notice(self) -> None:
        """Take a notice away that has been there for long."""
        if self._notice and self._clock() - self._noticed > NOTICE_SECONDS:
            self.say("")

    # ------------------------------------------------------------------ what nobody expected

    def guarded(self, act: Callable[P, None]) -> Callable[P, None]:
        """The same, for whoever calls it from outside of Textual: its errors are told here."""

        def guarded(*arguments: P.args, **options: P.kwargs) -> None:
            try:
                act(*arguments, **options)
            except Exception as error:
                self._handle_exception(error)

        return guarded

    def heed_loop(self) -> None:
        """Hear of errors of tasks and callbacks that nobody waits for."""

        def hear(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception")
            if isinstance(error, Exception):
                self._handle_exception(error)

        asyncio.get_running_loop().set_exception_handler(hear)

    def _handle_exception(self, error: Exception) -> None:
        """Say and log it; close the dialog that it is of. Before the first frame nothing is left
        to go on with: then it ends with that line.
        """
        error = cause(error)  # type: ignore[assignment]
        if self._exception is None:  # a test that drives the app raises it at the end
            self._exception = error
            self._exception_event.set()
        said = self._on_fault(error)
        if not self._dom_ready or self._leaving:
            self._end_with(said)
            return
        screen = self._screen_of(error)
        if screen is not None and screen not in self.screen_stack:
            return  # of a dialog that is closed already
        try:
            closed = self._close_down_to(screen)
            self.say(f"the dialog was closed: {said}" if closed else said)
        except Exception as another:
            self._on_fault(another)

    def panic(self, *renderables: Any) -> None:
        """Keys cannot be read any more: end with a line."""
        self._end_with("the terminal cannot be read any more")

    def _end_with(self, text: str) -> None:
        self._return_code, self._leaving = 1, True
        self._exit_renderables[:] = self._exit_renderables or [Text(f"lrtui: {text}")]
        self._close_messages_no_wait()

    def _screen_of(self, error: Exception) -> Screen[Any] | None:
        """The screen in which an error was raised: a dialog rather than the one below."""
        running = active_message_pump.get(None)
        nodes = [*nodes_at_fault(error), *([running] if isinstance(running, DOMNode) else [])]
        around = (one for node in nodes for one in node.ancestors_with_self)
        screens = [one for one in around if isinstance(one, Screen)]
        dialogs = [one for one in screens if one is not self.screen_stack[0]]
        return next(iter((*dialogs, *screens)), None)

    def _close_down_to(self, screen: Screen[Any] | None) -> bool:
        """Close a dialog, with those over it. Whether it was one."""
        stack = self.screen_stack
        if screen is None or screen is stack[0]:
            return False
        for _ in stack[stack.index(screen) :]:
            self.pop_screen()
        return True

    async def on_event(self, event: events.Event) -> None:
        """A key or a click ends a notice; keys wait behind others that do; a page key in a list
        without room is no key at all.
        """
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            page = isinstance(event, events.Key) and event.key in PAGE_KEYS
            if (page and self.has_list_without_room()) or self.typeahead.holds_back(event):
                return
        if self._notice and isinstance(event, events.Key | events.MouseDown):
            self.say("")
        await super().on_event(event)

    def get_system_commands(self, screen: Screen[Any]) -> "Iterable[SystemCommand]":
        """Of Textual's commands those that make sense in any program."""
        yield from (one for one in super().get_system_commands(screen) if one.title in COMMANDS)

    def has_list_without_room(self) -> bool:
        """Whether a list has no line to show; Textual's own fall over a page key then."""
        from textual.widgets import OptionList

        return any(not one.scrollable_content_region for one in self.screen.query(OptionList))
