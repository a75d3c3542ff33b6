"""What steering and watching cost a step of a tiny model: ``python -m benchmarks.step_cost``.

For each backend, a process: fits with ``lrtui.Live`` and bare ones in turn, and beside them pairs
of two bare fits, which say how far the machine itself differs from one fit to the next. Told are
medians of the differences, by the clock and in processor time of the process with all its threads.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

STEPS, WARM_UP, PAIRS = 600, 100, 30
MOST_MICROSECONDS = {"tensorflow": 30, "jax": 20, "torch": 150}


def main() -> None:
    """Print a row a backend that is installed."""
    print(f"a step with Live beside bare, medians of {PAIRS} pairs of {STEPS} steps, microseconds:")
    print(f"{'':<12}{'bare':>8}{'more':>8}{'processor':>11}   two bare fits{'':<9}most")
    for backend in MOST_MICROSECONDS:
        with tempfile.TemporaryDirectory(prefix="lrt") as home:
            env = {**os.environ, "KERAS_BACKEND": backend, "XDG_STATE_HOME": home}
            env |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [sys.executable, "-m", "benchmarks.step_cost", backend]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        told = done.stdout.strip() or done.stderr.strip().splitlines()[-1]
        print(told, flush=True)


def of_this_backend(backend: str) -> None:
    import keras
    import numpy as np

    import lrtui

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch in (WARM_UP - 1, WARM_UP + STEPS - 1):
                self.times.append((time.perf_counter(), time.process_time()))

        def on_train_begin(self, logs: Any = None) -> None:
            self.times: list[tuple[float, float]] = []

    def made() -> Any:
        layers = [keras.Input((8,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
        model = keras.Sequential(layers)
        schedule = keras.optimizers.schedules.CosineDecay(0.01, 10**6)
        model.compile(keras.optimizers.SGD(schedule), "mse")
        return model

    x = np.ones((8 * (WARM_UP + STEPS), 8), "float32")
    y = np.zeros((len(x), 1), "float32")

    def fit(model: Any, *callbacks: Any) -> Any:
        clock = Clock()
        model.fit(x, y, batch_size=8, verbose=0, shuffle=False, callbacks=[clock, *callbacks])
        first, last = clock.times
        return np.subtract(last, first) / STEPS * 1e6

    watched, bare, twin = made(), made(), made()
    steering = lrtui.Steering(watched)
    live = lrtui.Live("bench", steering=steering)
    for model in (bare, twin):
        fit(model)
    fit(watched, live)
    pairs, equal, alone = [], [], []
    for turn in range(PAIRS):
        runs = [lambda: fit(watched, live), lambda: fit(bare), lambda: fit(twin)]
        order = [0, 1, 2] if turn % 2 else [2, 1, 0]
        found = {which: runs[which]() for which in order}
        pairs.append(found[0] - found[1])
        equal.append(found[2] - found[1])
        alone.append(found[1])
    wall, processor = np.median(pairs, axis=0)
    quarters = statistics.quantiles([one[0] for one in equal], n=4)
    between = f"{quarters[0]:+.0f} {quarters[1]:+.0f} {quarters[2]:+.0f}"
    print(
        f"{backend:<12}{np.median(alone, axis=0)[0]:8.0f}{wall:8.0f}{processor:11.0f}"
        f"   {between:<22}{MOST_MICROSECONDS[backend]:>4}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        of_this_backend(sys.argv[1])
    else:
        main()
