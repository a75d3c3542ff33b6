"""A million steps under a table that is refilled: ``python -m benchmarks.million``.

Once in a compiled loop of one's own on TensorFlow and once in a ``fit`` of many steps an execution.
Each call does as many steps as half a table, or a quarter, so each reads what was filled in
between; what it used is held against the schedule's formula in float64, and against how far the
weight fell. More than rounding between them is an error.
"""

import os
import tempfile
import time
from typing import Any

import numpy as np

STEPS, CALL, EXECUTION = 10**6, 2_000, 10_000
DECAY = STEPS // 10
MOST_OF_A_RATE, MOST_OF_A_SUM = 1e-6, 1e-4
SCHEDULE = f"InverseTimeDecay(0.1, {DECAY}, 1.0)"


class Off:
    """By how much the worst rate was off, as noted; and the worst sum of a call, by the weight."""

    def __init__(self) -> None:
        self.rate = self.fall = 0.0

    def look(self, steering: Any, calls: int, fall: float) -> None:
        """At the last call's steps."""
        stop = steering.steps
        exact = 0.1 / (1 + np.arange(stop - calls, stop) / DECAY)
        used = steering.read(stop - calls, stop).rates
        self.rate = max(self.rate, float(np.max(np.abs(used / exact - 1))))
        self.fall = max(self.fall, abs(fall / exact.sum() - 1))

    def tell(self, where: str, steering: Any, seconds: float, calls: str) -> None:
        print(f"{where}: {steering.steps:,} steps in {seconds:.1f} s, {calls}")
        print(f"of no step was the rate off by more than {self.rate:.1e} of it, as noted;")
        print(f"in no call did the weight fall by another sum, to {self.fall:.1e} of it (float32)")
        if not (self.rate < MOST_OF_A_RATE and self.fall < MOST_OF_A_SUM):
            raise SystemExit("that is more than rounding")


def main() -> None:
    """Print how many tables were used, and by how much the worst rate was off."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="lrt")
    in_a_loop()
    in_fit()


def in_a_loop() -> None:
    import keras
    import tensorflow as tf

    import lrtui

    weight = keras.Variable([0.0])
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build([weight])
    steering = lrtui.Steering(None, optimizer=optimizer, capacity=2 * CALL)
    steering.reset(SCHEDULE)

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def train() -> None:
        for _ in tf.range(CALL):
            optimizer.apply([tf.ones([1])], [weight])

    began, off = time.perf_counter(), Off()
    for _ in range(0, STEPS, CALL):
        steering.before_call()
        weight.assign([0.0])
        train()
        off.look(steering, CALL, -float(weight.numpy()[0]))
    calls = f"{STEPS // CALL} calls of {CALL:,}"
    off.tell("a loop of one's own", steering, time.perf_counter() - began, calls)


def in_fit() -> None:
    import keras
    import tensorflow as tf

    import lrtui

    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), layer])

    def loss(y: Any, predicted: Any) -> Any:  # its gradient is 1: the weight falls by the rate
        return keras.ops.mean(predicted, axis=-1)

    model.compile(keras.optimizers.SGD(0.5), loss, steps_per_execution=EXECUTION)
    off = Off()

    class Look(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            off.look(steering, EXECUTION, -float(layer.kernel.numpy()[0, 0]))
            layer.kernel.assign([[0.0]])

    one = np.ones((1, 1), "float32")
    data = tf.data.Dataset.from_tensors((one, one)).repeat()
    began = time.perf_counter()
    with lrtui.Steering(model) as steering:
        steering.reset(SCHEDULE)
        model.fit(data, steps_per_epoch=STEPS, verbose=0, callbacks=[Look()])
        calls = f"{STEPS // EXECUTION} executions of {EXECUTION:,}"
        off.tell("a fit", steering, time.perf_counter() - began, calls)


if __name__ == "__main__":
    main()
