"""A process that calls functions by their names: ``python -m lrtui.runs.sweeps.process FD``."""

import contextlib
import os
import signal
import socket
import sys
from importlib import import_module

from lrtui.runs.sweeps.processes import receive, send

NICENESS = 10


def main(fd: int) -> None:
    """Serve calls that come over the socket `fd`, until it is closed."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's: whoever wants us ends us
    line = socket.socket(fileno=fd)
    with contextlib.suppress(EOFError, OSError):
        while True:
            module, _, name = receive(line).decode().partition(":")
            given = receive(line)
            send(line, getattr(import_module(module), name)(given))


if __name__ == "__main__":
    main(int(sys.argv[1]))
