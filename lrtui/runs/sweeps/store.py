"""The file that keeps a sweep: a row a training, written as results come. SQLite.

Written by the one process that asks; nothing in it is ever run or unpickled.
"""

import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lrtui.protocol.chunks import ChunkDone
from lrtui.protocol.values import decode_json
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.stored_trainings import (
    Finished,
    SweepEnds,
    TrainingKind,
    WantedTraining,
    finished_of,
    losses_of,
)
from lrtui.schedules import Invalid

APPLICATION = 0x6C727475
"""``lrtu`` in SQLite's field for whose file it is."""
VERSION = 1
_MAPPED_BYTES = 1 << 30
"""So much of a file is read without a copy: rows of a sweep lie all over it."""

_TABLES = """
CREATE TABLE trainings (
    key BLOB PRIMARY KEY, schedule TEXT NOT NULL, settings TEXT NOT NULL, seed INTEGER NOT NULL,
    files TEXT NOT NULL, means BLOB NOT NULL, validation BLOB NOT NULL, final REAL, best REAL,
    diverged INTEGER NOT NULL, stack INTEGER NOT NULL, threads INTEGER NOT NULL,
    processor TEXT NOT NULL, host TEXT NOT NULL, seconds REAL NOT NULL, versions TEXT NOT NULL,
    made TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sweeps (number INTEGER PRIMARY KEY, asked TEXT NOT NULL UNIQUE, made TEXT NOT NULL);
CREATE TABLE places (
    sweep INTEGER NOT NULL, cell INTEGER NOT NULL, seed INTEGER NOT NULL, key BLOB NOT NULL,
    PRIMARY KEY (sweep, cell, seed)
) WITHOUT ROWID;
"""
_INDEX = "CREATE INDEX IF NOT EXISTS ends ON trainings (key, final, best, seconds)"
"""What a picture needs, side by side: through the rows it takes half as long again."""


_VERSIONS = msgspec.json.Decoder(dict[str, str])


