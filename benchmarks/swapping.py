"""Another schedule in a running ResNet50: ``python -m benchmarks.swapping``.

On TensorFlow and on JAX, where they are installed, in a process each. Told are the step after an
order beside the median step, and what was compiled for it: on TensorFlow how often the step was
traced, on JAX also what XLA built.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

STEPS, FIRST, EVERY, PIXELS, BATCH = 26, 6, 5, 64, 4
ORDERS = ("CosineDecay(0.01, 1000)", "ExponentialDecay(0.01, 100, 0.9)", None, "Constant(0.001)")


def main() -> None:
    """Print a row an order, for each backend."""
    for backend in ("tensorflow", "jax"):
        if importlib.util.find_spec(backend) is None:
            print(f"{backend}: is not installed")
            continue
        with tempfile.TemporaryDirectory(prefix="lrt") as home:
            env = {**os.environ, "KERAS_BACKEND": backend, "XDG_STATE_HOME": home}
            env |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [sys.executable, "-m", "benchmarks.swapping", backend]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        print(done.stdout.strip() or done.stderr.strip().splitlines()[-1], flush=True)


def of_this_backend(backend: str) -> None:
    import keras
    import numpy as np

    import lrtui

    built: list[str] = []
    if backend == "jax":
        import jax

        jax.monitoring.register_event_duration_secs_listener(
            lambda event, *_, **__: built.append(event) if "backend_compile" in event else None
        )

    class Traced(keras.layers.Layer):  # type: ignore[misc]
        times = 0

        def call(self, x: Any) -> Any:
            self.times += 1
            return x

    class Orders(keras.callbacks.Callback):  # type: ignore[misc]
        """Orders between two steps, and takes the time from one step's end to the next's."""

        def on_train_begin(self, logs: Any = None) -> None:
            self.ends: list[float] = []
            self.counts: list[tuple[int, int]] = []

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            float(logs["loss"])  # on JAX a step has ended when its loss is there
            self.ends.append(time.perf_counter())
            self.counts.append((traced.times, len(built)))
            if batch >= FIRST and (batch - FIRST) % EVERY == 0:
                steering.reset(ORDERS[(batch - FIRST) // EVERY])

    traced = Traced()
    shape = (PIXELS, PIXELS, 3)
    resnet = keras.applications.ResNet50(weights=None, input_shape=shape, classes=10)
    model = keras.Sequential([keras.Input(shape), traced, resnet])
    schedule = keras.optimizers.schedules.PolynomialDecay(0.01, 1000)
    model.compile(keras.optimizers.SGD(schedule), "sparse_categorical_crossentropy")
    steering, orders = lrtui.Steering(model), Orders()
    x = np.zeros((STEPS * BATCH, *shape), "float32")
    y = np.zeros(len(x), "int32")
    model.fit(x, y, batch_size=BATCH, verbose=0, callbacks=[orders])

    seconds = np.diff(orders.ends)
    median = float(np.median(seconds[FIRST // 2 :]))
    print(f"{backend}: ResNet50, {model.count_params():,} weights; a step takes {median:.3f} s")
    print("order, then the step after it: seconds, more than a step, traced, built")
    for number, order in enumerate(ORDERS):
        at = FIRST + number * EVERY
        step, (before, after) = seconds[at], orders.counts[at : at + 2]
        more = f"{step:8.3f}{step - median:+9.3f}{after[0] - before[0]:4}{after[1] - before[1]:4}"
        print(f"{order or 'the same from its start':<34}{more}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        of_this_backend(sys.argv[1])
    else:
        main()
