"""A link whose runs are also listed, kept in a journal, and watched and steered from elsewhere."""

import time

from lrtui.live.hooks import say, short
from lrtui.live.hub import Hub
from lrtui.live.link import Link
from lrtui.protocol import Command, Ended, Event, Ready, Started

LOOK_SECONDS = 0.05
"""While it waits for whoever started it, it looks so often for orders from elsewhere."""


class JournalLink:
    """Hands everything on, and tells a hub of each run as well.

    Args:
        link: who watches and steers.
        ready: what this process says of itself.
    """

    def __init__(self, link: Link, ready: Ready) -> None:
        self._link, self._ready = link, ready
        self._hub: Hub | None = None
        self._from_hub = False
        """Whether the command that was taken last came from elsewhere."""

    def send(self, event: Event) -> None:
        """Tell both."""
        self._link.send(event)
        if isinstance(event, Started):
            self._open(event)
        if self._hub is not None:
            self._hub.send(event)
            if isinstance(event, Ended):
                self._close()

    def poll(self) -> Command | None:
        """The next command, first of who started the run; None: there is none."""
        return self._taken(self._link.poll())

    def wait(self, seconds: float | None = None) -> Command | None:
        """Wait for the next command; None: there was none for so many seconds."""
        until = None if seconds is None else time.monotonic() + seconds
        while self._hub is not None:
            left = LOOK_SECONDS if until is None else min(LOOK_SECONDS, until - time.monotonic())
            command = self._taken(self._link.wait(max(0.0, left)))
            if command is not None or (until is not None and time.monotonic() >= until):
                return command
        self._from_hub = False
        return self._link.wait(seconds)

    def answer(self, refused: str = "") -> None:
        """Answer whoever gave the command that was taken last."""
        if self._from_hub and self._hub is not None:
            self._hub.answer(refused)
        else:
            self._link.answer(refused)

    def _taken(self, own: Command | None) -> Command | None:
        """A command of who started the run, or else of somebody at the hub."""
        other = self._hub.poll() if own is None and self._hub is not None else None
        self._from_hub = other is not None
        return own if own is not None else other

    def _open(self, started: Started) -> None:
        self._close()
        name = started.settings.task if started.settings is not None else "a run"
        try:
            self._hub = Hub(name)
            self._hub.send(self._ready)
        except OSError as error:
            say(f"the run is not kept: {short(error)}")

    def _close(self) -> None:
        hub, self._hub = self._hub, None
        if hub is not None:
            hub.close()
