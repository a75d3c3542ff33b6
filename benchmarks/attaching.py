"""What being watched costs a fit, and how soon ``lrtui attach`` shows a million steps of it.

The fit is Keras' own on TensorFlow, with :class:`lrtui.Live` and up to five times ``lrtui attach``
beside it, of which two are stopped (SIGSTOP). What the hub takes of the thread that trains is told
twice: the processor time of its calls in the fit, which a busy machine hardly changes, and by how
much the whole step takes more than with the same ``Live`` that nobody can attach to.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple

from benchmarks.terminal import Program

STEPS, WARM_UP, ROUNDS = 2000, 300, 5
BATCH, WIDTH = 64, 256
"""With these a bare step takes some 500 us on the machines that we have."""
PICTURES = 15
MOST_MORE_MICROSECONDS, MOST_RATIO, MOST_LATER_MS, MOST_MB = 10, 1.10, 50, 250

VIEWER = """
import asyncio, sys
from lrtui.runs.attached import Attached
from lrtui.runs.trainings import find_training, trainings
async def watch():
    nothing = lambda told: None
    place = find_training("bench", trainings()).place
    one = Attached(place, on_event=nothing, on_past=nothing, on_gone=nothing, on_state=nothing,
                   on_refused=nothing)
    await one.start()
    print("attached", flush=True)
    await asyncio.Event().wait()
