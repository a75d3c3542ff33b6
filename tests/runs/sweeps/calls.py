"""Functions that a process is asked to call in tests."""

import os
import signal
import time
from pathlib import Path


def double(given: bytes) -> bytes:
    """Twice what is given."""
    return given * 2


def pid(given: bytes) -> bytes:
    """Of the process that is called."""
    return str(os.getpid()).encode()


def die(given: bytes) -> bytes:
    """The process dies of it, always."""
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def leave(given: bytes) -> bytes:
    """The process ends by itself, always."""
    os._exit(3)


def die_once(given: bytes) -> bytes:
    """The process dies of it, the first time."""
    mark = Path(given.decode())
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return b"done"


def hang(given: bytes) -> bytes:
    """Never comes back."""
    Path(given.decode()).write_text(str(os.getpid()))
    while True:
        time.sleep(1)
