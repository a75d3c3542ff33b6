"""Textual's driver of the terminal, with a wire in front of it that leaves out what is known."""

import os
import signal
from functools import cache
from typing import TYPE_CHECKING, Any

from lrtui.tui.wire import Wire

if TYPE_CHECKING:
    from textual.driver import Driver

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


@cache
def thrifty(base: "type[Driver]") -> "type[Driver]":
    """A driver that sends no cell that the terminal shows already.

    Args:
        base: a driver of a terminal, such as Textual finds for the platform.
    """

    class ThriftyDriver(base):  # type: ignore[misc,valid-type]
        """See :func:`thrifty`."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._wire = Wire()
            self._resized = False
            self._held = ""

        def start_application_mode(self) -> None:
            """Take over the terminal, and its changes of size."""
            super().start_application_mode()
            if not hasattr(signal, "SIGWINCH"):
                return
            heed = signal.getsignal(signal.SIGWINCH)

            def resized(number: int, frame: Any) -> None:
                self._resized = True
                if callable(heed):
                    heed(number, frame)

            signal.signal(signal.SIGWINCH, resized)

        def write(self, data: str) -> None:
            """Send what differs; an update that changes nothing is not begun."""
            if data == SYNC_START:
                self._held = data
                return
            if data == SYNC_END and self._held:
                self._held = ""
                return
            short = self._shortened(data)
            if short:
                super().write(self._held + short)
                self._held = ""

        def _shortened(self, data: str) -> str:
            if self._resized or not self._is_as_the_app_thinks():
                # What a terminal does to its cells when its size changes is its own affair.
                self._wire.forget()
                self._resized = False
            return self._wire.shorten(data)

        def _is_as_the_app_thinks(self) -> bool:
            """Whether the terminal has the size that the app draws for."""
            try:
                return os.get_terminal_size(self.fileno) == tuple(self._app.size)
            except OSError:
                return False

    return ThriftyDriver
