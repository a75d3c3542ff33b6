"""A file that keeps a value: read with its faults, written whole or not at all."""

from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from lrtui.kept.sections import from_table, to_text
from lrtui.schedules import Described

D = TypeVar("D", bound=Described)


class Complaint(NamedTuple):
    """What is wrong with a file."""

    path: Path
    line: int | None
    """From 1; None: the file as a whole."""
    reason: str

    def __str__(self) -> str:
        """As in ``…/session.toml, line 7: epochs must be …``."""
        line = "" if self.line is None else f", line {self.line}"
        return f"{self.path}{line}: {self.reason}"


class LeftAsItIs(Exception):
    """A file was not written, because it has a fault that a person should mend first."""


class Kept(Struct, Generic[D], frozen=True):
    """What a file holds, as far as it is right."""

    path: Path
    value: D
    complaints: tuple[Complaint, ...] = ()
    data: bytes | None = None
    """What was read or written; None: there was no file."""

    @property
    def writable(self) -> bool:
        """Whether it may be written over: not if something in it was not understood."""
        return not self.complaints


def read(path: Path, cls: type[D]) -> Kept[D]:
    """What a file holds. A file that is not there holds the defaults.

    Args:
        path: the file.
        cls: what it holds: a described class all of whose fields have defaults, see
            :mod:`lrtui.kept.sections`.

    Returns:
        The value; what is wrong in the file has its default there, and a complaint.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Kept(path, cls())
    except OSError as error:
        return _unread(path, cls, None, f"it cannot be read: {error.strerror}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unread(path, cls, data.count(b"\n", 0, error.start) + 1, "it is not UTF-8")
    import tomllib  # only where there is a file

    from lrtui.kept.lines import line_of, line_of_fault

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        reason = str(fault).partition(" (at ")[0]
        return _unread(path, cls, line_of_fault(fault, text), f"it is not TOML: {reason}")
    except (ValueError, RecursionError):
        return _unread(path, cls, None, "it has a number too long, or nests too deep")
    value, faults = from_table(cls, table)
    complaints = (Complaint(path, line_of(text, place), reason) for place, reason in faults)
    return Kept(path, value, tuple(complaints), data)


def _unread(path: Path, cls: type[D], line: int | None, reason: str) -> Kept[D]:
    return Kept(path, cls(), (Complaint(path, line, reason),))


def write(kept: Kept[D], value: D, comment: str) -> Kept[D]:
    """Write a value in place of the one that was read; the folder is made.

    Args:
        kept: what :func:`read` or an earlier writing gave.
        value: the new one.
        comment: the first lines of the file, without ``#``.

    Returns:
        What the file holds now.

    Raises:
        LeftAsItIs: what was read has a fault, or is not what stands there now.
        OSError: nothing may be written there, the disk is full.
    """
    from lrtui.export.files import write_atomically

    if not kept.writable:
        raise LeftAsItIs(f"{kept.path} is left as it is: {_where(kept.complaints[0])}")
    if _present(kept.path) not in (kept.data, None):
        raise LeftAsItIs(f"{kept.path} was changed meanwhile, and is left as it is")
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    head = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    text = f"{head}\n{to_text(value)}"
    write_atomically(kept.path, text)
    return replace(kept, value=value, data=text.encode())


def _present(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _where(complaint: Complaint) -> str:
    line = "" if complaint.line is None else f"line {complaint.line}: "
    return f"{line}{complaint.reason}"
