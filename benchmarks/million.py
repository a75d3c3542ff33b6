"""A million steps under a table that is refilled: ``python -m benchmarks.million``.

A compiled loop of one's own on TensorFlow, as a fit of so many steps takes ten minutes. Each call
does as many steps as half a table, so each reads what was filled in between; what it used is held
against the schedule's formula in float64, and against how far the weight fell.
"""

import os
import tempfile
import time

import numpy as np

STEPS, CALL = 10**6, 2_000


def main() -> None:
    """Print how many tables were used, and by how much the worst rate was off."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="lrt")
    import keras
    import tensorflow as tf

    import lrtui

    weight = keras.Variable([0.0])
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build([weight])
    steering = lrtui.Steering(None, optimizer=optimizer, capacity=2 * CALL)
    steering.reset(f"InverseTimeDecay(0.1, {STEPS // 10}, 1.0)")

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def train() -> None:
        for _ in tf.range(CALL):
            optimizer.apply([tf.ones([1])], [weight])

    began, worst, fell = time.perf_counter(), 0.0, 0.0
    for first in range(0, STEPS, CALL):
        steering.before_call()
        weight.assign([0.0])
        train()
        exact = 0.1 / (1 + np.arange(first, first + CALL) / (STEPS // 10))
        used = steering.read(first, first + CALL).rates
        worst = max(worst, float(np.max(np.abs(used / exact - 1))))
        fell = max(fell, abs(-float(weight.numpy()[0]) / exact.sum() - 1))
    seconds = time.perf_counter() - began
    print(f"{steering.steps:,} steps in {seconds:.1f} s, {STEPS // CALL} calls of {CALL:,}")
    print(f"of no step was the rate off by more than {worst:.1e} of it, as noted;")
    print(f"in no call did the weight fall by another sum, to {fell:.1e} of it (float32)")


if __name__ == "__main__":
    main()
