"""A viewer for tests, as simple as one can be."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lrtui.live.hub import Hub
from lrtui.protocol import Command, Started, StepsDone, encode, pack
from lrtui.protocol.attach import (
    PROTOCOL,
    Answer,
    Greeting,
    Hello,
    Order,
    decode_from_training,
)
from lrtui.protocol.script import Script
from tests.runs.epochs import epoch_event

SECONDS = 30.0
"""After so long without a word a test fails; nothing waits for it."""


class TestViewer:
    """One connection to a hub."""

    __test__ = False

    def __init__(self, path: Path, who: str = "test", steps: int = 0, events: int = 0) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(SECONDS)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")
        self.greeting = self.read()
        if isinstance(self.greeting, Greeting):
            self.say(Hello(PROTOCOL, "test", who, steps, events))

    def say(self, message: Any) -> None:
        self.socket.sendall(encode(message))

    def order(self, number: int, command: Command) -> None:
        self.say(Order(number, command))

    def read(self) -> Any:
        line = self._lines.readline()
        if not line:
            raise EOFError
        return decode_from_training(line)

    def until(self, wanted: Callable[[Any], bool]) -> list[Any]:
        """All that comes up to what is wanted."""
        heard = []
        while True:
            heard.append(self.read())
            if wanted(heard[-1]):
                return heard

    def answer(self, number: int) -> Answer:
        found: Answer = self.until(lambda one: isinstance(one, Answer) and one.id == number)[-1]
        return found

    def close(self) -> None:
        # The file holds the descriptor too.
        self._lines.close()
        self.socket.close()


def begin(hub: Hub, name: str = "mnist") -> None:
    hub.send(Started("CosineDecay(0.1, 1000)", script=Script(name, "Adam", "tensorflow", 10, 100)))


def rates_of(first: int, count: int) -> list[float]:
    """Of each step a rate that tells which step it is."""
    return [1 / (1 + step) for step in range(first, first + count)]


def do_steps(hub: Hub, first: int, count: int) -> None:
    rates = rates_of(first, count)
    hub.send(StepsDone(first, pack(rates), pack([10 * rate for rate in rates])))


def end_epoch(hub: Hub, epoch: int, steps: int) -> None:
    hub.send(epoch_event(epoch, steps, 0.1, 0.5))
