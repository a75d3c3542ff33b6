"""A person's terminal: the real program in a pseudo-terminal, its screen read back by pyte."""

import fcntl
import itertools
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

PATIENCE_SECONDS = 90
"""How long to wait for what never comes; nothing waits longer than it has to."""

REPEATS_PER_SECOND = 50
"""Keys a second of a key that is held."""
_NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*[uqm]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
"""Sequences that pyte does not know and would print."""

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "shift+right": "\x1b[1;2C",
    "enter": "\r",
    "backspace": "\x7f",
    "tab": "\t",
    "escape": "\x1b",
    "ctrl+c": "\x03",
    "ctrl+z": "\x1a",
}


class Terminal:
    """Runs `lrtui` with arguments; a context manager that leaves no process behind.

    `controls`: it is the terminal of its session, which gets a signal when the window is closed.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "lrtui"),
        controls: bool = True,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.received = b""
        """Every byte the program sent."""
        self._leader, follower = pty.openpty()
        self._resize_to(columns, rows)
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controls else None,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "LANG": "C.UTF-8",
                "LC_ALL": "C.UTF-8",
                **(environment or {}),
            },
        )
        os.close(follower)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._leader >= 0:
            os.close(self._leader)

    @property
    def lines(self) -> list[str]:
        """The screen, a text a row."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def background(self, x: int, y: int) -> str:
        """The colour behind a cell."""
        return str(self._screen.buffer[y][x].bg)

    def press(self, *keys: str) -> None:
        """Press keys, by name or as they are."""
        for key in keys:
            os.write(self._leader, KEYS.get(key, key).encode())

    def hold(self, *keys: str, times: int, looks: bool = True) -> None:
        """Press keys by turns as fast as a keyboard; read meanwhile, unless nobody looks."""
        for key in itertools.islice(itertools.cycle(keys), times):
            self.press(key)
            if looks:
                self.read_what_came()
            time.sleep(1 / REPEATS_PER_SECOND)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._screen.resize(rows, columns)
        self._resize_to(columns, rows)

    def wait_for(self, seen: Callable[[str], object] | str, what: str = "") -> str:
        """Read until the screen shows a text, or satisfies `seen`; then the screen."""
        test = seen if callable(seen) else lambda text: seen in text
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not test(self.text):
            if time.monotonic() > deadline or not self._read():
                wanted = what or seen
                raise AssertionError(f"never seen: {wanted!r}; the screen:\n{self.text}")
        return self.text

    def read_what_came(self) -> bool:
        """Take what the program has sent so far. False: it has ended."""
        while select.select([self._leader], [], [], 0)[0]:
            if not self._read():
                return False
        return self.process.poll() is None

    def press_until_end(self, *keys: str) -> None:
        """Press these keys by turns until the program has ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        for key in itertools.cycle(keys):
            if not self._read() or self.process.poll() is not None:
                return
            assert time.monotonic() < deadline, f"it does not end; the screen:\n{self.text}"
            self.press(key)

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._leader)
        self._leader = -1

    def wait_until(self, test: Callable[[], bool], what: str) -> None:
        """Wait for something that is not on the screen."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not test():
            assert time.monotonic() < deadline, f"never so: {what}"
            time.sleep(0.02)

    def wait_for_end(self) -> int:
        """Read until the program ends; then its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        """Take what has come. False: nothing more will."""
        ready, _, _ = select.select([self._leader], [], [], 0.2)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self._leader, 65536)
        except OSError:
            return False
        self.received += data
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data))
        return bool(data)

    def _resize_to(self, columns: int, rows: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._leader, termios.TIOCSWINSZ, size)
