"""What a training and the thread of its hub hand each other, without waiting for one another."""

import contextlib
import queue
import socket
import time
from collections import deque

import msgspec

from lrtui.live.viewers import Viewer
from lrtui.protocol import Command, Event
from lrtui.protocol.attach import Answer


class ReceivedOrder(msgspec.Struct):
    """A command that is to be obeyed, and who gave it."""

    command: Command
    viewer: Viewer | None = None
    """Who waits for the answer; None: nobody."""
    id: int = 0
    who: str = ""


class Mailbox:
    """What goes from one thread to the other; each end is used by one of them only."""

    def __init__(self) -> None:
        self.events: deque[tuple[float, Event]] = deque()
        """From the training, each with the time."""
        self.asked: queue.SimpleQueue[ReceivedOrder] = queue.SimpleQueue()
        """To the training."""
        self.answers: deque[tuple[Viewer, Answer]] = deque()
        """From the training."""
        self.looked: float | None = time.monotonic()
        """When the training last looked for commands; None: it waits for one."""
        self.closing = False
        """Whether the training is over."""
        self.woken, self._wake = socket.socketpair()
        self.woken.setblocking(False)
        self._wake.setblocking(False)

    def wake(self) -> None:
        """Have the hub's thread look."""
        with contextlib.suppress(OSError):  # full: it is awake already; closed: it has ended
            self._wake.send(b"\0")

    def close(self) -> None:
        """Close the two ends of what wakes."""
        self.woken.close()
        self._wake.close()
