"""What being watched costs a fit.

The fit is Keras' own on TensorFlow, with :class:`lrtui.Live` and up to five times ``lrtui attach``
beside it, of which two are stopped (SIGSTOP). A fit without it and two with a ``Live`` that nobody
can attach to take turns with it, a few steps each, so that what else the machine does meanwhile
falls on all of them. What the hub takes of the thread that trains is told twice: the processor time
of its calls in the fit, and by how much the whole step takes more than with the other ``Live``;
beside it stands by how much the two equal ones differ, which is what the machine itself does.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchmarks.in_turns import THREAD, WALL, Callbacks, fit_in_turns
from benchmarks.terminal import Program

STRETCH, ROUNDS, WARM_UP = 25, 120, 300
"""So many steps of each fit in turn, so many times, after steps that do not count."""
TIMED_ROUNDS = 20
"""After them so many in which the hub's calls are timed, which takes time itself."""
PROCESSES = 3
"""Of each case: where a process lies in memory makes some microseconds."""
BATCH, WIDTH = 16, 32
"""With these a bare step takes 500 to 900 us on the machines that we have."""
MOST_MORE_MICROSECONDS, MOST_RATIO = 10, 1.10

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


class Watched(NamedTuple):
    """Who watches."""

    viewers: int = 0
    stopped: int = 0
    drawing: bool = False
    """Whether the viewers are ``lrtui attach``; else they read and draw nothing."""


CASES = {
    "no viewer": Watched(),
    "five": Watched(5),
    "five, two stopped": Watched(5, 2),
    "five screens, two stopped": Watched(5, 2, drawing=True),
}
BARE, ALONE, AGAIN, WATCHED = "bare", "alone", "alone again", "watched"
"""Without Live; with one that nobody can attach to, twice; with one that is watched."""


def fits() -> None:
    """In a process of its own: trains in turns; says when all are warm, and what it took."""
    import keras

    import lrtui
    from lrtui.live.callback import LiveCallback

    live: Any = None
    watch = StopWatch()

    def watched(clock: Callable[[], float]) -> list[Any]:
        nonlocal live
        live = lrtui.Live("bench", clock=clock)
        return [live]

    kinds: dict[str, Callbacks] = {
        BARE: lambda clock: [],
        ALONE: lambda clock: [LiveCallback(clock=clock)],
        AGAIN: lambda clock: [LiveCallback(clock=clock)],
        WATCHED: watched,
    }

    def made() -> Any:
        dense = keras.layers.Dense
        layers = [keras.Input((8,)), dense(WIDTH, "relu"), dense(WIDTH, "relu"), dense(1)]
        model = keras.Sequential(layers)
        schedule = keras.optimizers.schedules.CosineDecay(1e-4, 10**6)
        model.compile(keras.optimizers.SGD(schedule), "mse")
        return model

    def warm() -> None:
        print("warm", flush=True)
        sys.stdin.readline()

    def before(kind: str, round_: int) -> None:
        if (kind, round_) == (WATCHED, ROUNDS):
            watch.hold(live._hub, "send", "poll", "answer")

    found = fit_in_turns(
        made,
        kinds,
        stretch=STRETCH,
        rounds=ROUNDS + TIMED_ROUNDS,
        warm_up=WARM_UP,
        batch=BATCH,
        warm=warm,
        before=before,
    )
    calls = watch.seconds / (STRETCH * TIMED_ROUNDS) * 1e6
    bare, alone, again, hub = (found[kind][:ROUNDS] for kind in kinds)
    ratio, alone_ratio = (np.median(one[:, WALL] / bare[:, WALL]) for one in (hub, alone))
    more = np.median((hub - (alone + again) / 2)[:, THREAD])
    equal = np.median((again - alone)[:, THREAD])
    print(np.median(bare[:, WALL]), ratio, alone_ratio, calls, more, equal, flush=True)


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


class Cost(NamedTuple):
    """Of a step, in microseconds, and beside a bare one."""

    bare: float
    ratio: float
    ratio_alone: float
    """Of a Live that nobody can attach to."""
    calls: float
    """Processor time of the thread that trains, in calls of the hub."""
    more: float
    """By how much its processor time is more than that of a Live that nobody can attach to."""
    equal: float
    """By how much that of two such Lives differs."""


class Fits:
    """The process that trains."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.being_watched", "fits"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment, "CUDA_VISIBLE_DEVICES": "-1"},
        )

    def cost(self, case: Watched) -> Cost:
        """Train, with these viewers there from the warm-up on."""
        self._hear()
        with ExitStack() as there:
            viewers = [there.enter_context(self._viewer(case)) for _ in range(case.viewers)]
            pids = [attached() for attached in viewers]
            for pid in pids[: case.stopped]:
                os.kill(pid, signal.SIGSTOP)
            assert self._process.stdin is not None
            self._process.stdin.write("go on\n")
            self._process.stdin.flush()
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

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def own_share(environment: dict[str, str]) -> None:
    """Print what the hub adds to a step's processor time, and a step's wall time beside bare."""
    print(f"medians of {ROUNDS} times {STRETCH} steps of fits in turn, of {PROCESSES} processes:")
    heads = ("bare, us", "beside bare", "Live alone", "calls, us", "step, us", "two equal")
    print(f"  {'':<27}" + "".join(f"{head:>12}" for head in heads))
    for name, case in CASES.items():
        costs = []
        for _ in range(PROCESSES):
            training = Fits(environment)
            costs.append(training.cost(case))
            training.end()
        cost = Cost(*np.median(costs, axis=0))
        ratios = f"{cost.bare:12.0f}{cost.ratio:11.3f}x{cost.ratio_alone:11.3f}x"
        times = f"{cost.calls:12.2f}{cost.more:+12.1f}{cost.equal:+12.1f}"
        print(f"  {name:<27}{ratios}{times}", flush=True)
    most = MOST_MORE_MICROSECONDS
    print(f"  {'at most':<27}{'':12}{MOST_RATIO:11.3f}x{'':12}{most:12.2f}{most:+12.1f}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lrt") as home:
        own_share({"XDG_STATE_HOME": home, "TF_CPP_MIN_LOG_LEVEL": "3"})


if __name__ == "__main__":
    if sys.argv[1:] == ["fits"]:
        fits()
    else:
        main()
