"""A sweep gives the same numbers everywhere, and ends in good order where an engine is gone."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import lrtui
from lrtui.runs.worker_process import environment

LRTUI = [sys.executable, "-m", "lrtui"]
SMALL = (
    *("sweep", "cosine", "--over", "highest_rate=0.01..3:8", "--over", "noise=0.1,0.2"),
    *("--seeds", "2", "--epochs", "3", "--format", "json"),
)
LONG = (*SMALL, "--epochs", "40", "--seeds", "8", "--over", "alpha=0..1:8")

pytest.importorskip("distributed")


class Cluster:
    """A scheduler and two workers on the loopback, as the documentation starts them."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._log = (folder / "dask.log").open("w+")
        here = ("--host", "127.0.0.1", "--no-dashboard")
        self.scheduler = self._start("scheduler", *here, "--port", str(port))
        local = ("--local-directory", str(folder))
        self.workers = [
            self._start("worker", self.address, *here, "--nthreads", "1", *local) for _ in range(2)
        ]
        until(lambda: Path(self._log.name).read_text().count("Registered to") >= 2)

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            stdout=self._log,
            stderr=self._log,
            env=environment(),
            start_new_session=True,
        )

    def end(self) -> None:
        for one in (*self.workers, self.scheduler):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()
        self._log.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[bytes, bytes]:
    store = tmp_path_factory.mktemp("local") / "local.db"
    done = call(*SMALL, "--jobs", "1", "--store", str(store))
    assert done.returncode == 0, done.stderr
    return numbers(store)


def test_dask_gives_the_same_numbers(
    cluster: Cluster, local: dict[bytes, bytes], tmp_path: Path
) -> None:
    store = tmp_path / "dask.db"
    done = call(*SMALL, "--store", str(store), "--on", cluster.address)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert numbers(store) == local
    assert len(local) == 32


def test_a_scheduler_that_is_killed_is_told_and_the_same_call_goes_on(
    cluster: Cluster, tmp_path: Path
) -> None:
    store = tmp_path / "killed.db"
    client = subprocess.Popen(
        [*LRTUI, *LONG, "--store", str(store), "--on", cluster.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: count(store) > 0)
    cluster.workers[0].send_signal(signal.SIGKILL)
    kept = count(store)
    until(lambda: count(store) > kept)
    os.killpg(cluster.scheduler.pid, signal.SIGKILL)
    out, errors = client.communicate(timeout=120)

    assert client.returncode == 1
    assert f"the sweep on {cluster.address} ended: " in errors
    assert f"{store} keeps what is done, and the same call goes on" in errors
    assert len(errors.splitlines()) == 1
    known = json.loads(out)["trainings"]
    assert known == count(store)
    again = call(*LONG, "--store", str(store), "--budget", "1")
    assert again.returncode == 0
    assert count(store) <= known + 1


def test_a_task_of_ones_own_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    """One that raises, hangs or eats memory for some settings costs these cells, with the reason.

    The workers know nothing of its file but what they read themselves.
    """
    (tmp_path / "mine.py").write_text(
        "import keras, numpy as np\n"
        "def make(seed, batch_size):\n"
        "    if batch_size == 2:\n"
        "        raise RuntimeError('no batches of 2')\n"
        "    while batch_size == 4:\n"
        "        pass\n"
        "    if batch_size == 8:\n"
        "        np.ones(10**12)\n"
        "    x = np.random.default_rng(seed).normal(size=(128, 3)).astype('float32')\n"
        "    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "    model.compile('sgd', 'mse')\n"
        "    return model, (x, x.sum(axis=1, keepdims=True))\n"
    )
    done = call(
        *("sweep", "Constant(0.1)", "--over", "batch_size=2,4,8,16,32"),
        *("--task", f"{tmp_path / 'mine.py'}:make", "--epochs", "2", "--steps-per-epoch", "4"),
        *("--seeds", "2", "--format", "json", "--on", cluster.address),
    )

    assert done.returncode == 0, done.stderr
    cells = {int(one["batch_size"]): one for one in json.loads(done.stdout)["cells"]}
    assert [cells[size]["trainings"] for size in (2, 4, 8, 16, 32)] == [0, 0, 0, 2, 2]
    assert "no batches of 2" in cells[2]["why"]
    assert "took more than 30 s to make model and data" in cells[4]["why"]
    assert "memory" in cells[8]["why"].lower() or "allocate" in cells[8]["why"]
    assert len(done.stderr.splitlines()) == 1


def test_no_scheduler_there_is_a_line() -> None:
    done = call(*SMALL, "--on", "tcp://127.0.0.1:9")

    assert done.returncode == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_submitit_gives_the_same_numbers(local: dict[bytes, bytes], tmp_path: Path) -> None:
    submitit = pytest.importorskip("submitit")
    executor = submitit.LocalExecutor(folder=tmp_path / "jobs")
    executor.update_parameters(timeout_min=5)
    store = tmp_path / "submitit.db"

    answers = lrtui.sweep(
        "cosine",
        {"highest_rate": "0.01..3:8", "noise": [0.1, 0.2]},
        seeds=2,
        epochs=3,
        store=store,
        executor=executor,
        jobs=1,
    )

    assert answers.trainings == 32
    assert numbers(store) == local


def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*LRTUI, *arguments], capture_output=True, text=True)


def count(store: Path) -> int:
    try:
        return len(numbers(store))
    except sqlite3.OperationalError:
        return 0


def numbers(store: Path) -> dict[bytes, bytes]:
    with sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True) as file:
        rows = file.execute("SELECT key, means, validation FROM trainings")
        return {key: means + validation for key, means, validation in rows}


def until(there: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
