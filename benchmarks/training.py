"""What watching costs: the same model, data and optimizer, bare and with every step recorded."""

import keras

from benchmarks.timing import in_turn
from lrtui.schedules import parse
from lrtui.training import tasks
from lrtui.training.callback import LiveCallback
from lrtui.training.link import QueueLink
from lrtui.training.protocol import Settings
from lrtui.training.steer import keras_schedule

STEPS = 2000
ROUNDS = 5


def trained(watched: bool) -> None:
    settings = Settings(epochs=1, steps_per_epoch=STEPS)
    task = tasks.make(settings)
    task.model.compile(keras.optimizers.SGD(keras_schedule(parse("exponential"))), task.loss)
    link = QueueLink()
    task.model.fit(
        task.batches,
        steps_per_epoch=STEPS,
        verbose=0,
        callbacks=[LiveCallback(link)] if watched else [],
    )


def main() -> None:
    watched, bare, ratio = in_turn(lambda: trained(True), lambda: trained(False), ROUNDS)
    print(f"{STEPS} steps of the spirals task, model.fit(verbose=0), medians of {ROUNDS}:")
    print(f"  bare      {bare:6.2f} s  {STEPS / bare:6.0f} steps/s")
    print(f"  recorded  {watched:6.2f} s  {STEPS / watched:6.0f} steps/s   {ratio:.3f} x bare")


if __name__ == "__main__":
    main()
