"""A program in a pseudo-terminal, and what it sends there: how many bytes, and when."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import pyte

PATIENCE_SECONDS = 60.0
"""How long to wait for what never comes."""
ANSWER_SECONDS = 10.0
"""How long to wait for the first byte of an answer."""
QUIET_SECONDS = 0.15
"""After so long without a byte, an answer is taken to be complete."""
KEYS = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "enter": "\r"}
TRUECOLOR = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
}
FOLDERS = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
QUESTION, ANSWER = b"\x1b[6n", b"\x1b[1;1R"
"""Where the cursor is: every terminal answers that."""
_NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*[uqm]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
"""Sequences that pyte does not know and would print."""


class Answer(NamedTuple):
    """What came after a key was pressed."""

    sent: bytes
    seconds: float
    """From the key to the last byte; 0 if there was none."""


class Program:
    """Runs Python with these arguments; a context manager that leaves no process behind."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._unread = b""
        self._home = tempfile.TemporaryDirectory(prefix="lrtui-benchmark-")
        self._leader, follower = pty.openpty()
        fcntl.ioctl(self._leader, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            env={
                **_environment(),
                **TRUECOLOR,
                # Nobody's session is opened, and none is overwritten.
                **dict.fromkeys(FOLDERS, self._home.name),
                **(environment or {}),
            },
        )
        os.close(follower)

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._leader)
        self._home.cleanup()

    @property
    def screen(self) -> pyte.Screen:
        """What is to be seen. Reading the bytes is left to this moment: pyte is slow."""
        self._stream.feed(visible(self._unread))
        self._unread = b""
        return self._screen

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float) -> bytes:
        """What comes within so many seconds, at the first byte or not at all."""
        if not select.select([self._leader], [], [], max(0.0, seconds))[0]:
            return b""
        try:
            data = os.read(self._leader, 1 << 20)
        except OSError:
            data = b""
        if not data:
            raise RuntimeError(f"the program ended; its screen:\n{self.text}")
        self._unread += data
        os.write(self._leader, ANSWER * data.count(QUESTION))
        return data

    def settle(self, quiet: float = QUIET_SECONDS) -> bytes:
        """Read until nothing has come for a while."""
        received = b""
        while data := self.read(quiet):
            received += data
        return received

    def listen(self, seconds: float) -> list[tuple[float, int]]:
        """For so many seconds: when something came, and how many bytes."""
        began = time.perf_counter()
        heard = []
        while (left := began + seconds - time.perf_counter()) > 0:
            if data := self.read(left):
                heard.append((time.perf_counter() - began, len(data)))
        return heard

    def type(self, key: str) -> None:
        """Press a key and take what has come so far, without waiting for the answer."""
        os.write(self._leader, KEYS.get(key, key).encode())
        self.read(0.01)

    def press(self, key: str, quiet: float = QUIET_SECONDS) -> Answer:
        """Press a key and wait until the answer is complete."""
        began = last = time.perf_counter()
        os.write(self._leader, KEYS.get(key, key).encode())
        received = b""
        patience = ANSWER_SECONDS
        while data := self.read(patience):
            last, patience = time.perf_counter(), quiet
            received += data
        return Answer(received, last - began)

    def press_timed(self, key: str, quiet: float) -> list[float]:
        """Press a key; when each part of the answer came, in seconds after it."""
        began = time.perf_counter()
        os.write(self._leader, KEYS.get(key, key).encode())
        times: list[float] = []
        while self.read(quiet):
            times.append(time.perf_counter() - began)
        return times

    def wait_for(self, seen: str | Callable[[str], object]) -> None:
        """Read until the screen shows a text, or satisfies `seen`."""
        test = seen if callable(seen) else lambda text: seen in text
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not test(self.text):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never seen: {seen!r}; the screen:\n{self.text}")
            self.read(0.2)

    def wait_for_bytes(self, *seen: bytes) -> None:
        """Read until all of these have been sent; cheaper than :meth:`wait_for`."""
        received = b""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(text in received for text in seen):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never sent: {seen!r}; the screen:\n{self.text}")
            received += self.read(0.2)

    @property
    def resident(self) -> int:
        """Bytes of memory that the process holds."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def processor_seconds(self) -> float:
        """Time of the processor that all its threads have taken."""
        total = 0
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):  # it has ended
                total += int((thread / "schedstat").read_text().split()[0])
        return total / 1e9


def visible(sent: bytes) -> bytes:
    """What a program sent, as pyte understands it."""
    return _NOT_FOR_PYTE.sub(b"", sent)


def _environment() -> dict[str, str]:
    """Of our own process, without what changes colours, or has every module compiled again."""
    unwanted = ("NO_COLOR", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in unwanted}
