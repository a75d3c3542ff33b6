"""A link whose runs are also listed, and kept in a journal: they can be watched from elsewhere.

They are steered by whoever started them, and by nobody else.
"""

import os

from lrtui.live.hooks import say, short
from lrtui.live.hub import Hub
from lrtui.live.link import Link
from lrtui.protocol import Command, Ended, Event, Ready, Started

REFUSAL = "it is steered from the program that started it (process {pid})"


class JournalLink:
    """Hands everything on, and tells a hub of each run as well.

    Args:
        link: who watches and steers.
        ready: what this process says of itself.
    """

    def __init__(self, link: Link, ready: Ready) -> None:
        self._link, self._ready = link, ready
        self._hub: Hub | None = None

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
        """The next command of who started the run; None: there is none."""
        if self._hub is not None:
            self._hub.poll()  # so that it knows when it was last looked
        return self._link.poll()

    def wait(self, seconds: float | None = None) -> Command | None:
        """Wait for the next command; None: there was none for so many seconds."""
        return self._link.wait(seconds)

    def answer(self, refused: str = "") -> None:
        """Hand it on."""
        self._link.answer(refused)

    def _open(self, started: Started) -> None:
        self._close()
        name = started.settings.task if started.settings is not None else "a run"
        try:
            self._hub = Hub(name, REFUSAL.format(pid=os.getppid()))
            self._hub.send(self._ready)
        except OSError as error:
            say(f"the run is not kept: {short(error)}")

    def _close(self) -> None:
        hub, self._hub = self._hub, None
        if hub is not None:
            hub.close()
