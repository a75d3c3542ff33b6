"""Runs a file of code of the user's own, and finds the name that is wanted in it.

The only place where code of the user's file runs, and only if what the file holds was allowed by a
person: the command that names it says so by a digest, which is checked before anything runs. It is
read anew each time, so that an edited file is seen; whatever it does wrong becomes one or two
lines, with the traceback on stderr.
"""

import contextlib
import ctypes
import difflib
import faulthandler
import linecache
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from lrtui.live.trial import in_child, tried
from lrtui.protocol import Allowed, content_digest
from lrtui.protocol.outside_text import harmless
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.files import read_file
from lrtui.schedules.user_schedule import UserSchedule

MOST_CODE_BYTES = 10 * 2**20
"""A larger file is no code of anybody's."""
SECONDS = 30
"""Reading a file, and what is then done with what it holds, may take so long."""
SECONDS_MORE = 2
"""So much later the process is ended, if the code did not hear that."""

_MODULE = "lrtui_own_{}"


class OwnFault(ValueError):
    """What is wrong with code of the user's own, in one or two lines."""

    def __init__(self, message: str, *, absent: bool = False, rates: Float32s | None = None):
        super().__init__(_short(message))
        self.absent = absent
        """Whether there is no such file, or no such name in it."""
        self.rates = rates if rates is not None else np.empty(0, np.float32)
        """The rates of the steps before the one that is wrong."""


@contextlib.contextmanager
def loaded(source: str, allowed: Allowed, doing: str) -> Iterator[Any]:
    """What a source names; while this is entered its code may run, for :data:`SECONDS`.

    Args:
        source: the file and the name in it.
        allowed: what the file may hold.
        doing: what is done with it meanwhile, as a verb.

    Raises:
        OwnFault: there is no such file or name, nobody allowed it, it raises or takes too long.
    """
    own = UserSchedule(source)
    try:
        with _in_time(source, doing), _importable(file_of(source).parent):
            code = _allowed_code(own, file_of(source), dict(allowed).get(source))
            yield _find(own, _run(own, file_of(source), code))
    except OSError as error:
        raise OwnFault(f"{own.path} cannot be read: {error.strerror}", absent=True) from None


def check_that_it_ends(source: str, doing: str, work: Callable[[], object]) -> None:
    """Make sure that code of the user's does not hang in C, nor end or crash the process.

    Args:
        source: the file and the name in it.
        doing: what is done with it, as a verb.
        work: does it; see :func:`lrtui.live.trial.tried`.

    Raises:
        OwnFault: it does.
    """
    outcome = tried(work, SECONDS)
    if outcome == "crashes":  # a fork of a process with threads may do so by itself, once
        outcome = tried(work, SECONDS)
    if outcome == "hangs":
        raise OwnFault(f"{source} took more than {SECONDS} s to {doing}")
    if outcome == "exits":
        raise OwnFault(f"{source} ends the process that runs it")
    if outcome == "crashes":
        raise OwnFault(f"{source} crashes the process that runs it")


def file_of(source: str) -> Path:
    """The file of a source."""
    return UserSchedule(source).file.resolve()


def _allowed_code(own: UserSchedule, file: Path, digest: str | None) -> bytes:
    """What the file holds, if that may be run."""
    if not file.is_file():
        raise OwnFault(f"there is no file {own.path}", absent=True)
    code = read_file(file, MOST_CODE_BYTES)
    if digest is None:
        raise OwnFault(f"{own.path} was not run: nobody allowed it")
    if content_digest(code) != digest:
        raise OwnFault(f"{own.path} was not run: it was edited since it was allowed")
    return code


