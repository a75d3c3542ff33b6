"""A worker for the length of one command: its events, its end and our signals come in one queue."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lrtui.cli.errors import Failed, report
from lrtui.protocol import Command, Event
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.worker_link import WorkerLink

Incoming = Event | str | signal.Signals
"""An event, the reason why the worker is gone, or a signal to us."""

OpenLink = Callable[[Callable[[Event], None], Callable[[str], None]], WorkerLink]
"""Opens a link, given whom to tell of events and of the worker's end."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end a command; nohup and a shell in the background switch some off."""


class WorkerSession:
    """A worker that is there or coming."""

    def __init__(self, link: WorkerLink, incoming: asyncio.Queue[Incoming]) -> None:
        self._link, self._incoming = link, incoming

    def send(self, command: Command) -> None:
        """Send a command, or keep it until the worker is there."""
        self._link.send(command)

    async def receive(self) -> Incoming:
        """Wait for what comes next."""
        return await self._incoming.get()


@asynccontextmanager
async def worker_session(open_link: OpenLink) -> AsyncIterator[WorkerSession]:
    """Start a worker, and end it afterwards. Signals do not end us meanwhile: they are received.

    Raises:
        Failed: the worker cannot be started.
    """
    incoming: asyncio.Queue[Incoming] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    # A signal that whoever started us has switched off, as nohup does, stays off.
    signals = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]
    for number in signals:
        loop.add_signal_handler(number, incoming.put_nowait, number)
    link = open_link(incoming.put_nowait, incoming.put_nowait)
    try:
        try:
            await link.start()
        except OSError as error:
            raise Failed(f"the worker could not be started: {error}") from None
        yield WorkerSession(link, incoming)
    finally:
        await link.close()
        for number in signals:
            loop.remove_signal_handler(number)


def opener(device: str = "cpu", threads: int = 2) -> OpenLink:
    """What opens a link to a worker of our own."""
    from lrtui.runs.client import Client

    def tell(status: WorkerStatus) -> None:
        if not status.answers:
            report("the worker does not answer; Ctrl+C twice ends it")

    return lambda on_event, on_gone: Client(
        threads=threads, device=device, on_event=on_event, on_gone=on_gone, on_state=tell
    )
