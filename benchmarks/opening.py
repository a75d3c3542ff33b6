"""From process start to the first full frame, beside a Textual app that shows one Static."""

import os
import pty
import select
import struct
import subprocess
import sys
import time

from benchmarks.timing import in_turn

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("the first frame")
Minimal().run()
"""
ROUNDS = 7


def until_seen(arguments: list[str], seen: bytes) -> None:
    """Start a program in a pseudo-terminal and return when it has sent this text."""
    import fcntl
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(leader, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
    )
    os.close(follower)
    received = b""
    deadline = time.monotonic() + 60
    while seen not in received and time.monotonic() < deadline:
        if select.select([leader], [], [], 0.1)[0]:
            received += os.read(leader, 65536)
    process.kill()
    process.wait()
    os.close(leader)


def main() -> None:
    ours, minimal, ratio = in_turn(
        lambda: until_seen(["-m", "lrtui", "--cold"], b"quit"),
        lambda: until_seen(["-c", MINIMAL], b"the first frame"),
        ROUNDS,
    )
    print(f"process start to first full frame, 80x24, medians of {ROUNDS}:")
    print(f"  one Static  {1000 * minimal:5.0f} ms")
    print(f"  lrtui       {1000 * ours:5.0f} ms   {ratio:.2f} x")


if __name__ == "__main__":
    main()
