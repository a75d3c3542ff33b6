"""Reads the logs at a path and what is added to them; never writes, and opens only to read."""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Protocol

from lrtui.logs.event_folder import logs_of
from lrtui.logs.files.csv_file import CsvFile
from lrtui.logs.files.event_file import EventFile
from lrtui.logs.files.json_file import LARGEST_BYTES, NoLog, read_json
from lrtui.logs.files.tail import Tail
from lrtui.logs.table import MOST_TRAININGS
from lrtui.logs.values import Log, LogsRead

EVENTS = ".tfevents."
METRICS = "metrics.csv"
STATE = "trainer_state.json"
_MOST_FILES = 1000
"""So many files of a folder are read; it says so if there are more."""
_DEEPEST = 6
"""So deep are folders looked into."""


class _File(Protocol):
    """One file, read as far as it goes."""

    path: Path
    fault: str
    """What is wrong with it, a line; empty: nothing."""

    def poll(self) -> bool:
        """Read what is new; whether there was something."""


class _Growing:
    """A file that is read from where it last stopped: CSV, or events."""

    def __init__(self, path: Path, kind: type[CsvFile] | type[EventFile]) -> None:
        self.path, self.fault = path, ""
        self._kind, self._tail = kind, Tail(path)
        self.content = kind()

    def poll(self) -> bool:
        """Read what is new; whether there was something."""
        try:
            if self._tail.replaced():
                self.content = self._kind()
            new = False
            if self._tail.changed():
                for block in self._tail.blocks():
                    self.content.feed(block)
                    new = True
            self.fault = ""
        except OSError as error:
            new, self.fault = not self.fault, _why(self.path, error)
        if self.content.damaged:
            what = "records are damaged" if self._kind is EventFile else "lines hold no numbers"
            self.fault = f"{self.path.name}: {self.content.damaged} {what} and left out"
        return new


class _Document:
    """A JSON file, which is written anew each time."""

    def __init__(self, path: Path, chosen: Mapping[str, str]) -> None:
        self.path, self.fault = path, ""
        self._chosen, self._tail = chosen, Tail(path)
        self.logs: tuple[Log, ...] = ()

    def poll(self) -> bool:
        """Read it, if it was written since; a cut one is read again later, the old one stays."""
        try:
            if not self._tail.changed():
                return False
            if self.path.stat().st_size > LARGEST_BYTES:
                self.fault = f"{self.path.name}: over {LARGEST_BYTES >> 20} MB of JSON"
                return True
            data = b"".join(Tail(self.path).blocks())
            self.logs = read_json(data, _name(self.path), self._chosen)
            self.fault = ""
        except NoLog as why:
            self.fault = f"{self.path.name}: {why}"
        except OSError as error:
            self.fault = _why(self.path, error)
        return True


class LogFollower:
    """The logs at one path, as they are now.

    Args:
        path: of a file, or of a folder.
        chosen: which column is what, by role (rate, loss, validation_loss, step, epoch).
    """

    def __init__(self, path: Path, chosen: Mapping[str, str] | None = None) -> None:
        self.path = path
        self._chosen = dict(chosen or {})
        self._files: dict[Path, _File] = {}
        self._read: LogsRead | None = None
        self._fault = ""

    def poll(self) -> bool:
        """Read what is new; whether there was something."""
        before, self._fault = self._fault, ""
        try:
            for path in sorted(self._paths()):
                if path not in self._files:
                    self._files[path] = self._open(path)
        except OSError as error:
            self._fault = _why(self.path, error)
        new = [file.poll() for file in list(self._files.values())]
        changed = any(new) or self._fault != before or self._read is None
        if changed:
            self._read = None
        return changed

    @property
    def read(self) -> LogsRead:
        """What was read by the last :meth:`poll`."""
        if self._read is None:
            logs = self._logs()
            self._read = LogsRead(logs, self._faults(logs))
        return self._read

    def _faults(self, logs: Iterable[Log]) -> tuple[str, ...]:
        told = [self._fault, *(file.fault for file in self._files.values())]
        told += [
            f"{log.name}: over {MOST_TRAININGS} trainings, the first {log.left_out} are left out"
            for log in logs
            if log.left_out
        ]
        return tuple(dict.fromkeys(filter(None, told)))

    def _logs(self) -> tuple[Log, ...]:
        ordered = sorted(self._files.items())
        events = [
            (path, file.content.scalars())
            for path, file in ordered
            if isinstance(file, _Growing) and isinstance(file.content, EventFile)
        ]
        logs = list(logs_of(events, self.path, self._chosen))
        for path, file in ordered:
            if isinstance(file, _Document):
                logs += file.logs
            elif isinstance(file, _Growing) and isinstance(file.content, CsvFile):
                logs += file.content.logs(_name(path), self._chosen)
        return tuple(logs)

    def _paths(self) -> list[Path]:
        """The files to read: one, or those of a folder that are logs.

        Raises:
            OSError: it is not there.
        """
        if not self.path.is_dir():
            self.path.stat()
            return [self.path]
        found = list(islice(_below(self.path), _MOST_FILES + 1))
        if len(found) > _MOST_FILES:
            found.pop()
            where = self.path.name or self.path
            self._fault = f"{where}: over {_MOST_FILES} files, of which the first are looked at"
        for wanted in (
            [path for path in found if EVENTS in path.name],
            [path for path in found if path.name == METRICS],
            _newest([path for path in found if path.name == STATE]),
            [path for path in found if path.parent == self.path and path.suffix == ".csv"],
            [path for path in found if path.parent == self.path and path.suffix == ".json"],
        ):
            if wanted:
                return wanted
        return []

    def _open(self, path: Path) -> _File:
        """A reader of a file, by its name, else by how it begins."""
        if EVENTS in path.name:
            return _Growing(path, EventFile)
        if path.suffix in (".json", ".jsonl"):
            return _Document(path, self._chosen)
        if path.suffix not in (".csv", ".tsv") and path.is_file():
            with path.open("rb") as file:
                begin = file.read(16).lstrip()
            if begin[:1] in (b"{", b"["):
                return _Document(path, self._chosen)
        return _Growing(path, CsvFile)


def read_logs(path: Path, chosen: Mapping[str, str] | None = None) -> LogsRead:
    """What is at a path now.

    Args:
        path: of a file, or of a folder.
        chosen: which column is what, by role (rate, loss, validation_loss, step, epoch).
    """
    follower = LogFollower(path, chosen)
    follower.poll()
    return follower.read


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and its folders that may be logs."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        if len(Path(root).relative_to(folder).parts) >= _DEEPEST:
            folders.clear()
        for name in sorted(files):
            if EVENTS in name or name.endswith((".csv", ".json")):
                yield Path(root) / name


def _newest(states: list[Path]) -> list[Path]:
    """The last of the states that a trainer has saved: it holds what the earlier ones do."""
    return [max(states, key=lambda path: path.stat().st_mtime_ns)] if states else []


def _name(path: Path) -> str:
    """What to call a file: where all are named alike, by its folder."""
    return path.parent.name or path.name if path.name in (METRICS, STATE) else path.name


def _why(path: Path, error: OSError) -> str:
    return f"{path.name or path}: {error.strerror or error}"
