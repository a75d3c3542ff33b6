"""An executor of processes of our own: each has one task at a time, and may die of it."""

import contextlib
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import IO, NamedTuple

from lrtui.runs.worker_process import HUNG, Watcher, environment, reason

TRIES = 3
"""So often is a task begun whose process dies of it."""
TRIES_KILLED = 10
"""And so often if it is killed: by whoever frees a machine, as by what runs out of memory."""
LENGTH = struct.Struct("<Q")
"""What goes over the socket is a length and so many bytes: a function's name, then what it is
given, or back what it returned."""
_LAST_BYTES = 4096

BytesFunction = Callable[[bytes], bytes]


class ProcessDied(Exception):
    """The process that had a task died of it, or was ended."""


class _Task(NamedTuple):
    future: "Future[bytes]"
    function: str
    given: bytes


class Processes(Executor):
    """So many processes of this machine, niced. They end with this one, however it ends.

    A process that dies costs its task a try and nobody else anything. Unlike those of
    ``ProcessPoolExecutor`` they import nothing of a user's ``__main__``.

    Args:
        count: how many.
        worn: told each result; whether its process is replaced by a fresh one.
        patience_seconds: after so many the process of a task is ended, as one that hangs.
    """

    def __init__(
        self,
        count: int,
        worn: Callable[[bytes], bool] = lambda result: False,
        patience_seconds: float | None = None,
    ) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._worn, self._patience = worn, patience_seconds
        self._ended = False
        self._processes: dict[int, _Process] = {}
        self._threads = [
            threading.Thread(target=self._serve, args=(number,), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pids(self) -> list[int]:
        """Of the processes that are there now."""
        return [process.pid for process in list(self._processes.values())]

    def submit(  # type: ignore[override]
        self, function: BytesFunction, given: bytes, /
    ) -> "Future[bytes]":
        """Have one of the processes call a function of a module with bytes; it gives bytes."""
        if self._ended:
            raise RuntimeError("the processes were ended")
        future: Future[bytes] = Future()
        name = f"{function.__module__}:{function.__qualname__}"
        self._tasks.put(_Task(future, name, given))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; with `cancel_futures` whatever they do."""
        self._ended = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while (task := self._tasks.get_nowait()) is not None:
                    task.future.cancel()
            for process in list(self._processes.values()):
                process.kill()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, number: int) -> None:
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                try:
                    result = self._done(number, task)
                except Exception as error:
                    task.future.set_exception(error)
                else:
                    task.future.set_result(result)
        self._end(number)

    def _done(self, number: int, task: _Task) -> bytes:
        died = 0
        while True:
            if self._ended:
                raise ProcessDied("the processes were ended")
            if number not in self._processes:
                self._processes[number] = _Process()
            try:
                result = self._processes[number].call(task.function, task.given, self._patience)
            except TimeoutError:
                self._end(number)
                seconds = self._patience or 0
                raise ProcessDied(f"it took more than {seconds:g} s, and was ended") from None
            except (OSError, EOFError):
                why, tries = self._end(number)
                died += 1
                if died >= tries:
                    often = f" {died} times" if died > 1 else ""
                    raise ProcessDied(f"the process that trained it died{often}: {why}") from None
            else:
                if self._worn(result):
                    self._end(number)
                return result

    def _end(self, number: int) -> "_Death":
        process = self._processes.pop(number, None)
        return _Death("", 1) if process is None else process.end()


class _Death(NamedTuple):
    """Why a process is gone, and how often a task is begun whose process ends so."""

    why: str
    tries: int


class _Process:
    """One process, which serves calls until its socket is closed."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        self._prints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed at the end)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lrtui.runs.sweeps.process", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._prints,
                stderr=self._prints,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env=environment(),
            )
        self._watcher = Watcher(self._process.pid)
        self.pid = self._process.pid

    def call(self, function: str, given: bytes, patience: float | None) -> bytes:
        """What the function gave.

        Raises:
            EOFError, OSError: the process is gone.
            TimeoutError: it took longer.
        """
        self._line.settimeout(patience)
        for part in (function.encode(), given):
            send(self._line, part)
        return receive(self._line)

    def kill(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> _Death:
        """Why it is gone, or was ended now."""
        code = self._process.poll()
        self._line.close()
        if code is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(0.5)
        self.kill()
        code = self._process.wait()
        self._watcher.close()
        self._prints.seek(max(0, self._prints.seek(0, os.SEEK_END) - _LAST_BYTES))
        words = self._prints.read().decode(errors="replace").strip().splitlines()
        self._prints.close()
        why = reason(code, words[-1] if words else "")
        tries = TRIES_KILLED if code == -signal.SIGKILL else TRIES
        return _Death(why, 1 if why == HUNG else tries)


def send(line: socket.socket, data: bytes) -> None:
    """Send some bytes and their length."""
    line.sendall(LENGTH.pack(len(data)))
    line.sendall(data)


def receive(line: socket.socket) -> bytes:
    """What :func:`send` sent.

    Raises:
        EOFError: the other side is gone.
    """
    (length,) = LENGTH.unpack(_exactly(line, LENGTH.size))
    return _exactly(line, length)


def _exactly(line: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        some = line.recv(min(count - len(parts), 1 << 20))
        if not some:
            raise EOFError
        parts += some
    return bytes(parts)


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
