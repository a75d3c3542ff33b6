"""The client of a training that somebody else started: watches it and gives it orders.

To a session it is what :class:`~lrtui.runs.client.Client` is, which starts a worker of ours. The
past comes from the journal where that can be read, else over the socket in reduced form; then comes
every event as it happens. It never ends the training: closing it only leaves.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from lrtui import __version__
from lrtui.protocol import (
    MAX_LINE_BYTES,
    Alive,
    Command,
    Event,
    StepsDone,
    encode,
)
from lrtui.protocol.attach import (
    PROTOCOL,
    Answer,
    FromTraining,
    Full,
    Greeting,
    Hello,
    Order,
    Past,
    decode_from_training,
)
from lrtui.protocol.registry import Place, lives
from lrtui.runs.heartbeat import TICK_SECONDS, Heartbeat, WorkerStatus
from lrtui.runs.journal import read_journal
from lrtui.runs.orders import Unreachable, check_greeting, check_peer
from lrtui.runs.time_slices import TimeSlices

LOCK_SECONDS = 0.5
"""So long at most after its socket, the lock of a process that ends is gone as well."""
KILLED = "killed: its process ended without a word"


class Attached:
    """One training, watched over its socket; one that is over, read from its journal.

    Args:
        place: its files.
        on_event: called in the loop with each event, those of the past first.
        on_past: called with a past in reduced form, where the journal cannot be read.
        on_gone: called once when the connection is lost, with the reason.
        on_state: called when the state changes, or whether the training answers.
        on_refused: called with what was refused, and why, in a line.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        place: Place,
        *,
        on_event: Callable[[Event], None],
        on_past: Callable[[Past], None],
        on_gone: Callable[[str], None],
        on_state: Callable[[WorkerStatus], None],
        on_refused: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.greeting: Greeting | None = None
        """What it said first; None: it is over, or not connected yet."""
        self._place = place
        self._on_event, self._on_past = on_event, on_past
        self._on_gone, self._on_state, self._on_refused = on_gone, on_state, on_refused
        self._clock = clock
        self._heartbeat = Heartbeat(clock())
        self._writer: asyncio.StreamWriter | None = None
        self._watching: asyncio.Task[None] | None = None
        self._ordered: dict[int, Command] = {}
        self._orders = 0
        self._reason, self._lives = "", False
        self._over = False
        self._known: tuple[int, int] | None = None
        """How many steps and other events were handed on from the journal."""

    @property
    def status(self) -> WorkerStatus:
        """The training as it is now."""
        connected, now = self._writer is not None, self._clock()
        heartbeat = self._heartbeat
        return WorkerStatus(
            state=heartbeat.state if connected else "gone",
            log=Path(os.devnull),
            pid=self.greeting.entry.pid if self.greeting is not None and connected else None,
            memory=heartbeat.memory,
            steps_per_second=heartbeat.steps_per_second(now) if connected else None,
            since=heartbeat.since(now),
            answers=heartbeat.answers,
            silent_for=heartbeat.silent_for,
            busy_for=heartbeat.busy_for,
            reason=self._reason,
            lives=self._lives,
        )

    @property
    def output(self) -> tuple[str, ...]:
        """Nothing: what it prints goes where it was started."""
        return ()

    async def start(self) -> None:
        """Connect and hand on the past; of one that is over, all that it recorded."""
        if self._writer is not None or self._over:
            return
        if not lives(self._place):
            self.read_past()
            if self._heartbeat.state != "ready":
                self._lose(KILLED)
            self._over = True
            return
        try:
            reader, self._writer = await asyncio.open_unix_connection(
                str(self._place.socket), limit=MAX_LINE_BYTES
            )
            check_peer(self._writer.get_extra_info("socket"))
            self.greeting = check_greeting(_decode(await reader.readline()))
        except (OSError, ValueError, Unreachable) as error:  # ValueError: a line without an end
            why = error.strerror or error if isinstance(error, OSError) else error
            self._lose(f"it cannot be attached to: {why}")
            return
        self.read_past()
        steps, lines = self._known or (0, 0)
        who = f"attach of process {os.getpid()}"
        self._writer.write(encode(Hello(PROTOCOL, __version__, who, steps, lines)))
        for number, command in self._ordered.items():  # given while it was connecting
            self._writer.write(encode(Order(number, command)))
        if self.greeting.refusal:
            self._on_refused(f"watched only: {self.greeting.refusal}")
        self._watching = asyncio.create_task(self._watch(reader))

    def send(self, command: Command) -> None:
        """Give an order; what is refused is told."""
        if self._over:
            self._on_refused("the training is over: it cannot be steered")
            return
        self._orders += 1
        self._ordered[self._orders] = command
        if self._writer is not None and self.greeting is not None:
            self._writer.write(encode(Order(self._orders, command)))

    def kill(self) -> None:
        """Nothing: it is somebody's training."""

    async def close(self) -> None:
        """Leave; the training goes on."""
        self._over = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def read_past(self) -> None:
        """Hand on all that the journal holds, once: the first picture has it then."""
        if self._known is None:
            journal = read_journal(self._place)
            for event in journal.events():
                if isinstance(event, StepsDone):  # which tell nothing of how fast it is now
                    self._on_event(event)
                else:
                    self._take(event)
            self._known = len(journal.steps), journal.line_count

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        ticking = asyncio.create_task(self._tick())
        slices = TimeSlices(self._clock)
        try:
            with contextlib.suppress(ConnectionError):  # it had not read all that we sent
                while line := await reader.readline():
                    slices.begin()
                    self._hear(_decode(line))
                    await slices.end()
            self._lose(await self._why_silent())
        except Exception as error:  # whatever a training says, it is told and not a traceback
            self._lose(f"the connection is lost: {type(error).__name__}: {error}")
        finally:
            ticking.cancel()

    async def _why_silent(self) -> str:
        if self._heartbeat.state == "ready":
            return "the training has ended"
        if lives(self._place):  # of a process that ends, the lock may go after the socket
            await asyncio.sleep(LOCK_SECONDS)
        return "the connection is lost, the training lives" if lives(self._place) else KILLED

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            before = self.status.answers
            self._heartbeat.tick(self._clock())
            if self.status.answers != before:
                self._on_state(self.status)

    def _hear(self, told: FromTraining | None) -> None:
        match told:
            case None | Greeting() | Full():
                pass
            case Past():
                self._on_past(told)
            case Answer():
                command = self._ordered.pop(told.id, None)
                if told.outcome != "done":
                    what = type(command).__name__.lower() if command is not None else "an order"
                    self._on_refused(f"{what} refused: {told.reason}")
            case _:
                self._take(told)

    def _take(self, event: Event) -> None:
        before = self._heartbeat.state
        self._heartbeat.hear(event, self._clock())
        if not isinstance(event, Alive):
            self._on_event(event)
        if self._heartbeat.state != before:
            self._on_state(self.status)

    def _lose(self, why: str) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer, self._reason, self._lives = None, why, lives(self._place)
        if not self._over:
            self._over = True
            self._on_gone(why)


def _decode(line: bytes) -> FromTraining | None:
    """A message; None: it is not known here."""
    try:
        return decode_from_training(line)
    except msgspec.DecodeError:
        return None
