"""Which Python files of a person's own may be run: those that they named, and those they allowed.

Whatever data name (a saved model, a run, a preset, a session, a message) runs only after that.
Consent is for a path and for what the file holds, told by its SHA-256. Here files are read, for
that digest; nothing is ever run.
"""

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from lrtui.protocol import FindRate, Reset, Sample, Start, TrainAtOnce, content_digest
from lrtui.schedules import Invalid, Schedule, parse
from lrtui.schedules.files import read_file
from lrtui.schedules.user_schedule import UserSchedule, user_sources
from lrtui.tasks.user_task import sources_of_task

ALLOWED_FILE = "allowed"
"""Within the user's state folder: a digest and a path a line, as sha256sum writes them."""
MOST_BYTES = 2**20
"""Of that file; of a longer one the end is read."""
MOST_CODE_BYTES = 10 * 2**20
"""A larger file is no code of anybody's."""

Runs = Start | Reset | Sample | FindRate | TrainAtOnce
"""The commands that may have code of the user's own run."""

C = TypeVar("C", bound=Runs)


def default_path() -> Path:
    """Where consent is kept."""
    from platformdirs import user_state_path

    return user_state_path("lrtui") / ALLOWED_FILE


class Consent:
    """What a person said.

    Args:
        path: the file that keeps it from one session to the next; None: it is not kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._named: set[Path] = set()
        self._allowed: set[tuple[str, str]] | None = None
        self._digests: dict[Path, tuple[tuple[int, ...], str]] = {}

    def named(self, sources: Iterable[str]) -> None:
        """A person typed these sources. Their files may be run, also edited, in this session."""
        self._named.update(_file(source) for source in sources)

    def typed(self, text: str, schedule: Schedule) -> None:
        """A person typed this text, which means `schedule`: see :func:`sources_typed`."""
        self.named(sources_typed(text, schedule))

    def allow(self, sources: Iterable[str]) -> str:
        """A person allowed the files of these sources, as they are now.

        Returns:
            Why that holds for this session only, a line; empty: it is kept.
        """
        problem = ""
        for source in sources:
            file = _file(source)
            if digest := self._digest(file):
                problem = self._keep(file, digest) or problem
        return problem and f"allowed for this session only: {self._path}: {problem}"

    def missing(self, sources: Iterable[str]) -> tuple[str, ...]:
        """The sources that nobody allowed."""
        return tuple(source for source in sources if not self._may_run(_file(source)))

    def stamped(self, command: C) -> C:
        """The command with the digests of what it may run, which the training process checks."""
        allowed = []
        for source in sources_of(command):
            file = _file(source)
            if self._may_run(file) and (digest := self._digest(file)):
                self._keep(file, digest)
                allowed.append((source, digest))
        return replace(command, allowed=tuple(allowed)) if allowed else command

    def _may_run(self, file: Path) -> bool:
        if file in self._named:
            return True
        digest = self._digest(file)
        return bool(digest) and (str(file), digest) in self._kept()

    def _digest(self, file: Path) -> str:
        """Of what the file holds, read anew when it was changed; empty: it is no readable file."""
        try:
            known = file.stat()
            if not stat.S_ISREG(known.st_mode) or known.st_size > MOST_CODE_BYTES:
                return ""
            seen = (known.st_mtime_ns, known.st_ctime_ns, known.st_size, known.st_ino)
            if self._digests.get(file, ((), ""))[0] != seen:
                self._digests[file] = (seen, content_digest(read_file(file, MOST_CODE_BYTES)))
        except OSError:
            return ""
        return self._digests[file][1]

    def _kept(self) -> set[tuple[str, str]]:
        if self._allowed is None:
            self._allowed = set() if self._path is None else _read(self._path)
        return self._allowed

    def _keep(self, file: Path, digest: str) -> str:
        """Why it could not be written; empty: it was, or need not be."""
        one = (str(file), digest)
        if one in self._kept():
            return ""
        self._kept().add(one)
        if self._path is None or not str(file).isprintable():
            return ""
        return _append(self._path, f"{digest}  {file}\n")


def sources_typed(text: str, schedule: Schedule) -> tuple[str, ...]:
    """The sources that a typed text itself names.

    Not those in the JSON of a config or in a saved model: someone else wrote these.
    """
    text = text.strip()
    if text.startswith("{") or text.endswith(".keras"):
        return ()
    return tuple(source for source in user_sources(schedule) if source in text)


def sources_of(command: Runs) -> tuple[str, ...]:
    """The sources whose files a command has read."""
    if isinstance(command, Sample):
        return (command.source,)
    if isinstance(command, FindRate | TrainAtOnce):
        return sources_of_task(command.settings.task)
    texts = [command.schedule]
    if isinstance(command, Start):
        texts += [one.schedule for _, one in command.script if isinstance(one, Reset)]
    found = [source for text in texts if text is not None for source in _sources(text)]
    if isinstance(command, Start):
        found += sources_of_task(command.settings.task)
    return tuple(dict.fromkeys(found))


def _sources(text: str) -> tuple[str, ...]:
    try:
        return user_sources(parse(text))
    except Invalid:
        return ()  # the training process says what is wrong with it


def _file(source: str) -> Path:
    try:
        return UserSchedule(source).file.resolve()
    except (Invalid, OSError, RuntimeError, ValueError):
        return Path(source)  # no such file can be there


def _read(path: Path) -> set[tuple[str, str]]:
    """What the file holds. One that others may write, or that is no file, holds nothing."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return set()
    with os.fdopen(fd, "rb") as file:
        known = os.fstat(fd)
        others = known.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISREG(known.st_mode) or known.st_uid != os.getuid() or others:
            return set()
        file.seek(max(0, known.st_size - MOST_BYTES))
        lines = file.read(MOST_BYTES).decode(errors="replace").splitlines()
    pairs = (line.partition("  ") for line in lines)
    return {(file, digest) for digest, _, file in pairs if len(digest) == 64}


def _append(path: Path, line: str) -> str:
    """Keep a line, if that can be; else why not, and it is asked for again in the next session."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    data = line.encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, flags, 0o600)
        try:
            known = os.fstat(fd)
            if not stat.S_ISREG(known.st_mode):
                return "it is no plain file"
            if os.write(fd, data) < len(data):  # a disk that has room for a part of the line
                os.ftruncate(fd, known.st_size)
                return os.strerror(errno.ENOSPC)
        finally:
            os.close(fd)
    except OSError as error:
        return error.strerror or str(error)
    return ""
