"""The type of a connection to a worker, as whoever only sends commands needs it."""

from typing import Protocol

from lrtui.protocol import Command


class WorkerLink(Protocol):
    """A connection to a worker, such as :class:`lrtui.runs.client.Client`."""

    async def start(self) -> None:
        """Make sure that a worker is there or coming."""

    def send(self, command: Command) -> None:
        """Send a command, or keep it until the worker is there."""

    async def close(self) -> None:
        """End the worker."""
