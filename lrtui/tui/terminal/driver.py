"""Textual's driver of the terminal, which sends only cells that differ from those shown there.

What the line cannot take is not sent either: frames that are drawn while it is full
(:mod:`lrtui.tui.terminal.backpressure`) are kept back, and the newest goes out when there is
room again. Keys are obeyed meanwhile as ever.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from textual import events

from lrtui.tui.terminal.backpressure import QUESTION, InFlight
from lrtui.tui.terminal.cell_diff import CellDiff

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.message import Message

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
ANSWER_SECONDS = 5.0
"""An answer that has not come after so long while a frame waits for it is taken for lost."""
LEAVING_SECONDS = 1.0
"""How long an answer under way is waited for at the end."""
MOST_CELLS = (1000, 500)
"""Columns and rows; of more the rest stays empty."""
MOST_QUEUED = 8
"""Writes that the terminal has not taken, from which on none is added; Textual blocks at 30."""


@cache
def cell_diff_driver(base: "type[Driver]") -> "type[Driver]":
    """A driver that sends no cell that the terminal shows already, and none too early.

    Args:
        base: a driver of a terminal, such as Textual finds for the platform.
    """

    class CellDiffDriver(base):  # type: ignore[misc,valid-type]
        """Keeps back what the terminal shows already, and what it cannot take yet."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._diff = CellDiff()
            self._resized = False
            self._synchronized = False
            """Whether the terminal knows what a frame is."""
            self._in_flight = InFlight()
            self._asking = False
            """Whether questions can be asked: their answers are read."""
            self._asked_at = 0.0
            self._answered = threading.Event()
            self._waiting = False
            """Whether a frame waits for room."""
            self._giving_up: asyncio.TimerHandle | None = None
            """Set while it waits for an answer."""
            self._queued = self._written = 0
            """Writes that were asked for, and those that the terminal has taken."""
            self._counts = hasattr(self, "_file")
            if self._counts:
                self._file: Any = _CountedWrites(self._file, self._has_written)

        def _get_terminal_size(self) -> tuple[int, int]:
            """What is drawn on; a terminal may say any size, and all memory would go there."""
            width, height = super()._get_terminal_size()
            return min(width, MOST_CELLS[0]), min(height, MOST_CELLS[1])

        def start_application_mode(self) -> None:
            """Take over the terminal, and its changes of size."""
            self._in_flight = InFlight()
            with _unstopped():
                super().start_application_mode()
            self._asking = getattr(self, "input_tty", False)
            if not hasattr(signal, "SIGWINCH"):
                return
            heed = signal.getsignal(signal.SIGWINCH)

            def resized(number: int, frame: Any) -> None:
                self._resized = True
                if callable(heed):
                    heed(number, frame)

            signal.signal(signal.SIGWINCH, resized)

        def stop_application_mode(self) -> None:
            """Give the terminal back; an answer that came later would stand at the prompt."""
            self._asking = self._waiting = False
            self._expect_no_more()
            if self._in_flight.since is not None:
                self._answered.wait(max(0.0, self._asked_at + LEAVING_SECONDS - time.monotonic()))
            super().stop_application_mode()

        # -------------------------------------------------------------- what is sent

        def write(self, data: str) -> None:
            """Send what differs; an update that changes nothing is not begun."""
            if data in (SYNC_START, SYNC_END):
                self._synchronized = True
                return
            at_once = ""
            if self._resized or not self._is_as_the_app_thinks():
                # What a terminal does to its cells when its size changes is its own affair.
                at_once = self._diff.send()
                self._diff.forget()
                self._resized = False
            self._put(at_once + self._diff.take(data))
            self._show()

        def _show(self) -> None:
            """Send what was drawn, if there is room for it; else as soon as there is."""
            self._waiting = self._diff.holds  # first: a write that is taken after this goes on
            if self._waiting and self._is_full:
                if self._in_flight.full and self._giving_up is None:
                    self._giving_up = self._loop.call_later(ANSWER_SECONDS, self._give_up)
                return
            self._waiting = False
            frame = self._diff.send()
            self._put(SYNC_START + frame + SYNC_END if frame and self._synchronized else frame)

        def _put(self, data: str) -> None:
            """Write this, and a question after it if it is time for one."""
            if data:
                self._in_flight = self._in_flight.send(len(data.encode()))
            if self._asking and self._in_flight.asks:
                data += QUESTION
                self._in_flight, self._asked_at = self._in_flight.ask(), time.monotonic()
                self._answered.clear()
            if data:
                self._queued += 1
                super().write(data)

        # -------------------------------------------------------------- what makes room

        @property
        def _is_full(self) -> bool:
            stuck = self._counts and self._queued - self._written >= MOST_QUEUED
            return self._in_flight.full or stuck

        def process_message(self, message: "Message") -> None:
            """Keep answers from the app; called by the thread that reads keys."""
            if isinstance(message, events.CursorPosition):
                self._answered.set()
                self._loop.call_soon_threadsafe(self._answer)
            else:
                super().process_message(message)

        def _answer(self) -> None:
            self._in_flight = self._in_flight.answer()
            self._expect_no_more()
            self._go_on()

        def _give_up(self) -> None:
            """An answer is lost: find out anew whether there are any."""
            self._in_flight = InFlight()
            self._expect_no_more()
            self._go_on()

        def _expect_no_more(self) -> None:
            if self._giving_up is not None:
                self._giving_up.cancel()
                self._giving_up = None

        def _has_written(self) -> None:
            """The terminal has taken a write; called by the thread that writes."""
            self._written += 1
            if self._waiting:
                self._loop.call_soon_threadsafe(self._go_on)

        def _go_on(self) -> None:
            if self._asking:
                self._show()
                self._put("")

        def _is_as_the_app_thinks(self) -> bool:
            """Whether the terminal has the size that the app draws for."""
            try:
                return os.get_terminal_size(self.fileno) == tuple(self._app.size)
            except OSError:
                return False

    return CellDiffDriver


@contextmanager
def _unstopped() -> Iterator[None]:
    """Ctrl+Z waits: a program stopped while it takes the terminal over would do so twice."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP, signal.SIGCONT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _CountedWrites:
    """A file, and whoever is told of each write that it has taken."""

    def __init__(self, file: Any, told: Callable[[], None]) -> None:
        self._file = file
        self._told = told

    def write(self, text: str) -> None:
        self._file.write(text)
        self._told()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
