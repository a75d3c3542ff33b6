"""What watching costs: the same model, data and optimizer, bare and with every step recorded.

Both are compiled and warm before the first round; events are encoded as for the socket.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import keras

from lrtui.live.callback import LiveCallback
from lrtui.live.keras_schedule import keras_schedule
from lrtui.live.link import QueueLink
from lrtui.live.steering import Steering
from lrtui.protocol import Event, Settings, StepsDone, encode
from lrtui.schedules import parse
from lrtui.worker import build

STEPS = 2000
ROUNDS = 9


class Wire(QueueLink):
    """Counts and encodes what is sent, as the worker's socket does."""

    def __init__(self) -> None:
        super().__init__()
        self.messages, self.bytes, self.steps = 0, 0, 0

    def send(self, event: Event) -> None:
        self.messages += isinstance(event, StepsDone)
        self.bytes += len(encode(event))
        self.steps += len(event.rates) // 4 if isinstance(event, StepsDone) else 0


def trainer(callbacks: Callable[[Any], list[Any]]) -> Callable[[], tuple[float, float]]:
    """Trains STEPS more at each call; returns the seconds of wall and of processor it took."""
    material = build.material(Settings(epochs=1, steps_per_epoch=STEPS))
    material.model.compile(
        keras.optimizers.SGD(keras_schedule(parse("exponential"))), material.loss, jit_compile=False
    )
    given = callbacks(material.model)

    def train() -> tuple[float, float]:
        wall, busy = time.perf_counter(), time.process_time()
        material.model.fit(
            material.batches, steps_per_epoch=STEPS, shuffle=False, verbose=0, callbacks=given
        )
        return time.perf_counter() - wall, time.process_time() - busy

    return train


def main() -> None:
    wire = Wire()
    bare = trainer(lambda model: [])
    recorded = trainer(lambda model: [LiveCallback(wire, steering=Steering(model))])
    bare(), recorded()
    wire.messages = wire.bytes = wire.steps = 0
    pairs = [(recorded(), bare()) for _ in range(ROUNDS)]
    assert wire.steps == ROUNDS * STEPS
    (watched, busy), (alone, idle) = (
        [statistics.median(pair[which][kind] for pair in pairs) for kind in (0, 1)]
        for which in (0, 1)
    )
    wall, processor = (
        statistics.median(one[kind] / other[kind] for one, other in pairs) for kind in (0, 1)
    )
    spent = sum(one[0] for one, _ in pairs)
    print(f"{STEPS} steps of the spirals task, model.fit(verbose=0), medians of {ROUNDS}:")
    print(f"  bare      {alone:6.2f} s  {STEPS / alone:6.0f} steps/s  {idle:6.2f} s of processor")
    print(
        f"  recorded  {watched:6.2f} s  {STEPS / watched:6.0f} steps/s  {busy:6.2f} s of processor"
    )
    print(f"  {wall:.3f} x bare, {processor:.3f} x its CPU time")
    print(f"  {wire.messages / spent:.1f} messages/s, {wire.bytes / spent / 1000:.1f} KB/s")


if __name__ == "__main__":
    main()
