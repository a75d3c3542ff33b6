"""A program that trains with Keras and its TensorBoard callback, an epoch for each line on stdin.

``python -m tests.person.watched_training FOLDER``: the rate is 0.1, 0.05, 0.025 and then stays.
"""

import sys

import keras
import numpy as np


class Led(keras.callbacks.TensorBoard):  # type: ignore[misc]
    """Waits for a line before each epoch, and writes what Keras would keep for later."""

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        super().on_epoch_begin(epoch, logs)
        sys.stdin.readline()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        super().on_epoch_end(epoch, logs)
        self._train_writer.flush()
        print("epoch", flush=True)


def main(folder: str) -> None:
    x = np.ones((32, 1), "float32")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    rate = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5 ** min(epoch, 2))
    model.fit(x, x, batch_size=8, epochs=6, verbose=0, callbacks=[rate, Led(folder)])


if __name__ == "__main__":
    main(sys.argv[1])
