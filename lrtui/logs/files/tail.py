"""Gives what is new in a file that grows, and knows when another file took its place."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
"""Read at once: what is kept in memory of a file of any size."""
HEAD_BYTES = 256
"""Of its beginning, what is compared to know whether it was written anew."""


class Tail:
    """Reads a file from where it last stopped; opens it anew each time, and only to read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._known: tuple[int, int] | None = None
        self._stamp: tuple[int, int] | None = None
        self._head = b""
        """How it began when it was last read."""

    def replaced(self) -> bool:
        """Whether another file stands there now, or it was cut: then it is read from its start.

        Raises:
            OSError: it is not there.
        """
        now = self.path.stat()
        known, stamp = (now.st_dev, now.st_ino), (now.st_size, now.st_mtime_ns)
        other = self._known is not None and (
            known != self._known
            or now.st_size < self._offset
            or (stamp != self._stamp and not self._begins_alike())
        )
        if other:
            self._offset, self._stamp = 0, None
        self._known = known
        return other

    def changed(self) -> bool:
        """Whether its size or time is not what it was when this was last asked.

        Raises:
            OSError: it is not there.
        """
        now = self.path.stat()
        if not stat.S_ISREG(now.st_mode):
            raise OSError(errno.EINVAL, "it is no file, but a device or a pipe")
        stamp = (now.st_size, now.st_mtime_ns)
        changed, self._stamp = stamp != self._stamp, stamp
        return changed

    def blocks(self) -> Iterator[bytes]:
        """What is new, in pieces.

        Raises:
            OSError: it cannot be read.
        """
        with self._opened() as file:
            self._head = file.read(min(HEAD_BYTES, self._offset) or HEAD_BYTES)
            file.seek(self._offset)
            while block := file.read(BLOCK_BYTES):
                self._offset += len(block)
                yield block

    def _begins_alike(self) -> bool:
        """Whether it begins as it did; one that was written anew may have grown since."""
        if not stat.S_ISREG(self.path.stat().st_mode):
            return False
        with self._opened() as file:
            return file.read(len(self._head)) == self._head

    def _opened(self) -> BinaryIO:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return os.fdopen(descriptor, "rb")
