"""Opening a file that should be a plain one: never waits, never reads more than it should."""

import errno
import os
import stat
from pathlib import Path
from typing import IO


def open_file(path: Path) -> IO[bytes]:
    """A plain file, open for reading.

    Raises:
        OSError: it cannot be read, or is a pipe, a device, a socket or a folder.
    """
    try:
        # Without O_NONBLOCK a pipe would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:  # a null character
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None
    try:
        check_plain(os.fstat(descriptor).st_mode, path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_file(path: Path, most_bytes: int) -> bytes:
    """What a plain file holds.

    Raises:
        OSError: as :func:`open_file`, or it is longer than `most_bytes`.
    """
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size <= most_bytes:
            data = file.read(most_bytes + 1)
            if len(data) <= most_bytes:
                return data
    raise OSError(errno.EFBIG, f"it is longer than {most_bytes / 2**20:.3g} MB", str(path))


def check_plain(mode: int, path: Path) -> None:
    """Refuse what is no plain file.

    Args:
        mode: as ``stat`` has it.
        path: for the message.

    Raises:
        OSError: it is a pipe, a device, a socket or a folder.
    """
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no plain file", str(path))


def is_database(path: Path) -> bool:
    """Whether a path is a file of SQLite, by its first bytes."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except (OSError, ValueError):
        return False