class Store:
    """A sweep's file.

    Args:
        path: where it is; None: in memory, for as long as the sweep lasts.
        writes: whether it is made where there is none, and written.

    Raises:
        Invalid: it is no such file.
        OSError: it cannot be read or written.
    """

    def __init__(self, path: Path | None, *, writes: bool = True) -> None:
        self._path = path
        if path is not None:
            _check_kind(path, writes)
        with self._telling():
            place = ":memory:" if path is None else str(path)
            if path is not None and not writes:
                place = f"{path.resolve().as_uri()}?mode=ro"
            self._file = sqlite3.connect(place, uri=not writes, timeout=20)
            if not writes:
                self._file.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
            self._begin(writes)

    def close(self) -> None:
        """Whatever was kept stays."""
        self._file.close()

    def begin(self, sweep: SweepRequest, wanted: Iterable[WantedTraining]) -> int:
        """Keep what is asked for; the number of the sweep, of an earlier one if equal."""
        asked = msgspec.json.encode(sweep).decode()
        with self._telling(), self._file:
            self._file.execute(
                "INSERT INTO sweeps (asked, made) VALUES (?, ?) "
                "ON CONFLICT (asked) DO UPDATE SET made = excluded.made",
                (asked, _now()),
            )
            (number,) = self._file.execute(
                "SELECT number FROM sweeps WHERE asked = ?", (asked,)
            ).fetchone()
            self._file.executemany(
                "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)",
                ((number, one.cell, one.seed, one.key) for one in wanted),
            )
        return int(number)

    def latest(self) -> tuple[int, SweepRequest]:
        """The sweep that was asked for last.

        Raises:
            Invalid: there is none.
        """
        with self._telling():
            found = self._file.execute(
                "SELECT number, asked FROM sweeps ORDER BY made DESC, number DESC LIMIT 1"
            ).fetchone()
        if found is None:
            raise Invalid("--store", "must be a file with a sweep in it", str(self._path))
        try:
            return int(found[0]), decode_json(msgspec.json.Decoder(SweepRequest), found[1])
        except (msgspec.DecodeError, ValueError, TypeError) as fault:
            allowed = f"must hold a sweep that this version knows ({fault})"
            raise Invalid("--store", allowed, str(self._path)) from None

    def add(self, some: Sequence[WantedTraining], done: ChunkDone, stack: int) -> None:
        """Keep what came of these trainings, all or none of them.

        Raises:
            OSError: it could not be written; what was kept before stays.
        """
        rows = list(rows_of(some, done, stack))
        with self._telling(), self._file:
            slots = ", ".join("?" * 17)
            self._file.executemany(f"INSERT OR IGNORE INTO trainings VALUES ({slots})", rows)

    def lookup(self, keys: Sequence[bytes]) -> dict[bytes, Finished]:
        """What is known of trainings, by their keys."""
        found: dict[bytes, Finished] = {}
        with self._telling():
            for first in range(0, len(keys), 500):
                some = keys[first : first + 500]
                slots = ", ".join("?" * len(some))
                rows = self._file.execute(
                    f"SELECT key, final, best, diverged, seconds FROM trainings "
                    f"WHERE key IN ({slots})",
                    some,
                )
                found.update((key, _finished(*rest)) for key, *rest in rows)
        return found

    def ends(self, number: int) -> SweepEnds:
        """What is known of a sweep."""
        indices = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'ends'"
        with self._telling():
            (indexed,) = self._file.execute(indices).fetchone()  # not in files of a first version
            rows = self._file.execute(
                "SELECT cell, places.seed, final, best, seconds FROM places JOIN trainings "
                f"{'INDEXED BY ends' if indexed else ''} USING (key) WHERE sweep = ?",
                (number,),
            )
            return SweepEnds.of(rows.fetchall())

    def schedules(self, number: int) -> dict[int, str]:
        """The schedule of each cell of a sweep that something is known of, in its text form."""
        with self._telling():
            return dict(
                self._file.execute(
                    "SELECT DISTINCT cell, schedule FROM places JOIN trainings USING (key) "
                    "WHERE sweep = ?",
                    (number,),
                )
            )

    def kinds(self, number: int) -> list[TrainingKind]:
        """How a sweep's trainings were made, each way once, that of most trainings first."""
        with self._telling():
            rows = self._file.execute(
                "SELECT stack, threads, processor, versions FROM places "
                "JOIN trainings USING (key) WHERE sweep = ? GROUP BY 1, 2, 3, 4 ORDER BY -count(*)",
                (number,),
            )
            return [
                TrainingKind(stack, threads, processor, decode_json(_VERSIONS, versions))
                for stack, threads, processor, versions in rows
            ]

    def _begin(self, writes: bool) -> None:
        (application,) = self._file.execute("PRAGMA application_id").fetchone()
        (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION and (tables or not writes):
            raise Invalid("--store", "must be a file that lrtui sweep made", str(self._path))
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if application == APPLICATION and version != VERSION:
            allowed = f"must be of version {VERSION}: another lrtui made it"
            raise Invalid("--store", allowed, f"{self._path}, of version {version}")
        if not writes:
            return
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        if application != APPLICATION:
            with self._file:
                self._file.executescript(
                    f"BEGIN; {_TABLES} PRAGMA application_id = {APPLICATION}; "
                    f"PRAGMA user_version = {VERSION}; COMMIT;"
                )
        with self._file:
            self._file.execute(_INDEX)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What SQLite refuses, as the errors of files that the program tells."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise OSError(5, f"the store could not be used: {error}", str(self._path)) from None
        except Invalid:
            raise
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:  # or values of other kinds
            allowed = f"must be a file that lrtui sweep made ({error})"
            raise Invalid("--store", allowed, str(self._path)) from None


def rows_of(
    some: Sequence[WantedTraining], done: ChunkDone, stack: int
) -> Iterator[tuple[object, ...]]:
    """The rows of the file for what came of a chunk."""
    means, validation = losses_of(some, done)
    versions, ends = msgspec.json.encode(done.versions).decode(), finished_of(some, done)
    for row, one in enumerate(some):
        held = validation[row] if done.validation else None
        end = ends[one.key]
        yield (
            *(one.key, one.schedule, one.settings, one.seed, one.files),
            *(means[row].tobytes(), b"" if held is None else held.tobytes()),
            *(None if end.diverged else end.final, None if end.diverged else end.best),
            *(int(end.diverged), stack, done.threads, done.processor, done.host),
            *(end.seconds, versions, _now()),
        )


def _finished(final: float | None, best: float | None, diverged: int, seconds: float) -> Finished:
    lost = float("nan")
    return Finished(
        lost if final is None else final, lost if best is None else best, bool(diverged), seconds
    )


def _check_kind(path: Path, writes: bool) -> None:
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        if writes:
            return
        raise
    if not stat.S_ISREG(kind):
        raise Invalid("--store", "must be a file, and no folder, pipe or device", str(path))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
