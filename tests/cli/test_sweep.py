"""``lrtui sweep`` with real training processes, as a shell would call it."""

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lrtui.protocol import Settings
from lrtui.tasks import task
from tests.cli.test_process import LRTUI, run

LONG = (
    *("sweep", "Constant(0.1)", "--over", "highest_rate=0.01..1:16", "--over", "noise=0.1,0.2"),
    *("--seeds", "8", "--epochs", "8"),
)
"""16 x 2 cells of 8 seeds: four units of 64."""


def test_where_mathematics_knows_the_answer() -> None:
    """A quadratic: of the rate r, after n steps, the mean of (1 - r L)^2n over the curvatures L of
    the features. It explodes above 2/L of the largest, here 0.5. Noise of variance v in targets
    is one of 2 L v / batch size in gradients, which adds up; and v to every loss.
    """
    process = run(
        *("sweep", "Constant(0.1)", "--over", "noise=0,0.5", "--over", "highest_rate=0.1..0.6:11"),
        *("--task", "regression", "--epochs", "1", "--steps-per-epoch", "20"),
        *("--seeds", "16", "--jobs", "1", "--format", "json"),
    )
    assert (process.returncode, process.stderr) == (0, "")
    answer = json.loads(process.stdout)
    cells = answer["cells"]
    assert len(cells) == 22
    expected = []
    for cell in cells:
        rate, noise = float(cell["highest_rate"]), float(cell["noise"])
        settings = Settings(task="regression", noise=noise)
        curvatures = 2 * np.asarray(task("regression").scales(settings)) ** 2  # type: ignore[attr-defined]
        left = (1 - rate * curvatures) ** (2 * 20)
        gained = rate**2 * 2 * curvatures * noise**2 / settings.batch_size
        gained *= (1 - left) / (1 - (1 - rate * curvatures) ** 2)
        expected.append(left.mean() + noise**2 + (curvatures / 2 * gained).sum())
        if noise:
            assert cell["lowest"] < expected[-1] < cell["highest"]
        else:
            assert cell["median"] == pytest.approx(expected[-1], rel=1e-3)
    known = int(np.argmin(expected[11:])) + 11
    noisy = [cell["median"] for cell in cells[11:]]
    assert float(cells[known]["highest_rate"]) < 0.5
    assert abs(int(np.argmin(noisy)) + 11 - known) <= 1, "within what the seeds differ"
    assert noisy[-1] > 1 > noisy[-3]


def test_after_every_accident_each_training_is_there_once(tmp_path: Path) -> None:
    """The client killed twice, a full disk, its processes killed: then as in one process."""
    store = tmp_path / "killed.db"
    for number in range(2):
        kept, client = count(store), started(store)
        until(lambda kept=kept: kept < count(store) < 256)  # type: ignore[misc]
        children = processes_of(client.pid)
        client.kill()
        client.wait()
        assert len(children) == 2, number
        until(lambda children=children: all(map(gone, children)))  # type: ignore[misc]

    kept = count(store)
    on_a_full_disk(store)
    assert count(store) >= kept

    client = started(store)
    killed: set[int] = set()
    while len(killed) < 3:  # one, another, and the one that was started instead
        until(lambda: bool({*processes_of(client.pid)} - killed) or client.poll() is not None)
        assert client.poll() is None
        newest = min({*processes_of(client.pid)} - killed)
        killed.add(newest)
        os.kill(newest, signal.SIGKILL)
    out, errors = client.communicate(timeout=300)
    assert client.returncode == 0, errors
    assert json.loads(out)["trainings"] == 16 * 2 * 8

    quiet = run(*LONG, "--jobs", "1", "--store", str(tmp_path / "one.db"))
    assert quiet.returncode == 0, quiet.stderr
    assert numbers(store) == numbers(tmp_path / "one.db")
    assert len(numbers(store)) == 256

    made_with = json.loads(out)["made_with"]
    assert [(one["stack"], one["threads"]) for one in made_with] == [(64, 1)]

    shown = run("sweep", "--show", "--store", str(store), "--format", "csv")
    assert shown.stdout == quiet.stdout


