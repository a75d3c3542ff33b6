"""A fit under ``torch.compile`` that is steered: ``python -m benchmarks.torch_compiled``.

Compiling takes most of a minute and needs a compiler for C++, so it is no test. Told is by how much
the worst rate that was noted differs from the fall of a weight whose gradient is 1, and from what
was ordered; it ends in an error if that is more than rounding.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

STEPS, MOST = 24, 1e-6


def main() -> None:
    """Print what was found, in a process of its own."""
    if importlib.util.find_spec("torch") is None:
        print("torch: is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="lrt") as home:
        env = {**os.environ, "KERAS_BACKEND": "torch", "XDG_STATE_HOME": home}
        command = [sys.executable, "-m", "benchmarks.torch_compiled", "fit"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    print(done.stdout.strip() or done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise SystemExit(done.returncode)


def fit() -> None:
    import keras
    import numpy as np

    import lrtui

    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), layer])
    weights = [1.0]

    def loss(y: Any, predicted: Any) -> Any:
        return keras.ops.mean(predicted, axis=-1) + 0 * keras.ops.mean(y, axis=-1)

    class Orders(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            weights.append(float(layer.kernel.numpy()[0, 0]))
            if batch == STEPS // 3 - 1:
                steering.reset("Constant(0.05)")
            if batch == 2 * STEPS // 3 - 1:
                steering.scale(0.5)

    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)
    model.compile(keras.optimizers.SGD(schedule), loss, jit_compile=True)
    third = STEPS // 3
    ordered = [*(0.1 * 0.5 ** (np.arange(third) / 8)), *[0.05] * third, *[0.025] * third]
    ones = np.ones((STEPS * 4, 1), "float32")
    began = time.perf_counter()
    with lrtui.Steering(model) as steering:
        model.fit(ones, ones, batch_size=4, verbose=0, callbacks=[Orders()])
        used = steering.read(0, STEPS).rates
    seconds = time.perf_counter() - began
    moved = float(np.max(np.abs(used + np.diff(weights))))
    asked = float(np.max(np.abs(used - ordered)))
    print(
        f"{STEPS} steps under torch.compile in {seconds:.0f} s; no noted rate is off by more than"
    )
    print(f"{moved:.1e} of how far the weight fell, and {asked:.1e} of what was ordered")
    if not max(moved, asked) < MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    fit() if sys.argv[1:] else main()
