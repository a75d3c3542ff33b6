"""The type of a connection to a worker, as a session needs it."""

from collections.abc import Callable
from typing import Protocol

from lrtui.protocol import Event
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.worker_link import WorkerLink


class SessionLink(WorkerLink, Protocol):
    """A connection to a worker that is also watched."""

    def read_past(self) -> None:
        """Hand on what is known without asking anybody, at once."""

    @property
    def status(self) -> WorkerStatus:
        """The worker as it is now."""

    @property
    def output(self) -> tuple[str, ...]:
        """The last lines that it printed."""

    def kill(self) -> None:
        """End the worker, also one that does not answer."""


OpenWorkerLink = Callable[
    [Callable[[Event], None], Callable[[str], None], Callable[[WorkerStatus], None]], SessionLink
]
"""From `on_event`, `on_gone` and `on_state` to a link."""
