"""The process that trains at once, from the watching side: asked, dropped for newer, restarted.

It is a worker process like any other; what is asked here only never runs a ``fit`` in it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from lrtui.protocol import (
    AtOnceEnded,
    Broken,
    Event,
    Ready,
    Stop,
    TrainAtOnce,
    TrainedAtOnce,
    pack,
)
from lrtui.runs.client import Client
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.trained import Asked, Trained

MOST_BYTES = 1_500_000_000
"""A process that comes near it is ended once it has nothing to do, and another is started: XLA
keeps what it compiled for good."""
ROOM_BYTES = 150_000_000
"""So near: what is compiled for one question holds less."""
IDLE_SECONDS = 600.0
"""One that was not used for so long is ended."""
PATIENCE_SECONDS = 20.0
"""So long may one take to drop what it does for something newer: it may be compiling."""
HUNG_SECONDS = 25.0
"""One that does not answer for so long more is ended: it is held by code of the user's own that
nothing interrupts, such as a loss that hangs in C. What makes a model and data may take 30 s."""

OnSteps = Callable[[Trained], None]
OnEnd = Callable[[Trained, AtOnceEnded], None]


class AtOnce:
    """Asks one process, which is started when something is first asked for; the newest counts.

    Args:
        threads: at most so many compute.
        device: ``cpu`` or ``gpu``.
        client: makes the client; given `on_event`, `on_gone`, `on_state`, `threads` and `device`.
        on_ready: is told what the process says of itself.
        stamp: adds to a command what a person allowed.
    """

    def __init__(
        self,
        *,
        threads: int = 2,
        device: str = "cpu",
        client: Callable[..., Any] = Client,
        on_ready: Callable[[Ready], None] | None = None,
        stamp: Callable[[TrainAtOnce], TrainAtOnce] = lambda command: command,
    ) -> None:
        self._stamp = stamp
        self._client = client(
            threads=threads,
            device=device,
            on_event=self._event,
            on_gone=self._gone,
            on_state=self._state,
        )
        self._on_ready = on_ready
        self._ticket = 0
        self._wanted: _Wanted | None = None
        self._running: int | None = None
        """The ticket that the process works on, as far as it told."""
        self._bringing: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._hung: asyncio.TimerHandle | None = None
        self._broken = ""

    @property
    def memory(self) -> int:
        """Resident memory of the process in bytes; 0: there is none."""
        return int(self._client.memory)

    @property
    def pid(self) -> int | None:
        """Its process id, None if there is none."""
        pid: int | None = self._client.pid
        return pid

    @property
    def busy(self) -> bool:
        """Whether something that was asked for has not ended."""
        return self._wanted is not None

    def ask(self, asked: Asked, on_steps: OnSteps, on_end: OnEnd) -> None:
        """Have these trained. What was asked before and has not ended is dropped, and told so.

        Args:
            asked: what.
            on_steps: called with what is known, whenever there is more of it.
            on_end: called once, with what is known and why there is no more.
        """
        self._drop()
        self._ticket += 1
        self._wanted = _Wanted(self._ticket, Trained(asked), on_steps, on_end)
        self._rest()
        if self._bringing is not None and not self._bringing.done():
            return  # it is sent when the process is there
        if self._client.state in ("starting", "ready"):
            self._send(self._wanted)
        else:
            self._bring()

    def drop(self) -> None:
        """What was asked for is not wanted any more; it is told so."""
        if self._wanted is not None:
            self._drop()
            if self._client.state in ("starting", "ready"):
                self._client.send(Stop())

    async def close(self) -> None:
        """End the process. Nothing that was asked for is told any more."""
        self._wanted = None
        for timer in (self._idle, self._patience, self._hung):
            if timer is not None:
                timer.cancel()
        if self._bringing is not None:
            self._bringing.cancel()
            await asyncio.wait([self._bringing])
        await self._client.close()

    def _drop(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted.on_end(wanted.trained, AtOnceEnded(wanted.ticket, "dropped"))

    def _send(self, wanted: "_Wanted") -> None:
        asked = wanted.trained.asked
        command = TrainAtOnce(
            wanted.ticket,
            asked.settings,
            pack(asked.rates),
            len(asked.rates),
            asked.rows,
            asked.losses,
            asked.until_diverged,
            asked.first_step,
            asked.state,
            asked.most_seconds,
        )
        self._client.send(self._stamp(command))
        if self._running is not None and self._patience is None:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(PATIENCE_SECONDS, self._lose_patience, self._running)
        self._running = wanted.ticket if self._running is None else self._running

    def _lose_patience(self, ticket: int) -> None:
        self._patience = None
        if self._running == ticket:
            self._bring(ending=True)

    def _bring(self, *, ending: bool = False, again: bool = True) -> None:
        """Have a process, and give it what is wanted.

        Args:
            ending: end the present one first.
            again: have another one also if nothing is wanted.
        """

        async def bring() -> None:
            if ending:
                await self._client.close()
            self._running = None
            if ending and not again and self._wanted is None:
                return
            try:
                await self._client.start()
            except OSError as error:
                self._gone(f"the process could not be started: {error}")
                return
            if self._wanted is not None:
                self._send(self._wanted)

        if self._bringing is None or self._bringing.done():
            self._bringing = asyncio.get_running_loop().create_task(bring())

    def _event(self, event: Event) -> None:
        wanted = self._wanted
        match event:
            case Ready():
                if self._on_ready is not None:
                    self._on_ready(event)
            case Broken(message=why):
                self._broken = why
            case TrainedAtOnce(ticket=ticket) if wanted is not None and ticket == wanted.ticket:
                wanted.trained.add(event)
                wanted.on_steps(wanted.trained)
            case AtOnceEnded():
                self._ended(event)

    def _ended(self, event: AtOnceEnded) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        wanted = self._wanted
        self._running = None if wanted is None or event.ticket == wanted.ticket else wanted.ticket
        if wanted is not None and event.ticket == wanted.ticket:
            self._wanted = None
            wanted.trained.stacked = event.stacked
            wanted.on_end(wanted.trained, event)
        if event.memory > MOST_BYTES - ROOM_BYTES and self._wanted is None:
            self._bring(ending=True)
        self._rest()

    def _state(self, status: WorkerStatus) -> None:
        if self._hung is not None:
            self._hung.cancel()
            self._hung = None
        if status.state == "ready" and not status.answers:
            loop = asyncio.get_running_loop()
            self._hung = loop.call_later(HUNG_SECONDS, self._client.kill)

    def _gone(self, why: str) -> None:
        wanted, self._wanted, self._running = self._wanted, None, None
        if wanted is not None:
            ended = AtOnceEnded(wanted.ticket, "failed", self._broken or why)
            wanted.on_end(wanted.trained, ended)

    def _rest(self) -> None:
        """Begin to count the time without use anew."""
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(IDLE_SECONDS, self._end_idle)

    def _end_idle(self) -> None:
        if self._wanted is None:
            self._bring(ending=True, again=False)


class _Wanted(Struct, frozen=True, eq=False):
    ticket: int
    trained: Trained
    on_steps: OnSteps
    on_end: OnEnd
