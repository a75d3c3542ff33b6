"""Accidents of the program on its terminal, and of its terminal."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.accidents.table import Accident, descendants, lives, wait_until
from benchmarks.terminal import FOLDERS, Program
from lrtui.kept import SESSION_FILE, read
from lrtui.protocol.registry import places
from lrtui.runs.journal import read_journal
from lrtui.tui.saved_session import SavedSession

STEP = re.compile(r"epoch (\d+)/\d+ · step (\d+)")
ENDS_SECONDS = 10.0
GIVEN_BACK = b"\x1b[?1049l"
"""The terminal shows again what it showed before."""
STEPS_PER_SECOND = 100
"""Of a training in the program, unless one turns it."""


@contextlib.contextmanager
def opened(folder: Path, moment: str, *wrapped: str) -> Iterator[Program]:
    """The program at some moment; what it keeps lies in the folder."""
    os.environ["XDG_STATE_HOME"] = str(folder)
    arguments = [*wrapped, "-m", "lrtui", *(["--cold"] if moment == "nothing trains" else [])]
    homes = dict.fromkeys(FOLDERS, str(folder))
    with Program(*arguments, environment=homes) as program:
        program.wait_for("peak 1.00e-1")
        if moment == "a dialog is open":
            program.press("?")
        if moment == "while it trains":
            program.type("t")
            program.wait_for(lambda text: (found := STEP.search(text)) and int(found[2]) > 100)
        yield program


def seen(program: Program) -> int:
    """The step that stands on the screen."""
    found = STEP.search(program.text)
    return int(found[2]) if found else 0


def left_behind(folder: Path, steps: int, workers: list[int]) -> float:
    """Look what is left, once the program has ended. Returns the seconds that were lost."""
    wait_until(lambda: not any(map(lives, workers)), "its processes end", ENDS_SECONDS)
    assert not read(folder / "lrtui" / SESSION_FILE, SavedSession).complaints
    assert not list(folder.rglob("*.part"))
    if not steps:
        return 0.0
    (place,) = [one for one in places() if one.events.exists()]
    record = read_journal(place).record()
    assert record is not None
    with Program("-m", "lrtui", "--cold", environment=dict.fromkeys(FOLDERS, str(folder))) as again:
        again.wait_for("peak 1.00e-1")
    return max(0, steps - record.steps) / STEPS_PER_SECOND


def _signal(moment: str, number: signal.Signals, folder: Path) -> float:
    with opened(folder, moment) as program:
        steps, workers = seen(program), descendants(program.process.pid)
        os.kill(program.process.pid, number)
        received = _until_it_ends(program)
        if number != signal.SIGKILL:
            assert GIVEN_BACK in received, "the terminal is not given back"
            assert b"Traceback" not in received
        return left_behind(folder, steps, workers)


def _until_it_ends(program: Program) -> bytes:
    received, until = b"", time.monotonic() + ENDS_SECONDS
    with contextlib.suppress(RuntimeError):  # which is its end
        while time.monotonic() < until:
            received += program.read(0.1)
    wait_until(lambda: program.process.poll() is not None, "it ends", ENDS_SECONDS)
    return received


def _hang_up(moment: str, folder: Path) -> float:
    """The window is closed, and no signal says so."""
    with opened(folder, moment) as program:
        steps, workers = seen(program), descendants(program.process.pid)
        leader = program._leader
        program._leader = os.open(os.devnull, os.O_RDWR)
        os.close(leader)
        wait_until(lambda: program.process.poll() is not None, "it ends", ENDS_SECONDS)
        return left_behind(folder, steps, workers)


def _goes_on(does: Callable[[Program], None], folder: Path) -> float:
    """Something that it outlives: the training goes on, and keys are obeyed."""
    with opened(folder, "while it trains") as program:
        does(program)
        steps = seen(program)
        program.wait_for(lambda text: (found := STEP.search(text)) and int(found[2]) > steps)
        program.type("?")
        program.wait_for("─ help ─")
        program.type("q")
        workers = descendants(program.process.pid)
        steps = seen(program)
        os.kill(program.process.pid, signal.SIGTERM)
        _until_it_ends(program)
        return left_behind(folder, steps, workers)


def _stopped(program: Program) -> None:
    os.kill(program.process.pid, signal.SIGSTOP)
    time.sleep(3)  # longer than a silence that would be told of a worker
    os.kill(program.process.pid, signal.SIGCONT)


def _flooded(program: Program) -> None:
    for _ in range(20):
        program.type("\x1b[200~" + "x" * 2000 + "\x1b[201~" + "\x1b[C" * 200)
    program.type("\x1b")
    program.settle()


def _unread(program: Program) -> None:
    """Nobody takes what it draws for a while: a line that is broken."""
    time.sleep(3)


def _worker_killed(folder: Path) -> float:
    with opened(folder, "while it trains") as program:
        steps = seen(program)
        worker = next(
            pid
            for pid in descendants(program.process.pid)
            if b"lrtui.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        os.kill(worker, signal.SIGKILL)
        program.wait_for("the worker is gone")
        program.type("t")
        program.wait_for(lambda text: (found := STEP.search(text)) and int(found[2]) < steps)
        workers = descendants(program.process.pid)
        os.kill(program.process.pid, signal.SIGTERM)
        _until_it_ends(program)
        wait_until(lambda: not any(map(lives, workers)), "its processes end", ENDS_SECONDS)
        kept = [read_journal(place).record() for place in places() if place.events.exists()]
        longest = max(record.steps for record in kept if record is not None)
        return max(0, steps - longest) / STEPS_PER_SECOND


ENDS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
ACCIDENTS = [
    *(
        Accident("program", moment, number.name, partial(_signal, moment, number))
        for moment in ("nothing trains", "while it trains")
        for number in ENDS
    ),
    Accident(
        "program",
        "while TensorFlow loads",
        "SIGKILL",
        partial(_signal, "while TensorFlow loads", signal.SIGKILL),
    ),
    Accident(
        "program",
        "a dialog is open",
        "SIGTERM",
        partial(_signal, "a dialog is open", signal.SIGTERM),
    ),
    Accident(
        "program", "nothing trains", "its window is closed", partial(_hang_up, "nothing trains")
    ),
    Accident(
        "program", "while it trains", "its window is closed", partial(_hang_up, "while it trains")
    ),
    Accident("program", "while it trains", "SIGSTOP for 3 s", partial(_goes_on, _stopped)),
    Accident(
        "program", "while it trains", "flooded with keys and pastes", partial(_goes_on, _flooded)
    ),
    Accident(
        "program",
        "while it trains",
        "its terminal takes nothing for 3 s",
        partial(_goes_on, _unread),
    ),
    Accident("worker", "while the program shows it", "SIGKILL", _worker_killed),
]
