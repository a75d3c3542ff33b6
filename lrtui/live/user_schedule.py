"""A schedule of the user's own: read from its file, sampled, made ready to train with.

The only place where code of the user's file runs, and only if what the file holds was allowed by a
person: the command that names it says so by a digest, which is checked before anything runs. It is
read anew each time, so that an edited file is seen; whatever it does wrong becomes one or two
lines, with the traceback on stderr.
"""

import contextlib
import difflib
import faulthandler
import inspect
import linecache
import signal
import sys
import threading
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from keras.optimizers.schedules import LearningRateSchedule
from numpy.typing import NDArray

from lrtui.live.rate_source import CalledRates
from lrtui.live.sampling import as_tensor, sampled_at_once, takes_tensors
from lrtui.protocol import Allowed, Sampled, content_digest, pack
from lrtui.protocol.outside_text import harmless
from lrtui.schedules import Schedule
from lrtui.schedules.files import read_file
from lrtui.schedules.user_function import FIRST_RATE, Arguments
from lrtui.schedules.user_schedule import MOST_STEPS, UserSchedule, user_sources, with_samples

MOST_CODE_BYTES = 10 * 2**20
"""A larger file is no code of anybody's."""
SECONDS = 30
"""Reading and sampling a schedule may take so long."""
SECONDS_MORE = 2
"""So much later the process is ended, if the code did not hear that."""

Float32s = NDArray[np.float32]
_MODULE = "lrtui_own_{}"


class OwnFault(ValueError):
    """What is wrong with a schedule of the user's own, in one or two lines."""

    def __init__(self, message: str, *, absent: bool = False, rates: Float32s | None = None):
        super().__init__(_short(message))
        self.absent = absent
        """Whether there is no such file, or no such name in it."""
        self.rates = rates if rates is not None else np.empty(0, np.float32)
        """The rates of the steps before the one that is wrong."""


class Prepared(NamedTuple):
    """A schedule that can be trained with."""

    schedule: Schedule
    """With the samples of whatever is the user's own in it."""
    driver: Schedule | CalledRates
    """What drives: the same, or a Keras schedule of the user's own itself, which has no end."""
    events: tuple[Sampled, ...]
    """What is driving now."""


def sample(source: str, steps: int, allowed: Allowed) -> Sampled:
    """Read and sample, as an event; what is wrong is told in it.

    Args:
        source: the file and the name in it.
        steps: from step 0 on.
        allowed: what the file may hold.
    """
    try:
        return _read(source, steps, allowed)[1]
    except OwnFault as fault:
        return _told(source, steps, fault)


def prepare(schedule: Schedule, steps: int, link: Any, allowed: Allowed) -> Prepared:
    """Read and sample what is the user's own in a schedule; nothing to do if there is nothing.

    Args:
        schedule: any.
        steps: of the run.
        link: is told what is wrong, besides the fault.
        allowed: what its files may hold.

    Raises:
        OwnFault: it cannot be trained with.
    """
    events, objects = [], {}
    for source in user_sources(schedule):
        try:
            objects[source], event = _read(source, steps, allowed)
            too_short = steps > MOST_STEPS and schedule != UserSchedule(source)
            if too_short or (steps > MOST_STEPS and not _is_keras(objects[source])):
                raise OwnFault(f"{source} can be trained for {MOST_STEPS} steps. Received: {steps}")
        except OwnFault as fault:
            link.send(_told(source, steps, fault))
            raise
        events.append(Sampled(source, steps, event.rates, used_by_run=True))
    ready = with_samples(schedule, {event.source: event.rates for event in events})
    driver: Schedule | CalledRates = ready
    if isinstance(ready, UserSchedule) and _is_keras(objects[ready.source]):
        driver = CalledRates(objects[ready.source], str(ready))
    return Prepared(ready, driver, tuple(events))


def _is_keras(made: Any) -> bool:
    return isinstance(made, LearningRateSchedule)


def _told(source: str, steps: int, fault: OwnFault) -> Sampled:
    return Sampled(source, steps, pack(fault.rates), str(fault), fault.absent)


