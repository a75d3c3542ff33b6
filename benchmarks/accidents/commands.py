"""Accidents of a command that trains, of its disk, its memory and whoever reads it."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.accidents.table import Accident, descendants, lives, wait_until
from lrtui.protocol.registry import places
from lrtui.runs.journal import read_journal

LRTUI = (sys.executable, "-m", "lrtui")
LONG = ("train", "constant", "--epochs", "1000000", "--threads", "1")
SHORT = ("train", "constant", "--epochs", "3", "--steps-per-epoch", "4", "--threads", "1")
STEPS_PER_SECOND = 400


def environment(folder: Path) -> dict[str, str]:
    """Of a command whose files lie in this folder."""
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    return {**os.environ, "XDG_CONFIG_HOME": str(folder / "config"), "TMPDIR": str(folder)}


def _signal(number: signal.Signals, folder: Path) -> float:
    history = folder / "run.json"
    process = subprocess.Popen(
        [*LRTUI, *LONG, "--history", str(history)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
    )
    assert process.stdout is not None
    for _ in range(8):
        row = process.stdout.readline().split()
    workers = descendants(process.pid)
    process.send_signal(number)
    rest, said = process.communicate(timeout=30)
    steps = int((rest.splitlines() or [""])[-1].split()[1]) if rest.strip() else int(row[1])
    wait_until(lambda: not any(map(lives, workers)), "its processes end", 10)
    assert "Traceback" not in said
    assert not list(folder.rglob("*.part"))
    if number == signal.SIGINT:
        assert process.returncode == 1
        assert "interrupted after" in said.splitlines()[-1]
        assert len(said.splitlines()) <= 2
        assert json.loads(history.read_text())["history"]["step"][-1] == steps
        return 0.0
    (place,) = [one for one in places() if one.events.exists()]
    record = read_journal(place).record()
    assert record is not None
    return max(0, steps - record.steps) / STEPS_PER_SECOND


def _at_the_start(number: signal.Signals, folder: Path) -> float:
    """As soon as its worker is there."""
    process = subprocess.Popen(
        [*LRTUI, *LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(folder)
    )
    wait_until(lambda: descendants(process.pid), "it starts a worker", 30)
    workers = descendants(process.pid)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    wait_until(lambda: not any(map(lives, workers)), "its processes end", 10)
    assert process.returncode
    assert b"Traceback" not in said
    return 0.0


def _reader_leaves(folder: Path) -> float:
    process = subprocess.Popen(
        [*LRTUI, *LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(folder)
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    workers = descendants(process.pid)
    process.stdout.close()
    assert process.wait(30) in (0, 1)
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    wait_until(lambda: not any(map(lives, workers)), "its processes end", 10)
    return 0.0


def _limited(limit: int, amount: int, wanted: str, folder: Path) -> float:
    """A line or two, or it trains all the same."""
    done = subprocess.run(
        [*LRTUI, *SHORT],
        capture_output=True,
        text=True,
        env=environment(folder),
        preexec_fn=lambda: resource.setrlimit(limit, (amount, amount)),
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert (done.returncode == 0 and not wanted) or wanted in done.stderr, done.stderr
    return 0.0


def _full_disk(folder: Path, *, state: bool) -> float:
    """A disk of 4 KB where the run's file goes, or all that the program keeps."""
    disk = folder / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=4k tmpfs {disk} && exec "$@"'
    behind = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    if not shutil.which("unshare") or subprocess.run([*behind, "true"]).returncode:
        raise RuntimeError("needs a system where a user may mount a folder of his own")
    where = environment(folder)
    arguments = [*behind, *LRTUI, *SHORT]
    if state:
        where["XDG_STATE_HOME"] = where["XDG_CONFIG_HOME"] = str(disk)
    else:
        arguments += ["--epochs", "60", "--per-step", "--history", str(disk / "run.json")]
    done = subprocess.run(arguments, capture_output=True, text=True, env=where, timeout=120)
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == (4 if state else 61), "it trains all the same"
    if not state:
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
    return 0.0


ACCIDENTS = [
    *(
        Accident("lrtui train", "while it trains", number.name, partial(_signal, number))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
    ),
    *(
        Accident("lrtui train", "while TensorFlow loads", one.name, partial(_at_the_start, one))
        for one in (signal.SIGINT, signal.SIGKILL)
    ),
    Accident("lrtui train", "while it trains", "whoever reads its rows leaves", _reader_leaves),
    Accident(
        "lrtui train",
        "at its start",
        "memory: 1.2 GB of address space",
        partial(_limited, resource.RLIMIT_AS, 1200 * 2**20, "lrtui train: "),
    ),
    Accident(
        "lrtui train",
        "at its start",
        "10 open files at most",
        partial(_limited, resource.RLIMIT_NOFILE, 10, "lrtui"),
    ),
    Accident(
        "lrtui train", "at its end", "a full disk for its file", partial(_full_disk, state=False)
    ),
    Accident(
        "lrtui train",
        "all along",
        "a full disk for all that is kept",
        partial(_full_disk, state=True),
    ),
]
