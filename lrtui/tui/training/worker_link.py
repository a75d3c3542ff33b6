"""The type of a connection to a worker, as a session needs it."""

from collections.abc import Callable
from typing import Protocol

from lrtui.protocol import Command, Event
from lrtui.runs.heartbeat import WorkerStatus


class WorkerLink(Protocol):
    """A connection to a worker, such as :class:`lrtui.runs.client.Client`."""

    async def start(self) -> None:
        """Make sure that a worker is there or coming."""

    @property
    def status(self) -> WorkerStatus:
        """The worker as it is now."""

    @property
    def output(self) -> tuple[str, ...]:
        """The last lines that it printed."""

    def send(self, command: Command) -> None:
        """Send, or queue until the worker is there."""

    def kill(self) -> None:
        """End the worker, also one that does not answer."""

    async def close(self) -> None:
        """End the worker."""


OpenWorkerLink = Callable[
    [Callable[[Event], None], Callable[[str], None], Callable[[WorkerStatus], None]], WorkerLink
]
"""From `on_event`, `on_gone` and `on_state` to a link."""
