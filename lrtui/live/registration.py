"""A training's entry in the registry and its listening socket, for as long as it lives.

The entry is locked: the lock says that the training lives, whatever becomes of its pid. Forked
children give it up. Where someone removed the entry or the socket, both are made again.
"""

import contextlib
import fcntl
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import IO

import msgspec

from lrtui import __version__
from lrtui.live.forked_children import let_go_in_children
from lrtui.protocol.attach import PROTOCOL
from lrtui.protocol.registry import (
    Entry,
    Place,
    host_name,
    lives,
    make_folder,
    places,
    read_entry,
    remove,
    size_of,
)

BACKLOG = 16
KEEP_MB = 1000
"""What is kept of trainings that are over, in all, if nothing else is said."""
MOST_KEPT = 1000
"""And so many of them."""


class Registration:
    """Makes the entry and the socket.

    Args:
        name: of the training.

    Raises:
        OSError: there is no folder for them.
    """

    def __init__(self, name: str) -> None:
        make_room(most_bytes())
        self.place = Place(make_folder(), f"{os.getpid()}-{secrets.token_hex(4)}")
        self.entry = Entry(
            id=self.place.id,
            name=name,
            pid=os.getpid(),
            host=host_name(),
            began=time.time(),
            folder=_working_folder(),
            protocol=PROTOCOL,
            lrtui=__version__,
            follows=_last_of_that_name(name),
        )
        self._pid = os.getpid()
        self._file: IO[bytes] | None = None
        self.server: socket.socket | None = None
        """Where viewers connect; None: it could not be opened, or it is closed."""
        self._make()
        let_go_in_children(self, Registration.release)

    def mend(self) -> bool:
        """Make entry and socket again where they are gone. Whether that was needed.

        Raises:
            OSError: they cannot be made.
        """
        if self._stands():
            return False
        self._make()
        return True

    def close(self) -> None:
        """Give up the socket and the lock; the entry stays, for the list of trainings."""
        self.release()
        if os.getpid() == self._pid:
            with contextlib.suppress(OSError):
                self.place.socket.unlink()

    def release(self) -> None:
        """Close the descriptors, as a forked child must: the lock is the parent's alone."""
        server, file = self.server, self._file
        self.server, self._file = None, None
        for one in (server, file):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.close()

    def _stands(self) -> bool:
        if self._file is None or self.server is None:
            return False
        try:
            there, ours = os.lstat(self.place.entry), os.fstat(self._file.fileno())
            os.lstat(self.place.socket)
        except OSError:
            return False
        return there.st_ino == ours.st_ino

    def _make(self) -> None:
        make_folder()
        self.release()
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.fdopen(os.open(self.place.entry, flags, 0o600), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(msgspec.json.encode(self.entry))
            file.flush()
            self.server = _listen(self.place.socket)
        except OSError:
            with contextlib.suppress(OSError):  # what a full disk refused is written once more
                file.close()
            with contextlib.suppress(OSError):
                if not self.place.entry.stat().st_size:
                    self.place.entry.unlink()
            raise
        self._file = file


def most_bytes() -> int:
    """How much is kept of trainings that are over: ``LRTUI_KEEP_MB`` in the environment."""
    told = os.environ.get("LRTUI_KEEP_MB", "")
    return (int(told) if told.isdecimal() else KEEP_MB) * 2**20


def make_room(most: int) -> int:
    """Remove what is kept of the oldest trainings that are over, until so many bytes are left.

    Returns:
        How many were removed; that is also said on stderr.
    """
    over = [place for place in places() if not lives(place)]
    known = {place: read_entry(place) for place in over}
    oldest = sorted(over, key=lambda place: entry.began if (entry := known[place]) else 0.0)
    sizes = {place: size_of(place) for place in over}
    total, removed = sum(sizes.values()), 0
    for place in oldest:
        if total <= most and len(over) - removed <= MOST_KEPT:
            break
        remove(place)
        total -= sizes[place]
        removed += 1
    if removed:
        what = f"{removed} of the oldest trainings are no longer kept (LRTUI_KEEP_MB)"
        print(f"lrtui: {what}", file=sys.stderr, flush=True)
    return removed


def _listen(path: Path) -> socket.socket:
    """A socket at this path that only this user can open."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        server.setblocking(False)
        server.bind(str(path))
        path.chmod(0o600)
        server.listen(BACKLOG)
    except OSError:
        server.close()
        raise
    return server


def _working_folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was removed
        return ""


def _last_of_that_name(name: str) -> str:
    entries = [entry for place in places() if (entry := read_entry(place)) is not None]
    same = [entry for entry in entries if entry.name == name]
    return max(same, key=lambda entry: entry.began).id if same else ""
