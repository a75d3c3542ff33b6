"""Where the trainings of a user on this machine are listed: one folder, some files a training.

Each training has an id for its files: ``ID.json``, the entry, which is locked for as long as the
training lives; ``ID.sock``, its socket; ``ID.steps`` and ``ID.events``, its journal. Here is where
they lie and what an entry holds; writing and reading them is done elsewhere. Needs neither NumPy
nor a framework.
"""

import contextlib
import fcntl
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

LONGEST_SOCKET_PATH = 107
"""Bytes that a system takes for the path of a unix socket, at least on Linux."""

_LONGEST_ID = len("4194304-ffffffff.sock")
MOST_ENTRY_BYTES = 1 << 16
"""A longer entry is none of ours."""


class Entry(msgspec.Struct, frozen=True):
    """What is known of a training without asking it. Never its arguments or its environment."""

    id: str
    """Of its files, unique among the trainings of a folder."""
    name: str
    pid: int
    host: str
    began: float
    """Seconds since 1970."""
    folder: str
    """Its working directory."""
    protocol: int
    """The version of the messages that it speaks."""
    lrtui: str
    """The version of lrtui that it runs."""
    follows: str = ""
    """The id of the last training of the same name, if it was started again."""


class Place(msgspec.Struct, frozen=True):
    """The files of one training."""

    folder: Path
    id: str

    @property
    def entry(self) -> Path:
        """The entry, JSON; locked while the training lives."""
        return self.folder / f"{self.id}.json"

    @property
    def socket(self) -> Path:
        """The socket that viewers connect to."""
        return self.folder / f"{self.id}.sock"

    @property
    def steps(self) -> Path:
        """The journal of steps: rate and loss of each as two little-endian float32."""
        return self.folder / f"{self.id}.steps"

    @property
    def events(self) -> Path:
        """The journal of all other events: a JSON line each."""
        return self.folder / f"{self.id}.events"

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, the entry last."""
        return (self.socket, self.steps, self.events, self.entry)


def state_folder() -> Path:
    """The folder of the user's state: where ``platformdirs`` has it, which scripts may not have."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "lrtui"
    told = os.environ.get("XDG_STATE_HOME", "").strip()
    return (Path(told) if told else Path.home() / ".local" / "state") / "lrtui"


def host_name() -> str:
    """The name of this machine, as a folder may be called."""
    name = socket.gethostname() or "localhost"
    return "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in name)


def folders() -> tuple[Path, ...]:
    """Where an entry of this machine can be, the first choice first."""
    # Not tempfile.gettempdir(): a worker has a folder of its own for temporary files.
    temporary = Path(os.environ.get("TMPDIR") or "/tmp") / f"lrtui-{os.getuid()}" / host_name()
    try:
        return (state_folder() / "trainings" / host_name(), temporary)
    except RuntimeError:  # there is no home
        return (temporary,)


def make_folder() -> Path:
    """The folder for a new training's files, made if there is none.

    The first whose sockets have a path that is short enough, and whose files can be locked.

    Raises:
        OSError: none can be used; it says why.
    """
    problem: OSError = OSError("there is no folder for entries of trainings")
    for place in folders():
        if len(os.fsencode(place)) + 1 + _LONGEST_ID > LONGEST_SOCKET_PATH:
            continue
        try:
            _make_private(place)
            _try_lock(place)
        except OSError as error:
            problem = error
            continue
        return place
    raise problem


def check_private(folder: Path) -> None:
    """Make sure that a folder is the user's own and closed to everybody else.

    Raises:
        PermissionError: it is not.
        OSError: there is none.
    """
    found = os.lstat(folder)
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not private or found.st_mode & 0o077:
        raise PermissionError(
            f"{folder} must be a folder of yours that nobody else may open (chmod 700)"
        )


def places() -> Iterator[Place]:
    """The files of every training of this machine, of those alive and of those that are over."""
    for folder in folders():
        try:
            check_private(folder)
            names = sorted(one.name for one in os.scandir(folder) if one.name.endswith(".json"))
        except OSError:
            continue
        yield from (Place(folder, name.removesuffix(".json")) for name in names)


def read_entry(place: Place) -> Entry | None:
    """The entry of a training; None where there is none that can be read or that is ours."""
    try:
        with open_own(place.entry) as file:
            text = file.read(MOST_ENTRY_BYTES)
        entry = msgspec.json.decode(text, type=Entry)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return entry if entry.id == place.id else None


def size_of(place: Place) -> int:
    """The bytes of all files of a training."""
    total = 0
    for path in place.files:
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total


def remove(place: Place) -> None:
    """Remove the files of a training, the entry last: what is left is still listed."""
    for path in place.files:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def lives(place: Place) -> bool:
    """Whether a training's process is there: it holds the lock of its entry, whatever its pid."""
    try:
        with open_own(place.entry) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def open_own(path: Path) -> IO[bytes]:
    """A file to read, if it is a regular one of this user."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(f"{path} is not a file of yours")
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _make_private(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Both are looked at: who can rename the one above can put another in this one's place.
    if folder.parent.name == f"lrtui-{os.getuid()}":
        check_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    check_private(folder)


def _try_lock(folder: Path) -> None:
    import tempfile  # which takes some milliseconds that a list of trainings does not need

    with tempfile.TemporaryFile(dir=folder) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