asyncio.run(watch())
"""


class Cost(NamedTuple):
    """Of a step, in microseconds."""

    wall: float
    processor: float
    """Of the thread that trains."""
    calls: float
    """Of that, in calls of the hub."""


class Watched(NamedTuple):
    """Whether there is a Live, and who watches."""

    live: str
    """``bare``, ``alone`` (Live to which nobody can attach) or ``hub``."""
    viewers: int = 0
    stopped: int = 0
    drawing: bool = False
    """Whether the viewers are ``lrtui attach``; else they read and draw nothing."""


BARE, ALONE = Watched("bare"), Watched("alone")
CASES = {
    "no viewer": Watched("hub"),
    "five": Watched("hub", 5),
    "five, two stopped": Watched("hub", 5, 2),
    "five screens, two stopped": Watched("hub", 5, 2, drawing=True),
}


def fits() -> None:
    """In a process of its own: for each line a fit of that kind; it says when it is warm."""
    import keras
    import numpy as np

    import lrtui
    from lrtui.live.callback import LiveCallback

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == WARM_UP:
                print("warm", flush=True)
                sys.stdin.readline()
            if batch in (WARM_UP, WARM_UP + STEPS):
                now = (time.perf_counter(), time.thread_time(), self.watch.seconds)
                self.times.append(now)

        def on_train_begin(self, logs: Any = None) -> None:
            self.times: list[tuple[float, float, float]] = []
            self.watch = StopWatch()
            if live._hub is not None:  # it was opened just before: it is the callback before this
                self.watch.hold(live._hub, "send", "poll", "answer")

    x = np.ones((BATCH * (WARM_UP + STEPS + 1), 8), "float32")
    y = np.zeros((len(x), 1), "float32")
    dense = keras.layers.Dense
    layers = [keras.Input((8,)), dense(WIDTH, "relu"), dense(WIDTH, "relu"), dense(1)]
    for kind in sys.stdin:
        model = keras.Sequential(layers)
        model.compile(
            keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(1e-4, 10**6)), "mse"
        )
        clock, live = Clock(), LiveCallback() if kind == "alone\n" else lrtui.Live("bench")
        callbacks = [clock] if kind == "bare\n" else [live, clock]
        model.fit(x, y, batch_size=BATCH, verbose=0, shuffle=False, callbacks=callbacks)
        first, last = clock.times
        print(*(np.subtract(last, first) / STEPS * 1e6), flush=True)


class StopWatch:
    """Adds up the processor time of this thread in calls of an object's methods."""

    def __init__(self) -> None:
        self.seconds = 0.0
        count = 10_000
        none = self._timed(lambda: None)
        for _ in range(count):
            none()
        self._own, self.seconds = self.seconds / count, 0.0

    _own = 0.0
    """Of a call that does nothing."""

    def hold(self, one: object, *methods: str) -> None:
        """From now on these methods are timed."""
        for name in methods:
            setattr(one, name, self._timed(getattr(one, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            began = time.thread_time()
            try:
                return method(*arguments)
            finally:
                self.seconds += time.thread_time() - began - self._own

        return timed


class Fits:
    """The process that trains."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.attaching", "fits"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment, "CUDA_VISIBLE_DEVICES": "-1"},
        )

    def cost(self, case: Watched) -> Cost:
        """Train once, with these viewers there from the warm-up on."""
        self._say(case.live)
        self._hear()
        with ExitStack() as there:
            viewers = [there.enter_context(self._viewer(case)) for _ in range(case.viewers)]
            pids = [attached() for attached in viewers]
            for pid in pids[: case.stopped]:
                os.kill(pid, signal.SIGSTOP)
            self._say("go on")
            return Cost(*map(float, self._hear().split()))

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    @contextmanager
    def _viewer(self, case: Watched) -> Iterator[Callable[[], int]]:
        """Start one; what is given waits until it is attached, and returns its process id."""
        if case.drawing:
            with Program("-m", "lrtui", "attach", "bench", environment=self._environment) as one:
                yield partial(self._shown, one)
            return
        with subprocess.Popen(
            [sys.executable, "-c", VIEWER],
            stdout=subprocess.PIPE,
            env={**os.environ, **self._environment},
        ) as process:
            yield partial(self._attached, process)
            process.kill()

    def _shown(self, program: Program) -> int:
        program.wait_for_bytes(b"attached to bench")
        return program.process.pid

    def _attached(self, process: "subprocess.Popen[bytes]") -> int:
        assert process.stdout is not None
        process.stdout.readline()
        return process.pid

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def own_share(environment: dict[str, str]) -> None:
    """Print what the hub adds to a step's processor time, and a step's wall time beside bare."""
    training = Fits(environment)
    training.cost(BARE)
    found: dict[str, list[tuple[Cost, Cost, Cost]]] = {name: [] for name in CASES}
    for turn in range(ROUNDS):
        for name, case in CASES.items():
            order = [BARE, ALONE, case]
            costs = {one: training.cost(one) for one in (order if turn % 2 else order[::-1])}
            found[name].append((costs[BARE], costs[ALONE], costs[case]))
    training.end()
    bare = statistics.median(one.wall for rows in found.values() for one, _, _ in rows)
    print(f"a step of {bare:.0f} us, medians of {ROUNDS} times bare, alone, watched in turn:")
    print(f"  {'':<27}{'beside bare':>12}{'calls, us':>12}{'step, us':>12}")
    for name, rows in found.items():
        ratio = statistics.median(watched.wall / bare.wall for bare, _, watched in rows)
        more = [watched.processor - alone.processor for _, alone, watched in rows]
        calls = statistics.median(watched.calls for *_, watched in rows)
        print(f"  {name:<27}{ratio:11.3f}x{calls:12.2f}{statistics.median(more):+12.1f}")
    print(f"  {'at most':<27}{MOST_RATIO:11.3f}x{MOST_MORE_MICROSECONDS:12.2f}")


KEEP = """
import sys, time
import numpy as np
from lrtui.live.hub import Hub
from lrtui.protocol import Started, StepsDone, pack
from lrtui.protocol.script import Script
count = int(sys.argv[1])
hub = Hub("bench")
script = Script("bench", "SGD", "none", count // 100, 100)
hub.send(Started("CosineDecay(0.1, 1000000)", script=script))
for first in range(0, count, 1 << 18):
    steps = np.arange(first, min(first + (1 << 18), count))
    hub.send(StepsDone(first, pack(0.1 * np.cos(steps / 1e5) ** 2), pack(1 / (1 + steps))))
time.sleep(2)
print("ready", flush=True)
time.sleep(600)
"""


@contextmanager
def trained(count: int, environment: dict[str, str]) -> Iterator[None]:
    """A training that has done so many steps and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEP, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as one:
        assert one.stdout is not None
        one.stdout.readline()
        yield
        one.kill()


class Opened(NamedTuple):
    """Until the first whole picture is there: seconds, seconds of the processor; then memory."""

    wall: float
    processor: float
    megabytes: float


def opened(*arguments: str, seen: str, environment: dict[str, str]) -> Opened:
    """Open the program, wait for its picture, and leave it when nothing more is drawn."""
    began = time.perf_counter()
    with Program("-m", "lrtui", *arguments, environment=environment) as program:
        program.wait_for_bytes(seen.encode(), "└┬".encode())
        wall, processor = time.perf_counter() - began, program.processor_seconds
        program.settle(1.0)
        return Opened(wall, processor, program.resident / 2**20)


def first_picture(environment: dict[str, str]) -> None:
    """Print how much later than an opening program all is on the screen, and the memory."""
    print(f"lrtui attach beside opening the program, 80x24, medians of {PICTURES} pairs:")
    print(f"  {'':<16}{'later, ms':>10}{'processor, ms':>15}{'memory, MB':>12}")
    for count in (1_000_000, 10_000_000):
        pairs = []
        with trained(count, environment):
            for _ in range(PICTURES + 1):
                schedule = "CosineDecay(0.1, 1000000)"
                alone = opened("--cold", schedule, seen="start 1.00e-1", environment=environment)
                attached = opened("attach", "bench", seen=f"step {count}", environment=environment)
                pairs.append((alone, attached))
        del pairs[0]  # it wrote bytecode
        later = statistics.median(one.wall - other.wall for other, one in pairs)
        more = statistics.median(one.processor - other.processor for other, one in pairs)
        memory = max(one.megabytes for _, one in pairs)
        told = f"{1000 * later:10.0f}{1000 * more:15.0f}{memory:12.0f}"
        print(f"  {count:>10} steps{told}", flush=True)
    print(f"  {'at most':<16}{MOST_LATER_MS:10.0f}{'':15}{MOST_MB:12.0f}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lrt") as home:
        environment = {"XDG_STATE_HOME": home, "TF_CPP_MIN_LOG_LEVEL": "3"}
        own_share(environment)
        first_picture(environment)


if __name__ == "__main__":
    if sys.argv[1:] == ["fits"]:
        fits()
    else:
        main()
