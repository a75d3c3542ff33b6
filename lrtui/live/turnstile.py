"""Keeps whoever steers apart from the step that runs: one execution or one change at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets a change through between two executions, from whichever thread it comes."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._trainer: int | None = None
        self._waiting = 0

    def begin(self) -> None:
        """An execution begins, once all changes that wait are through."""
        with self._free:
            while self._waiting:
                self._free.wait()
            self._trainer = threading.get_ident()

    def end(self) -> None:
        """The execution is over."""
        with self._free:
            self._trainer = None
            self._free.notify_all()

    @contextmanager
    def between(self) -> Iterator[None]:
        """Between two executions; at once for the thread that trains."""
        with self._free:
            self._waiting += 1
            while self._trainer not in (None, threading.get_ident()):
                self._free.wait()
            self._waiting -= 1
            try:
                yield
            finally:
                self._free.notify_all()
