"""A link that is no process: it takes commands and lets a test say what the worker answers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from lrtui.protocol import (
    Allowed,
    Command,
    Ended,
    Event,
    RangeTestEnded,
    Ready,
    Reset,
    Sample,
    Settings,
    Start,
    Started,
    StepsDone,
    pack,
)
from lrtui.protocol.range_test import Sweep
from lrtui.runs.heartbeat import WorkerStatus
from tests.runs.epochs import epoch_event

READY = Ready(
    pid=4711,
    tensorflow="2.21.0",
    keras="3.15.1",
    devices=["CPU:0"],
    threads=2,
    niceness=10,
    memory=600 * 2**20,
)


class FakeLink:
    """Remembers what was sent; `say` plays the worker."""

    def __init__(
        self,
        on_event: Callable[[Event], None],
        on_gone: Callable[[str], None],
        on_state: Callable[[WorkerStatus], None],
    ) -> None:
        self.tell_state = on_state
        self.status = WorkerStatus("cold", Path("worker.log"))
        self.output: tuple[str, ...] = ()
        self.killed = False
        self.say = on_event
        self.die = on_gone
        self.sent: list[Command] = []
        """Without what it may run, which is in `allowed`."""
        self.allowed: list[Allowed] = []
        self.starts = 0
        self.closed = False
        self.past: list[Event] = []
        """Of a training that is attached to."""

    def read_past(self) -> None:
        for event in self.past:
            self.say(event)

    async def start(self) -> None:
        self.starts += 1

    def send(self, command: Command) -> None:
        if isinstance(command, Sample | Start | Reset):
            self.allowed.append(command.allowed)
            command = replace(command, allowed=())
        self.sent.append(command)

    def kill(self) -> None:
        self.killed = True

    async def close(self) -> None:
        self.closed = True


def exchange(
    schedule: str, settings: Settings, rates: list[float], *, ended: bool = False
) -> list[Event]:
    """A run of these rates, with losses that fall as 1 / (1 + step / 64)."""
    losses = [1 / (1 + step / 64) for step in range(len(rates))]
    events: list[Event] = [Started(schedule, settings)]
    size = settings.steps_per_epoch
    for first in range(0, len(rates), size):
        part = slice(first, first + size)
        done = min(first + size, len(rates))
        events.append(StepsDone(first, pack(rates[part]), pack(losses[part]), 640 * 2**20))
        if done % size == 0:
            mean = sum(losses[part]) / size
            events.append(epoch_event(done // size, done, rates[done - 1], mean, mean * 1.05))
    if ended:
        events.append(Ended("done"))
    return events


def range_test(**traits: object) -> RangeTestEnded:
    """A sweep whose loss falls from rates of 1e-3 on and rises steeply at the end."""
    sweep = Sweep()
    rates = np.geomspace(sweep.low, sweep.high, sweep.steps)
    losses = 1 - 0.5 / (1 + np.exp(-3 * (np.log10(rates) + 2)))
    losses[-8:] *= np.geomspace(1.2, 50, 8)
    return RangeTestEnded(sweep, pack(rates), pack(losses), **traits)  # type: ignore[arg-type]