def _read(source: str, steps: int, allowed: Allowed) -> tuple[Any, Sampled]:
    """What the source names, and its rates."""
    own = UserSchedule(source)
    try:
        with _in_time(source), _importable(_file(source).parent):
            code = _allowed_code(own, _file(source), dict(allowed).get(source))
            made = _made(own, _find(own, _run(own, _file(source), code)))
            rates = _rates(source, made, min(steps, MOST_STEPS))
    except OSError as error:
        raise OwnFault(f"{own.path} cannot be read: {error.strerror}", absent=True) from None
    return made, Sampled(source, steps, pack(rates))


# ---------------------------------------------------------------------- the file


def _file(source: str) -> Path:
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
        raise OwnFault(f"{where} line {error.lineno}: {error.msg}") from None
    except _TooLong:
        raise
    except BaseException as error:
        _raised(f"{own.path} cannot be imported", error, file)
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


def _made(own: UserSchedule, found: Any) -> Any:
    if isinstance(found, type):
        try:
            found = found()
        except _TooLong:
            raise
        except BaseException as error:
            _raised(f"{own.name}() cannot be made without arguments", error, _file(own.source))
    if not callable(found):
        wanted = "a function, a LearningRateSchedule or a class"
        raise OwnFault(f"{own.source} must be {wanted}. Received: {_shown(found)}")
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


# ---------------------------------------------------------------------- the rates


def _rates(source: str, made: Any, steps: int) -> Float32s:
    """The rates of the steps from 0 on, shape (steps,).

    Raises:
        OwnFault: it raises, or gives what is no number, at some step.
    """
    if takes_tensors(made):
        rates = sampled_at_once(made, 0, steps, passing=(_TooLong,))
        return rates if rates is not None else _one_by_one(source, made, steps, as_tensor)
    if _takes_rate(made):
        return _one_by_one(source, made, steps, int, fed=True)
    return _one_by_one(source, made, steps, int)


def _takes_rate(made: Any) -> bool:
    try:
        taken = inspect.signature(made).parameters.values()
    except (TypeError, ValueError):
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    by_position = [one for one in taken if one.kind in kinds]
    required = sum(one.default is one.empty for one in by_position)
    return Arguments(tuple(one.name for one in by_position), required).take_rate


def _one_by_one(source: str, made: Any, steps: int, step_of: Any, *, fed: bool = False) -> Float32s:
    """As the function gives them; `fed`: with the rate before, as Keras' f(epoch, lr) is called."""
    rates = np.empty(steps, np.float32)
    with np.errstate(all="ignore"):
        for step in range(steps):
            try:
                before = (float(rates[step - 1]) if step else FIRST_RATE,) if fed else ()
                value = made(step_of(step), *before)
            except _TooLong:
                raise
            except BaseException as error:
                _raised(f"{source} raises at step {step}", error, _file(source), rates[:step])
            try:
                if isinstance(value, (bool, str, bytes)):
                    raise TypeError
                rates[step] = float(value)
            except _TooLong:
                raise
            except OverflowError:
                message = f"{source} must give a number below 3.4e38. At step {step} it is larger"
                raise OwnFault(message, rates=rates[:step]) from None
            except BaseException:
                message = f"{source} must give a number. At step {step} it gave: {_shown(value)}"
                raise OwnFault(message, rates=rates[:step]) from None
    return rates


# ---------------------------------------------------------------------- what goes wrong


class _TooLong(BaseException):
    """Not an Exception, so that the user's code does not catch it."""


@contextlib.contextmanager
def _in_time(source: str) -> Iterator[None]:
    """End code that hangs. Works in the main thread only, where a worker trains."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> NoReturn:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    # What hangs in C hears no signal: then the process ends, by a thread that needs no Python.
    faulthandler.dump_traceback_later(SECONDS + SECONDS_MORE, exit=True)
    try:
        yield
    except _TooLong:
        traceback.print_exc()
        raise OwnFault(f"{source} took more than {SECONDS} s to sample") from None
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raised(what: str, error: BaseException, file: Path, rates: Float32s | None = None) -> NoReturn:
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


def _shown(value: Any) -> str:
    """A value of the user's, as its repr, if it has one."""
    try:
        return _short(harmless(repr(value)), 200)
    except Exception:
        return f"a {type(value).__name__}"


def _short(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"
