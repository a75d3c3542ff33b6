"""What a training reports to and is commanded by, from the training's side. Never blocks it."""

import queue
import time
from collections import deque
from typing import Protocol

from lrtui.protocol import Command, Event, Start, Stop, TrainAtOnce


class Link(Protocol):
    """Someone who watches and steers."""

    def send(self, event: Event) -> None:
        """Hand an event over; returns at once."""

    def poll(self) -> Command | None:
        """The next command, None if there is none now."""

    def wait(self, seconds: float | None = None) -> Command | None:
        """The next command, as soon as there is one; costs no processor time meanwhile.

        None if there was none for so many seconds.
        """

    def answer(self, refused: str = "") -> None:
        """Say that the command that was taken last is obeyed, or why it is not."""


class NoLink:
    """Nobody watches."""

    def send(self, event: Event) -> None:
        """Forget the event."""

    def poll(self) -> Command | None:
        """None: there is no command."""
        return None

    def wait(self, seconds: float | None = None) -> Command | None:
        """Sleep for so many seconds; None."""
        if seconds is None:
            raise RuntimeError("nobody is there to give a command")
        time.sleep(seconds)
        return None

    def answer(self, refused: str = "") -> None:
        """Nobody waits for it."""


class QueueLink:
    """A link within one process: for scripts, notebooks and tests.

    Put commands with :meth:`command` from any thread; `events` holds what was reported.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def command(self, command: Command) -> None:
        """Give a command; it is obeyed between two steps."""
        self._commands.put(command)

    def send(self, event: Event) -> None:
        """Keep the event in `events`."""
        self.events.append(event)

    def poll(self) -> Command | None:
        """The next command that was given; None: there is none."""
        return None if self._commands.empty() else self._commands.get()

    def wait(self, seconds: float | None = None) -> Command | None:
        """Wait for the next command; None: there was none for so many seconds."""
        return next_command(self._commands, seconds)

    def answer(self, refused: str = "") -> None:
        """Forget it: whoever gave the command sees what came of it."""


class KeepingLink:
    """A link on which one activity can be stopped, while all other commands wait for their time."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._kept: deque[Command] = deque()

    def send(self, event: Event) -> None:
        """Hand the event on."""
        self._link.send(event)

    def poll(self) -> Command | None:
        """The next command, first those that were kept; None: there is none."""
        return self._kept.popleft() if self._kept else self._link.poll()

    def wait(self, seconds: float | None = None) -> Command | None:
        """Wait for the next command, first those that were kept."""
        return self._kept.popleft() if self._kept else self._link.wait(seconds)

    def answer(self, refused: str = "") -> None:
        """Hand it on."""
        self._link.answer(refused)

    def stop_asked(self) -> bool:
        """Whether a :class:`Stop` came, which is taken, or something else to do, which is not."""
        while (command := self._link.poll()) is not None:
            if isinstance(command, Stop):
                return True
            self._kept.append(command)
            if isinstance(command, Start | TrainAtOnce):
                return True
        return False


def next_command(
    commands: queue.SimpleQueue[Command], seconds: float | None = None
) -> Command | None:
    """Wait for a command; None if there was none for so many seconds."""
    try:
        return commands.get(timeout=seconds)
    except queue.Empty:
        return None
