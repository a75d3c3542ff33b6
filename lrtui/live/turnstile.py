"""Keeps whoever steers apart from the step that runs: one execution or one change at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets a change through between two executions, from whichever thread it comes.

    An execution costs an attribute and a lock's C code, as each step pays it.
    """

    def __init__(self) -> None:
        self._gate = threading.RLock()
        self._fewer = threading.Condition()
        self._waiting = 0

    def begin(self) -> None:
        """An execution begins, once all changes that wait are through."""
        if self._waiting:
            with self._fewer:
                while self._waiting:
                    self._fewer.wait()
        self._gate.acquire()

    def end(self) -> None:
        """The execution is over."""
        self._gate.release()

    @contextmanager
    def between(self) -> Iterator[None]:
        """Between two executions; at once for the thread that trains."""
        with self._fewer:
            self._waiting += 1
        self._gate.acquire()
        with self._fewer:
            self._waiting -= 1
            self._fewer.notify_all()
        try:
            yield
        finally:
            self._gate.release()