def on_a_full_disk(store: Path) -> None:
    """Go on with a store where nothing more than its index has room, and bring it back."""
    room = (sum(one.stat().st_size for one in store.parent.glob(f"{store.name}*")) >> 10) + 44
    disk = store.parent / "disk"
    disk.mkdir()
    behind = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*behind, "true"], check=False).returncode:
        return
    script = (
        f"mount -t tmpfs -o size={room}k tmpfs {disk} && cp {store}* {disk} && "
        f'"$@" --store {disk / store.name}; code=$?; cp {disk}/* {store.parent}; exit $code'
    )
    done = subprocess.run(
        [*behind, script, "sh", *LRTUI, *LONG, "--jobs", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the store could not be used: database or disk is full" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_prints_what_is_known_and_the_same_call_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "sweep.db"
    client = started(store)
    until(lambda: count(store) > 0)
    client.send_signal(signal.SIGINT)
    out, errors = client.communicate(timeout=60)

    known = json.loads(out)["trainings"]
    assert client.returncode == 1
    assert errors.strip().startswith("lrtui sweep: interrupted: ")
    assert f"{256 - known} of 256 trainings are missing; {store} keeps what is done" in errors
    assert known == count(store) > 0


def test_a_task_of_ones_own_costs_its_own_cells_only_and_they_say_why(tmp_path: Path) -> None:
    """One that raises for some of its settings, here batches of 16; the others are trained."""
    (tmp_path / "mine.py").write_text(
        "import keras, numpy as np\n"
        "def make(seed, batch_size):\n"
        "    if batch_size == 16:\n"
        "        raise RuntimeError('no batches of 16')\n"
        "    x = np.random.default_rng(seed).normal(size=(128, 3)).astype('float32')\n"
        "    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "    model.compile('sgd', 'mse')\n"
        "    return model, (x, x.sum(axis=1, keepdims=True))\n"
    )
    process = run(
        *(
            "sweep",
            "Constant(0.1)",
            "--over",
            "batch_size=16,8,32",
            "--over",
            "highest_rate=0.01,0.1",
        ),
        *("--task", f"{tmp_path / 'mine.py'}:make", "--epochs", "2", "--steps-per-epoch", "8"),
        *("--seeds", "2", "--jobs", "1", "--format", "csv"),
    )
    assert process.returncode == 0, process.stderr
    rows = list(csv.DictReader(io.StringIO(process.stdout)))
    assert [row["trainings"] for row in rows] == ["0", "0", "2", "2", "2", "2"]
    assert all(float(row["median"]) > 0 for row in rows if row["batch_size"] != "16")
    assert all("no batches of 16" in row["why"] for row in rows if row["batch_size"] == "16")
    assert "4 of 12 trainings could not be done: " in process.stderr
    assert len(process.stderr.splitlines()) == 1


def test_wrong_calls(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    for arguments, said in {
        (): "at least one SCHEDULE",
        ("--show",): "--show needs --store FILE",
        ("constant", "--over", "rat=1..2"): "--over must name one of",
        ("constant", "--budget", "soon"): "--budget must be a time such as 90s",
        ("constant", "--store", str(tmp_path / "notes")): "must be a file that lrtui sweep made",
        ("constant", "--store", str(tmp_path)): "and no folder",
        ("constant", "--over", "noise=0..1", "--over", "noise=0..1"): "name each parameter once",
        ("constant", "--on", str(tmp_path / "none")): "--on must be tcp://HOST:PORT",
    }.items():
        process = run("sweep", *arguments)
        assert process.returncode in (1, 2)
        assert said in process.stderr
        assert len(process.stderr.splitlines()) <= 2


def started(store: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*LRTUI, *LONG, "--jobs", "2", "--store", str(store), "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(store: Path) -> int:
    try:
        with sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True) as file:
            (found,) = file.execute("SELECT count(*) FROM trainings").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(found)


def numbers(store: Path) -> dict[bytes, tuple[bytes, bytes]]:
    with sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True) as file:
        rows = file.execute("SELECT key, means, validation FROM trainings")
        return {key: (means, validation) for key, means, validation in rows}


def processes_of(parent: int) -> list[int]:
    found = []
    for one in Path("/proc").iterdir():
        if one.name.isdigit():
            try:
                stat = (one / "stat").read_text().rpartition(") ")[2].split()
                command = (one / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == parent and b"lrtui.runs.sweeps.process" in command:
                found.append(int(one.name))
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except OSError:
        return True


def until(there: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
