"""A link to a worker that plays a script."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from lrtui.protocol import Command, Event

Script = Sequence[Event | str | signal.Signals]
"""What happens: events; why the worker is gone; signals to this process."""


class ScriptedLink:
    """Plays the script of a command's class once it is sent such a command."""

    def __init__(self, scripts: Mapping[type[Command], Script]) -> None:
        self._scripts = scripts
        self.sent: list[Command] = []
        self.opens = 0
        self.closed = False

    def opened(self, on_event: Callable[[Event], None], on_gone: Callable[[str], None]) -> Self:
        self._on_event, self._on_gone = on_event, on_gone
        self.opens += 1
        return self

    async def start(self) -> None:
        pass

    def send(self, command: Command) -> None:
        self.sent.append(command)
        for item in self._scripts[type(command)]:
            if isinstance(item, signal.Signals):
                os.kill(os.getpid(), item)
            elif isinstance(item, str):
                self._on_gone(item)
            else:
                self._on_event(item)

    async def close(self) -> None:
        self.closed = True