def _run(own: UserSchedule, file: Path, code: bytes) -> types.ModuleType:
    # Under a name of its own: a file random.py must not become the module of that name.
    module = types.ModuleType(_MODULE.format(file.stem))
    module.__file__ = str(file)
    linecache.checkcache(str(file))
    sys.modules[module.__name__] = module
    try:
        # Compiled here: a cached .pyc is taken for new if it was written in the same second.
        exec(compile(code, str(file), "exec", dont_inherit=True), vars(module))
    except SyntaxError as error:
        where = own.path if error.filename in (str(file), None) else error.filename
        line = "" if error.lineno is None else f" line {error.lineno}"
        raise OwnFault(f"{where}{line}: {error.msg}") from None
    except TookTooLong:
        raise
    except BaseException as error:
        raised(f"{own.path} cannot be imported", error, file)
    finally:
        del sys.modules[module.__name__]
    return module


def _find(own: UserSchedule, module: types.ModuleType) -> Any:
    found: Any = module
    for part in own.name.split("."):
        names = [name for name in dir(found) if not name.startswith("_")]
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, names, n=1, cutoff=0.5)
            advice = f"did you mean {near[0]}?" if near else f"it has {', '.join(names[:8])}"
            raise OwnFault(f"{own.path} has no {own.name}; {advice}", absent=True)
        found = getattr(found, part)
    return found


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Modules beside the file can be imported, and are read anew the next time."""
    before, writes = set(sys.modules), sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            place = getattr(sys.modules[name], "__file__", None) or ""
            if folder in Path(place).parents and "site-packages" not in place:
                del sys.modules[name]


# ---------------------------------------------------------------------- what goes wrong


class TookTooLong(BaseException):
    """Not an Exception, so that the user's code does not catch it."""


@contextlib.contextmanager
def _in_time(source: str, doing: str) -> Iterator[None]:
    """End code that hangs: in the main thread, where a worker trains, also what hangs in C."""
    if threading.current_thread() is not threading.main_thread():
        with _in_time_of_a_thread(source, doing):
            yield
        return

    def end(*_: object) -> NoReturn:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    # What hangs in C hears no signal: then the process ends, by a thread that needs no Python. A
    # forked child would wait for the one that its parent may have.
    watched = not in_child()
    if watched:
        faulthandler.dump_traceback_later(SECONDS + SECONDS_MORE, exit=True)
    try:
        yield
    except TookTooLong:
        traceback.print_exc()
        raise OwnFault(f"{source} took more than {SECONDS} s to {doing}") from None
    finally:
        if watched:
            faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _in_time_of_a_thread(source: str, doing: str) -> Iterator[None]:
    """The same in another thread, such as that of a Dask worker; what hangs in C hears nothing."""
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    thread = ctypes.c_ulong(threading.get_ident())
    over, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        if not over.wait(SECONDS):
            with lock:
                if not over.is_set():
                    raise_in(thread, ctypes.py_object(TookTooLong))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except TookTooLong:
        raise OwnFault(f"{source} took more than {SECONDS} s to {doing}") from None
    finally:
        with lock:
            over.set()
            raise_in(thread, None)  # one that was on its way when the code ended


def raised(what: str, error: BaseException, file: Path, rates: Float32s | None = None) -> NoReturn:
    """Tell what code of the user's raised, as one line; its traceback goes to stderr.

    Raises:
        OwnFault: always.
    """
    with contextlib.suppress(Exception):  # of an exception whose text cannot be made
        traceback.print_exception(error)
        sys.stderr.flush()
    lines = [line.strip() for line in _text(error).splitlines() if line.strip()]
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    lines_of_it = [one.lineno for one in frames if one.filename == str(file)]
    where = f" (line {lines_of_it[-1]} of {file.name})" if lines_of_it else ""
    raise OwnFault(f"{what}: {text}{where}", rates=rates) from None


def _text(error: BaseException) -> str:
    try:
        return harmless(str(error), keep="\n")
    except Exception:
        return ""


def shown(value: Any) -> str:
    """A value of the user's, as its repr, if it has one."""
    try:
        return _short(harmless(repr(value)), 200)
    except Exception:
        return f"a {type(value).__name__}"


def _short(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"
