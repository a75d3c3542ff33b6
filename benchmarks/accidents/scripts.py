"""Accidents of a training in somebody's script, of its viewers, its files and its clock."""

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.accidents.table import Accident, wait_until
from lrtui.protocol import encode
from lrtui.protocol.attach import PROTOCOL, Greeting, Hello, decode_from_training
from lrtui.protocol.registry import Place, places
from lrtui.runs.journal import read_journal

STEPS_A_REPORT = 10
STEPS_PER_SECOND = 200

SCRIPT = f"""
import os, sys, time
import numpy as np
jumps = [0.0]
real = time.time
time.time = lambda: real() + jumps[0]
from lrtui.live.hub import Hub
from lrtui.protocol import Started, StepsDone, pack
from lrtui.protocol.script import Script
hub = Hub("accident")
hub.send(Started("Constant(0.1)", script=Script("accident")))
block = pack(np.full({STEPS_A_REPORT}, 0.1, np.float32))
print(os.getpid(), flush=True)
step = 0
while not os.path.exists(sys.argv[1] + "/stop"):
    hub.send(StepsDone(step, block, block))
    step += {STEPS_A_REPORT}
    hub.poll()
    time.sleep({STEPS_A_REPORT / STEPS_PER_SECOND})
    if os.path.exists(sys.argv[1] + "/jump"):
        jumps[0] = float(open(sys.argv[1] + "/jump").read())
    with open(sys.argv[1] + "/step", "w") as told:
        told.write(str(step))
hub.close()
print(step, flush=True)
"""
"""A training without a framework: what is tried is what stands beside it."""


class Script:
    """Such a script, while it runs."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        self.folder, self.process = folder, process
        wait_until(lambda: any(one.socket.exists() for one in places()), "it has a socket")
        (self.place,) = places()

    @property
    def step(self) -> int:
        """How many steps it has done."""
        with contextlib.suppress(OSError, ValueError):
            return int((self.folder / "step").read_text())
        return 0

    def goes_on(self, steps: int = 40) -> None:
        """Wait until it has done so many more."""
        until = self.step + steps
        wait_until(lambda: self.step >= until, "it trains on", 20)

    def greets(self) -> None:
        """Make sure that a viewer is served."""
        wait_until(self.place.socket.exists, "its socket is there", 10)
        wait_until(lambda: _greeted(self.place), "a viewer is greeted", 10)

    def end(self) -> float:
        """Let it end, and return the seconds that its journal lacks."""
        (self.folder / "stop").touch()
        told, said = self.process.communicate(timeout=20)
        assert self.process.returncode == 0
        assert "Traceback" not in said
        return lost(self.place, int(told.split()[-1]))


def lost(place: Place, steps: int) -> float:
    """How many seconds of so many steps are not in the journal."""
    record = read_journal(place).record()
    assert record is not None
    return max(0, steps - record.steps) / STEPS_PER_SECOND


def _greeted(place: Place) -> bool:
    try:
        with viewer(place) as one:
            return isinstance(decode_from_training(one.makefile("rb").readline()), Greeting)
    except (OSError, ValueError):
        return False


def viewer(place: Place) -> socket.socket:
    """A connection to it."""
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(5)
    one.connect(str(place.socket))
    return one


@contextlib.contextmanager
def training(folder: Path, descriptors: int | None = None) -> Iterator[Script]:
    """A script that trains."""
    os.environ["XDG_STATE_HOME"] = str(folder)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=None
        if descriptors is None
        else lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors)),
    )
    try:
        script = Script(folder, process)
        script.goes_on()
        yield script
    finally:
        process.kill()
        process.communicate()


def _killed(number: signal.Signals, folder: Path) -> float:
    with training(folder) as script:
        script.goes_on(STEPS_PER_SECOND)
        script.process.send_signal(number)
        script.process.wait(10)
        listed = subprocess.run(
            [sys.executable, "-m", "lrtui", "runs"], capture_output=True, text=True, check=True
        )
        assert "killed" in listed.stdout
        return lost(script.place, script.step)


def _goes_on(
    does: Callable[[Script], object], folder: Path, descriptors: int | None = None
) -> float:
    with training(folder, descriptors) as script:
        does(script)
        script.goes_on()
        script.greets()
        return script.end()


def _crowd(script: Script) -> None:
    """More connections than it serves, all at once, and gone again."""
    many = []
    for _ in range(60):
        with contextlib.suppress(OSError):
            many.append(viewer(script.place))
    script.goes_on()
    for one in many:
        one.close()


def _babble(script: Script) -> None:
    with viewer(script.place) as one, contextlib.suppress(OSError):
        one.sendall(b"\x00\xff\x1b[2J\n{nonsense\n" + b"[" * 10**6 + b"\n")
        for _ in range(20):
            one.sendall(b"x" * 2**20)


def _stands_still(script: Script) -> None:
    """A viewer that reads nothing any more."""
    with viewer(script.place) as one:
        one.sendall(encode(Hello(PROTOCOL, "accident")))
        script.goes_on(200)


def _viewer_killed(script: Script) -> None:
    code = (
        "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "s.recv(99); print(1, flush=True); time.sleep(99)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(script.place.socket)], stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    other.kill()
    other.wait()
    other.stdout.close()


def _clock(seconds: float, script: Script) -> None:
    (script.folder / "jump").write_text(str(seconds))


def _stopped(script: Script) -> None:
    script.process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    script.process.send_signal(signal.SIGCONT)


def _journal_removed(script: Script) -> None:
    wait_until(script.place.steps.exists, "it has a journal")
    script.place.steps.unlink()


DOES: dict[tuple[str, str], Callable[[Script], object]] = {
    ("script", "SIGSTOP for 2 s"): _stopped,
    ("script", "the clock is set back by a day"): partial(_clock, -86400.0),
    ("script", "the clock jumps forward by a year"): partial(_clock, 86400.0 * 365),
    ("viewer", "SIGKILL"): _viewer_killed,
    ("viewer", "stands still, and reads nothing"): _stands_still,
    ("viewer", "sends rubbish, and 20 MB without an end"): _babble,
    ("viewer", "60 of them at once"): _crowd,
    ("files", "the socket is removed"): lambda script: script.place.socket.unlink(),
    ("files", "the entry is removed"): lambda script: script.place.entry.unlink(),
    ("files", "the whole folder is removed"): lambda script: shutil.rmtree(script.place.folder),
    ("files", "the journal is removed"): _journal_removed,
}
ACCIDENTS = [
    *(
        Accident("script", "while it trains", number.name, partial(_killed, number))
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV)
    ),
    *(
        Accident(
            f"{who} of a script" if who != "script" else who,
            "while it trains",
            what,
            partial(_goes_on, does),
        )
        for (who, what), does in DOES.items()
    ),
    Accident(
        "script",
        "while it trains",
        "no descriptor is left for a viewer",
        partial(_goes_on, _crowd, descriptors=24),
    ),
]
