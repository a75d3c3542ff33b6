"""What a sweep takes: two processes beside one, the store, Dask, a map of a hundred thousand rows.

``python -m benchmarks.sweeping``; some minutes. Figures of Dask need the group `clusters`.
"""

import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lrtui.protocol import Settings, pack
from lrtui.protocol.chunks import ChunkDone
from lrtui.runs.sweeps.axes import read_axis
from lrtui.runs.sweeps.cells import SweepRequest, cells_of
from lrtui.runs.sweeps.engine import AHEAD, Engine
from lrtui.runs.sweeps.processes import Processes
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.stored_trainings import WantedTraining
from lrtui.runs.sweeps.trainings import trainings_of
from lrtui.runs.worker_process import environment
from lrtui.schedules import parse

PAIRS = 3


def asked(columns: int = 16, seeds: int = 4, first_seed: int = 0) -> SweepRequest:
    """16 x columns cells on spirals."""
    schedule = parse("ExponentialDecay(0.1, 1000, 0.96)")
    texts = (f"decay_rate=0.5..0.99:{columns}", "highest_rate=1e-3..1:16")
    axes = tuple(read_axis(text, [schedule]) for text in texts)
    numbers = tuple(range(first_seed, first_seed + seeds))
    return SweepRequest((str(schedule),), axes, numbers, Settings())


def seconds(executor: Any, width: int, request: SweepRequest, path: Path | None = None) -> float:
    """Until all trainings of a sweep are done."""
    cells = cells_of(request)
    trainings = trainings_of(cells, request, request.seeds)
    began = time.perf_counter()
    with contextlib.closing(Store(path)) as store:
        store.begin(request, [one.wanted for one in trainings])
        engine = Engine(executor, store, width=width)
        engine.train(trainings)
    assert engine.known.trained == len(trainings), engine.known.failures
    return time.perf_counter() - began


@contextlib.contextmanager
def processes(count: int) -> Iterator[Processes]:
    """So many, which have compiled what they need."""
    made = Processes(count)
    seconds(made, count * AHEAD, asked(columns=2 * count, first_seed=10**6))
    yield made
    made.shutdown(cancel_futures=True)


def scaling(folder: Path) -> None:
    """One process and two, in turn."""
    ratios, whole = [], []
    with processes(1) as one, processes(2) as two:
        for number in range(PAIRS):
            request = asked(first_seed=100 * number)
            alone = seconds(one, AHEAD, request)
            both = seconds(two, 2 * AHEAD, request)
            ratios.append(alone / both)
            whole.append(both)
            print(
                f"16 x 16 x 4 on spirals: one process {alone:.1f} s, two {both:.1f} s", flush=True
            )
    print(f"two processes do {statistics.median(ratios):.2f} x as much as one (1.6 asked)")
    print(f"16 x 16 x 4: {statistics.median(whole):.1f} s with two (10 asked)", flush=True)


def store_share(folder: Path) -> None:
    """What keeping 1024 trainings takes beside training them."""
    request = asked()
    trainings = trainings_of(cells_of(request), request, request.seeds)
    losses = pack([0.5] * 20 * 64)
    done = ChunkDone(losses, losses, "host", "processor", 1, 0.3, 0, {"keras": "3"})
    with contextlib.closing(Store(folder / "share.db")) as store:
        store.begin(request, [one.wanted for one in trainings])
        began = time.perf_counter()
        for first in range(0, len(trainings), 64):
            store.add([one.wanted for one in trainings[first : first + 64]], done, 64)
        took = time.perf_counter() - began
    print(f"the store: {1000 * took / 16:.2f} ms a chunk of 64 trainings", flush=True)


def big_store(folder: Path) -> None:
    """Opening and drawing a hundred thousand rows, as ``sweep --show`` does."""
    schedule = parse("ExponentialDecay(0.1, 1000, 0.96)")
    texts = ("decay_rate=0.5..0.99:100", "highest_rate=1e-3..1:250")
    axes = tuple(read_axis(text, [schedule]) for text in texts)
    request = SweepRequest((str(schedule),), axes, (0, 1, 2, 3), Settings())
    losses = pack([0.5] * 20 * 1000)
    done = ChunkDone(losses, losses, "host", "processor", 1, 0.3, 0, {"keras": "3"})
    path = folder / "big.db"
    rows = [
        WantedTraining(
            blake2b(str(number).encode(), digest_size=16).digest(),
            number // 4,
            number % 4,
            str(schedule),
            "{}",
            "",
        )
        for number in range(100_000)
    ]
    with contextlib.closing(Store(path)) as store:
        store.begin(request, rows)
        for first in range(0, len(rows), 1000):
            store.add(rows[first : first + 1000], done, 64)
    times = []
    for arguments in ([], ["--format", "text"]):
        command = [
            sys.executable,
            "-m",
            "lrtui",
            "sweep",
            "--show",
            "--store",
            str(path),
            *arguments,
        ]
        times.append(statistics.median(_timed(command) for _ in range(PAIRS)))
    bare = statistics.median(_timed([sys.executable, "-m", "lrtui", "list"]) for _ in range(PAIRS))
    print(
        f"100 000 rows: csv {times[0]:.2f} s, picture {times[1]:.2f} s; `lrtui list` {bare:.2f} s",
        flush=True,
    )


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def dask(folder: Path) -> None:
    """Two workers of a cluster on the loopback and two processes of our own, in turn."""
    if find_spec("distributed") is None:
        print("Dask is not installed: not measured")
        return
    from lrtui.runs.sweeps.cluster import Cluster

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = [sys.executable, "-m", "dask"]
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    address = f"tcp://127.0.0.1:{port}"
    quiet: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": environment(),
    }
    local = ["--local-directory", str(folder), "--nthreads", "1"]
    started = [subprocess.Popen([*base, "scheduler", *here, "--port", str(port)], **quiet)]
    started += [
        subprocess.Popen([*base, "worker", address, *here, *local], **quiet) for _ in range(2)
    ]
    time.sleep(8)
    cluster = Cluster(address)
    ratios = []
    try:
        with processes(2) as ours:
            seconds(cluster.executor, cluster.width, asked(columns=4, first_seed=10**6))
            for number in range(PAIRS):
                request = asked(first_seed=100 * number)
                mine = seconds(ours, 2 * AHEAD, request)
                theirs = seconds(cluster.executor, cluster.width, request)
                ratios.append(theirs / mine)
    finally:
        cluster.close()
        for one in started:
            one.terminate()
    print(
        f"Dask takes {statistics.median(ratios):.2f} x what processes take (1.10 asked)", flush=True
    )


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as name:
        for part in (store_share, big_store, scaling, dask):
            part(Path(name))


if __name__ == "__main__":
    main()
