"""A slow line: a program in a pseudo-terminal whose bytes are passed on late and slowly.

``python -m benchmarks.slow_line -- python -m lrtui`` puts such a line between the present terminal
and lrtui, to be used by hand. Without a program it drives lrtui by a script and prints figures.

The line holds back nothing: what is sent waits in it until its turn comes, as in the buffers of ssh
and of a network, which take a megabyte before the program notices.
"""

import argparse
import contextlib
import fcntl
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
import tty
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pyte

from benchmarks.terminal import KEYS, TRUECOLOR, visible

DELAY_SECONDS = 0.2
BYTES_PER_SECOND = 20_000
REPEATS_PER_SECOND = 30
"""Keys a second of a held key."""
HELD_SECONDS = 3.0
DIALOG_SECONDS = 1.2
"""A person looks before going on."""
CHUNK = 256
"""Bytes that the line carries at a time."""
SMOOTH = "\x15ExponentialDecay(0.1, 100, 0.9)"
DENSE = "\x15CosineDecayRestarts(0.1, 10)"
GESTURES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("period held", ("o", DENSE, "enter", "down", "down"), "right", "left"),
    ("lines held", (), "down", "up"),
    ("rate held", ("o", SMOOTH, "enter", "down"), "right", "left"),
    ("factor held", ("down", "down"), "left", "right"),
    ("cursor held", ("x",), "right", "left"),
    ("zoom held", (), "+", "-"),
)
"""What is called, keys before, and two keys that are held one after the other."""
SIZES = ((80, 24), (120, 40))
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[6n": b"\x1b[1;1R"}
"""What a program asks its terminal, and what most terminals answer."""


class OneWay:
    """Bytes on their way in one direction."""

    def __init__(self, delay: float, rate: float) -> None:
        self._delay = delay
        self._rate = rate
        self._free = 0.0
        """When the line has carried all that it was given."""
        self._under_way: deque[tuple[float, bytes]] = deque()

    def put(self, data: bytes, now: float) -> None:
        """Give the line something to carry."""
        for place in range(0, len(data), CHUNK):
            chunk = data[place : place + CHUNK]
            self._free = max(self._free, now) + len(chunk) / self._rate
            self._under_way.append((self._free + self._delay, chunk))

    def get(self, now: float) -> bytes:
        """What has arrived."""
        arrived = b""
        while self._under_way and self._under_way[0][0] <= now:
            arrived += self._under_way.popleft()[1]
        return arrived

    def next(self) -> float | None:
        """When something arrives; None: nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def backlog(self, now: float) -> float:
        """Seconds until the line is free."""
        return max(0.0, self._free - now)


class SlowLine:
    """A program behind a slow line; a context manager that leaves no process behind."""

    def __init__(
        self,
        *command: str,
        size: tuple[int, int],
        delay: float = DELAY_SECONDS,
        rate: float = BYTES_PER_SECOND,
    ) -> None:
        self._leader, follower = pty.openpty()
        termios.tcsetwinsize(self._leader, (size[1], size[0]))
        self.process = subprocess.Popen(
            command,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(follower)
        self._there, self._back = OneWay(delay, rate), OneWay(delay, rate)
        self.sent = 0
        """Bytes that the program has sent."""
        self.backlog = 0.0
        """The most seconds that something had to wait for the line."""

    def __enter__(self) -> "SlowLine":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._leader)

    def press(self, keys: bytes) -> None:
        """Send keys to the program."""
        self._there.put(keys, time.monotonic())

    def resize(self, size: tuple[int, int]) -> None:
        """Change the size of the program's terminal."""
        termios.tcsetwinsize(self._leader, (size[1], size[0]))

    def turn(self, seconds: float, other: int | None = None) -> bytes | None:
        """Carry on; what has arrived from the program, None when it has ended.

        Args:
            seconds: to wait for something, at most.
            other: a file descriptor, input on which ends the waiting as well.
        """
        now = time.monotonic()
        times = [when for when in (self._there.next(), self._back.next()) if when is not None]
        wait = min([seconds, *(max(0.0, when - now) for when in times)])
        files = [self._leader, *([other] if other is not None else [])]
        ready, _, _ = select.select(files, [], [], wait)
        now = time.monotonic()
        if self._leader in ready:
            try:
                data = os.read(self._leader, 1 << 16)
            except OSError:
                return None
            self.sent += len(data)
            self._back.put(data, now)
            self.backlog = max(self.backlog, self._back.backlog(now))
        if keys := self._there.get(now):
            os.write(self._leader, keys)
        return self._back.get(now)


class Watched:
    """A slow line and the screen at its end."""

    def __init__(
        self, line: SlowLine, size: tuple[int, int], answers: Mapping[bytes, bytes]
    ) -> None:
        self._line = line
        self._answers = answers
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._unread = b""
        self.received = 0
        self.last = time.monotonic()
        """When something was received last."""

    @property
    def text(self) -> str:
        """What is to be seen."""
        self._stream.feed(visible(self._unread))
        self._unread = b""
        return "\n".join(self._screen.display)

    def watch(self, seconds: float) -> None:
        """Receive for so long; answer what the program asks."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            data = self._line.turn(left)
            if data is None:
                raise RuntimeError(f"the program ended; its screen:\n{self.text}")
            if data:
                self.last = time.monotonic()
                self.received += len(data)
                self._unread += data
                for asked, answer in self._answers.items():
                    self._line.press(answer * data.count(asked))

    def wait_for(self, seen: str) -> None:
        """Receive until the screen shows this."""
        until = time.monotonic() + 60
        while seen not in self.text:
            if time.monotonic() > until:
                raise RuntimeError(f"never seen: {seen!r}; the screen:\n{self.text}")
            self.watch(0.1)

    def settle(self, quiet: float = 1.2) -> None:
        """Receive until nothing has come for longer than there and back takes."""
        self.watch(quiet)
        while time.monotonic() - self.last < quiet:
            self.watch(0.1)


class Held(NamedTuple):
    """What came of a key that was held."""

    kilobytes: float
    seconds: float
    """From the last key to the last byte; there and back alone take twice the delay."""
    backlog: float
    """The most seconds that a byte waited for the line."""


def held(line: SlowLine, seen: Watched, there: str, back: str) -> Held:
    """Hold a key, and then another that takes back what it did."""
    line.backlog, before = 0.0, line.sent
    count = int(HELD_SECONDS * REPEATS_PER_SECOND)
    for place in range(count):
        name = there if place < count / 2 else back
        line.press(KEYS.get(name, name).encode())
        seen.watch(1 / REPEATS_PER_SECOND)
    released = time.monotonic()
    seen.settle()
    return Held((line.sent - before) / 1000, seen.last - released, line.backlog)


def measure(
    size: tuple[int, int], delay: float, rate: float, answers: Mapping[bytes, bytes] = ANSWERS
) -> list[tuple[str, str]]:
    """Figures of lrtui behind the line: what, and how much."""
    os.environ.update(TRUECOLOR)
    found = []
    began = time.monotonic()
    command = (sys.executable, "-m", "lrtui", "--cold", "exponential")
    with SlowLine(*command, size=size, delay=delay, rate=rate) as line:
        seen = Watched(line, size, answers)
        seen.wait_for("q quit")
        started = time.monotonic() - began
        seen.settle()
        found.append(("start", f"{line.sent / 1000:.1f} KB, {started:.1f} s to the first frame"))
        for name, first, there, back in GESTURES:
            for key in first:
                line.press(KEYS.get(key, key).encode())
                seen.settle(DIALOG_SECONDS)
            one = held(line, seen, there, back)
            found.append(
                (
                    name,
                    f"{one.kilobytes:.1f} KB, settled {one.seconds:.2f} s after the last key, "
                    f"at most {one.backlog:.2f} s behind",
                )
            )
        line.press(b"z")
        seen.settle()
        for name, key in (("log axis", "l"), ("help", "?"), ("help closed", "q")):
            before, pressed = line.sent, time.monotonic()
            line.press(KEYS.get(key, key).encode())
            seen.settle()
            took = seen.last - pressed
            found.append((name, f"{(line.sent - before) / 1000:.2f} KB, {took:.2f} s"))
    return found


def attached(command: Sequence[str], delay: float, rate: float) -> int:
    """Run a program behind the line, on the present terminal; its exit code."""
    keyboard = sys.stdin.fileno()

    def size() -> tuple[int, int]:
        columns, rows = shutil.get_terminal_size()
        return columns, rows

    before = termios.tcgetattr(keyboard)
    with SlowLine(*command, size=size(), delay=delay, rate=rate) as line:
        resized: Callable[..., None] = lambda *_: line.resize(size())  # noqa: E731
        signal.signal(signal.SIGWINCH, resized)
        try:
            tty.setraw(keyboard)
            while (data := line.turn(0.2, keyboard)) is not None:
                os.write(sys.stdout.fileno(), data)
                if select.select([keyboard], [], [], 0)[0]:
                    line.press(os.read(keyboard, 4096))
        finally:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        return line.process.wait()


def main() -> None:
    """Measure, or put the line before a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=DELAY_SECONDS, help="seconds each way")
    parser.add_argument("--rate", type=float, default=BYTES_PER_SECOND, help="bytes a second")
    parser.add_argument("command", nargs="*", help="a program with its arguments, after --")
    called = parser.parse_args()
    if called.command:
        sys.exit(attached(called.command, called.delay, called.rate))
    print(f"A line of {called.delay * 1000:.0f} ms each way and {called.rate / 1000:.0f} KB/s")
    for columns, rows in SIZES:
        # One that answers nothing is sent every frame, as all were before lrtui asked.
        for terminal, answers in (("that answers", ANSWERS), ("that answers nothing", {})):
            print(f"{columns}x{rows}, a terminal {terminal}")
            for name, figures in measure((columns, rows), called.delay, called.rate, answers):
                print(f"  {name:<12}{figures}")


if __name__ == "__main__":
    main()
