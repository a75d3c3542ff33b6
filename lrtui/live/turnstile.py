"""Keeps whoever steers apart from the step that runs: one execution or one change at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets a change through between two executions, from whichever thread it comes.

    An execution lets pass whoever is :attr:`waiting`, and holds the :attr:`gate`: an attribute and
    a lock's C code, as each step pays it.
    """

    def __init__(self) -> None:
        self.gate = threading.RLock()
        """Held by an execution while it lasts."""
        self.waiting = 0
        """How many changes wait for the execution under way to end."""
        self._fewer = threading.Condition()

    def let_pass(self) -> None:
        """Before an execution: return once all changes that wait are through."""
        with self._fewer:
            while self.waiting:
                self._fewer.wait()

    @contextmanager
    def between(self) -> Iterator[None]:
        """Between two executions; at once for the thread that trains."""
        with self._fewer:
            self.waiting += 1
        self.gate.acquire()
        with self._fewer:
            self.waiting -= 1
            self._fewer.notify_all()
        try:
            yield
        finally:
            self.gate.release()
