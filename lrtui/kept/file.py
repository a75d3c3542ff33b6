"""A file that keeps a value: read with its faults, written whole or not at all."""

from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from lrtui.kept.sections import from_table, to_table
from lrtui.schedules import Described
from lrtui.schedules.files import read_file

D = TypeVar("D", bound=Described)

MOST_SEARCHED, MOST_SEARCHED_CHARACTERS = 8, 20_000
"""Faults whose lines are looked for, and in how long a text: each takes a while."""
MOST_DOTS = 100
"""In a key: tomllib takes a time that grows with their square."""
MOST_BYTES = 2**19
"""A longer file is not read: it is none that a person or lrtui wrote."""


class FileFault(NamedTuple):
    """What is wrong with a file."""

    path: Path
    line: int | None
    """From 1; None: the file as a whole."""
    reason: str

    def __str__(self) -> str:
        """As in ``…/session.toml, line 7: epochs must be …``."""
        line = "" if self.line is None else f", line {self.line}"
        return f"{self.path}{line}: {self.reason}"


class NotWritten(Exception):
    """A file was not written, because it has a fault that a person should mend first."""


class TooLongToKeep(NotWritten):
    """A file was not written, because it would be too long to be read again."""


class Loaded(Struct, Generic[D], frozen=True):
    """What a file holds, as far as it is right."""

    path: Path
    value: D
    complaints: tuple[FileFault, ...] = ()
    data: bytes | None = None
    """What was read or written; None: there was no file."""

    @property
    def writable(self) -> bool:
        """Whether it may be written over: not if something in it was not understood."""
        return not self.complaints


def read(path: Path, cls: type[D]) -> Loaded[D]:
    """What a file holds. A file that is not there holds the defaults.

    Args:
        path: the file.
        cls: what it holds: a described class all of whose fields have defaults, see
            :mod:`lrtui.kept.sections`.

    Returns:
        The value; what is wrong in the file has its default there, and a complaint.
    """
    try:
        data = read_file(path, MOST_BYTES)
    except FileNotFoundError:
        return Loaded(path, cls())
    except OSError as error:
        return _unread(path, cls, None, f"it cannot be read: {error.strerror}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unread(path, cls, data.count(b"\n", 0, error.start) + 1, "it is not UTF-8")
    if any(line.partition("=")[0].count(".") > MOST_DOTS for line in text.splitlines()):
        return _unread(path, cls, None, "it has a number too long, or nests too deep")
    import tomllib  # only where there is a file; tomlkit takes four times as long

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        reason = str(fault).partition(" (at ")[0]
        return _unread(path, cls, _line_of(fault, text), f"it is not TOML: {reason}")
    except (ValueError, RecursionError):
        return _unread(path, cls, None, "it has a number too long, or nests too deep")
    value, faults = from_table(cls, table)
    if not faults:
        return Loaded(path, value, (), data)
    from lrtui.kept.toml_text import find_line

    searched = faults[:MOST_SEARCHED] if len(text) <= MOST_SEARCHED_CHARACTERS else []
    lines = [find_line(text, place) for place, _ in searched]
    lines += [None] * (len(faults) - len(lines))
    complaints = (
        FileFault(path, line, reason) for line, (_, reason) in zip(lines, faults, strict=True)
    )
    return Loaded(path, value, tuple(complaints), data)


def _unread(path: Path, cls: type[D], line: int | None, reason: str) -> Loaded[D]:
    return Loaded(path, cls(), (FileFault(path, line, reason),))


def _line_of(fault: Exception, text: str) -> int:
    """The line that cannot be read, from 1; the last one, if the end is where something lacks."""
    _, _, where = str(fault).partition("(at line ")
    number = where.partition(",")[0]
    return int(number) if number.isdecimal() else max(1, len(text.splitlines()))


def write(kept: Loaded[D], value: D, comment: str) -> Loaded[D]:
    """Write a value in place of the one that was read; the folder is made.

    Args:
        kept: what :func:`read` or an earlier writing gave.
        value: the new one.
        comment: the first lines of the file, without ``#``.

    Returns:
        What the file holds now.

    Raises:
        NotWritten: what was read has a fault, or is not what stands there now.
        OSError: nothing may be written there, the disk is full.
    """
    from lrtui.export.files import write_atomically
    from lrtui.kept.toml_text import written

    if not kept.writable:
        raise NotWritten(f"{kept.path} is left as it is: {_where(kept.complaints[0])}")
    if _present(kept.path) not in (kept.data, None):
        raise NotWritten(f"{kept.path} was changed meanwhile, and is left as it is")
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    text = written(to_table(value), comment, kept.data, to_table(kept.value))
    if len(text.encode()) > MOST_BYTES:  # what is written can be read
        raise TooLongToKeep(f"{kept.path} is left as it is: it would be longer than 0.5 MB")
    write_atomically(kept.path, text)
    return replace(kept, value=value, data=text.encode())


def _present(path: Path) -> bytes | None:
    try:
        return read_file(path, MOST_BYTES)
    except FileNotFoundError:
        return None


def _where(complaint: FileFault) -> str:
    line = "" if complaint.line is None else f"line {complaint.line}: "
    return f"{line}{complaint.reason}"
