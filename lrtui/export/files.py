"""Writing a file whole or not at all."""

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from lrtui.schedules.files import check_plain


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Write UTF-8 text, or pieces of it, under a temporary name in the same folder, then rename it.

    Whoever looks at `path` sees the old file or the new one, never half of it; after an error there
    is no temporary file either. What a killed process left is removed by the next one that writes
    into the folder. The mode and the owner of an older file stay.

    Raises:
        OSError: the folder is missing, nothing may be written there, the disk is full; or what is
            there is read-only, or no plain file.
    """
    path = path.resolve()
    older = replaceable(path)
    _remove_left_over(path.parent)
    temporary = path.with_name(f".lrtui-{os.urandom(8).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o666 if older is None else 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if older is not None:
                _give(descriptor, older)
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(descriptor)
            temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def replaceable(path: Path) -> os.stat_result | None:
    """What is known of the file that would be replaced; None: there is none.

    Raises:
        OSError: it must not be replaced: it is read-only, or no plain file.
    """
    try:
        known = path.stat()
    except FileNotFoundError:
        return None
    check_plain(known.st_mode, path)
    if not known.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    return known


def _give(descriptor: int, older: os.stat_result) -> None:
    """The mode and, where that is allowed, the owner of the older file."""
    with contextlib.suppress(PermissionError):
        os.fchown(descriptor, older.st_uid, older.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(older.st_mode))


def _remove_left_over(folder: Path) -> None:
    """Remove what nobody writes any more: a lock ends with its process."""
    for part in folder.glob(".lrtui-*.part"):
        with contextlib.suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
