"""What steering and watching cost a step of a tiny model: ``python -m benchmarks.step_cost``.

For each backend, a few processes: a fit with ``lrtui.Live`` and two bare ones, which train in turns
(:mod:`benchmarks.in_turns`). Told are medians of the differences, by the clock, in the thread that
trains, and in all threads; beside them by how much the two bare ones differ.
"""

import os
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np

from benchmarks.in_turns import WALL, Callbacks, fit_in_turns

ROUNDS, WARM_UP = 30, 100
STRETCH = {"tensorflow": 300, "jax": 2000, "torch": 150}
"""So many steps in turn, some 200 ms: of a shorter turn much is found in no cache."""
PROCESSES = 5
"""Of each backend: where a process lies in memory makes some microseconds."""
MOST_MICROSECONDS = {"tensorflow": 30, "jax": 20, "torch": 150}


def main() -> None:
    """Print a row a backend that is installed."""
    print(
        f"a step with Live beside a bare one, medians of {ROUNDS} pairs of some 200 ms, "
        f"of {PROCESSES} processes, microseconds:"
    )
    heads = ("bare", "more", "own thread", "all threads", "two bare", "most")
    print(f"{'':<12}" + "".join(f"{head:>12}" for head in heads))
    for backend, most in MOST_MICROSECONDS.items():
        try:
            rows = [row_of(backend) for _ in range(PROCESSES)]
        except (ValueError, IndexError) as error:
            print(f"{backend:<12}not measured: {error}")
            continue
        told = "".join(f"{one:12.0f}" for one in np.median(rows, axis=0))
        each = ", ".join(f"{row[1]:.0f}" for row in rows)
        print(f"{backend:<12}{told}{most:12}  (more: {each})", flush=True)


def row_of(backend: str) -> list[float]:
    """What :func:`of_this_backend` prints, of a process of its own."""
    with tempfile.TemporaryDirectory(prefix="lrt") as home:
        env = {**os.environ, "KERAS_BACKEND": backend, "XDG_STATE_HOME": home}
        env |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
        command = [sys.executable, "-m", "benchmarks.step_cost", backend]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr.strip().splitlines()[-1])
    return [float(one) for one in done.stdout.split()]


def of_this_backend(stretch: int) -> None:
    """Print the bare step, what is more by the clock, in its thread, in all, and of a twin."""
    import keras

    import lrtui

    def made() -> Any:
        layers = [keras.Input((8,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
        model = keras.Sequential(layers)
        schedule = keras.optimizers.schedules.CosineDecay(0.01, 10**6)
        model.compile(keras.optimizers.SGD(schedule), "mse")
        return model

    kinds: dict[str, Callbacks] = {
        "bare": lambda clock: [],
        "live": lambda clock: [lrtui.Live("bench", clock=clock)],
        "twin": lambda clock: [],
    }
    found = fit_in_turns(made, kinds, stretch=stretch, rounds=ROUNDS, warm_up=WARM_UP)
    more = np.median(found["live"] - (found["bare"] + found["twin"]) / 2, axis=0)
    twin = np.median((found["twin"] - found["bare"])[:, WALL])
    print(np.median(found["bare"][:, WALL]), *more, twin)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        of_this_backend(STRETCH[sys.argv[1]])
    else:
        main()
