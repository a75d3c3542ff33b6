"""A program that trains with Keras itself and lets Keras write its logs; run by `conftest.py`.

``python -m tests.logs.keras_writes FOLDER`` leaves there: ``scheduled.csv`` and ``scheduler.csv``
(CSVLogger, without and with a learning rate), ``history.json``, ``board`` (TensorBoard),
``board2`` (the same, trained twice into one folder), and ``truth.json``: what each step and
epoch really had.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

STEPS_PER_EPOCH, EPOCHS = 8, 5


class Truth(keras.callbacks.Callback):  # type: ignore[misc]
    """Asks the schedule before each step, which is the rate that the step uses (FACTS of Keras)."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        self.rates.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))


def model(rate: object) -> keras.Model:
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(rate), "mse")
    return made


def main(folder: Path) -> None:
    schedule = keras.optimizers.schedules.CosineDecay(0.1, STEPS_PER_EPOCH * EPOCHS, alpha=0.05)
    draw = np.random.default_rng(0)
    x = draw.normal(size=(STEPS_PER_EPOCH * 4, 2)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    how = {"batch_size": 4, "epochs": EPOCHS, "verbose": 0, "validation_data": (x, y)}
    callbacks = keras.callbacks

    truth = Truth()
    board = callbacks.TensorBoard(folder / "board", update_freq=1)
    logger = callbacks.CSVLogger(str(folder / "scheduled.csv"))
    history = model(schedule).fit(x, y, callbacks=[truth, board, logger], **how).history
    for _ in range(2):
        again = callbacks.TensorBoard(folder / "board2", write_graph=False)
        model(schedule).fit(x, y, callbacks=[again], **how)
    scheduler = callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5**epoch)
    logger = callbacks.CSVLogger(str(folder / "scheduler.csv"))
    scheduled = model(0.1).fit(x, y, callbacks=[scheduler, logger], **how).history
    (folder / "history.json").write_text(json.dumps(scheduled, default=float))
    found = {"rates": truth.rates, "history": history, "scheduled": scheduled}
    (folder / "truth.json").write_text(json.dumps(found, default=float))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
