"""How much faster a training at once is than ``fit``, and how soon what is asked for is there.

By hand: ``python -m benchmarks.at_once [waiting] [TASK ...] [tuning]``; nothing is all of it.
Ratios are in one process, by the clock and by processor time: the latter hold on a busy machine
too. Both ``fit`` and a compiled loop may use two cores for larger models, and not equally well, so
the two differ. Waiting times are what a person waits, and hold only on an idle machine.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from typing import Any, NamedTuple

from lrtui.worker.__main__ import environment

CASES = (
    ("spirals", "sgd", 0.1, 40, 120),
    ("spirals", "adam", 0.003, 40, 120),
    ("glyphs", "adam", 0.003, 5, None),
    ("characters", "adam", 0.003, 2.5, None),
)
"""Task, optimizer, rate; how many times as fast as ``fit`` alone and a run of 64 must be."""


class Took(NamedTuple):
    """Seconds."""

    clock: float
    processor: float

    @classmethod
    def since(cls, begin: "Took") -> "Took":
        """From a moment that was the time then to now."""
        now = cls.now()
        return cls(now.clock - begin.clock, now.processor - begin.processor)

    @classmethod
    def now(cls) -> "Took":
        """The time now."""
        return cls(time.perf_counter(), time.process_time())


def main() -> None:
    # Both as in the process that does them.
    os.environ.update({**environment(2, "cpu"), "TF_CPP_MIN_LOG_LEVEL": "3"})
    wanted = sys.argv[1:] or ["waiting", *dict.fromkeys(case[0] for case in CASES), "tuning"]
    if "waiting" in wanted:
        asyncio.run(_waiting())
    for case in CASES:
        if case[0] in wanted:
            _ratio(*case)
    if "tuning" in wanted:
        _tuning()


def _ratio(task: str, optimizer: str, rate: float, alone: float, stacked: float | None) -> None:
    import keras
    import numpy as np

    from lrtui.live.keras_schedule import keras_schedule
    from lrtui.protocol import Settings
    from lrtui.schedules import parse
    from lrtui.worker import build
    from lrtui.worker.at_once.training import Row, Trainings

    settings = Settings(task=task, optimizer=optimizer)
    schedule = parse(f"CosineDecay({rate}, {settings.steps})")
    rates = schedule(np.arange(settings.steps))[None]
    trainings = Trainings()

    def at_once(count: int) -> Took:
        rows = [Row(0, number % 8) for number in range(count)]
        took = []
        for _ in range(4):  # the first compiles
            begin = Took.now()
            for _ in trainings.train(settings, rates, rows):
                pass
            took.append(Took.since(begin))
        return Took(*(float(one) / count for one in np.median(took[1:], axis=0)))

    def fit() -> Took:
        keras.backend.clear_session()
        material = build.material(settings)
        material.model.compile(
            build.optimizer(optimizer, keras_schedule(schedule)), material.loss, jit_compile=False
        )
        arguments: dict[str, Any] = {"steps_per_epoch": settings.steps_per_epoch, "verbose": 0}
        material.model.fit(material.batches, epochs=1, **arguments)  # traces
        begin = Took.now()
        material.model.fit(
            material.batches,
            epochs=settings.epochs,
            validation_data=material.validation,
            validation_batch_size=len(material.validation[0]) if material.validation else None,
            **arguments,
        )
        return Took.since(begin)

    fitted, one = fit(), at_once(1)
    print(f"{task} {optimizer}: fit {fitted.clock:.2f} s, {fitted.processor:.2f} s of processor")
    print(f"  at once {_times(fitted, one)} times as fast (wanted: {alone})", flush=True)
    if stacked is not None:
        each = at_once(64)
        print(f"  each of 64 stacked {_times(fitted, each)} times (wanted: {stacked})", flush=True)


def _times(one: Took, other: Took) -> str:
    by_clock, by_processor = one.clock / other.clock, one.processor / other.processor
    return f"{by_clock:.1f} (by processor time {by_processor:.1f})"


def _tuning() -> None:
    """Each schedule at its own best rate must take no longer than ``fit`` without tuning."""
    schedules = ("cosine", "one-cycle", "constant")
    call = (sys.executable, "-m", "lrtui", "compare", *schedules, "--task", "glyphs")
    for more in ("--tune-rate", "--fit"):
        begin = time.perf_counter()
        subprocess.run(
            [*call, "--optimizer", "adam", "--seeds", "5", more], check=True, capture_output=True
        )
        print(f"compare of three, 5 seeds, {more}: {time.perf_counter() - begin:.0f} s")


async def _waiting() -> None:
    import numpy as np

    from lrtui.protocol import Settings
    from lrtui.runs.at_once import AtOnce
    from lrtui.runs.trained import Asked
    from lrtui.schedules import parse

    ready: list[float] = []
    at_once = AtOnce(on_ready=lambda _: ready.append(time.perf_counter()))
    settings = Settings(optimizer="adam")
    curve = parse(f"CosineDecay(0.003, {settings.steps})")(np.arange(settings.steps))

    async def wait(asked: Asked) -> tuple[float, float]:
        """Seconds to the first piece and to the last one."""
        loop = asyncio.get_running_loop()
        begin, first, last = time.perf_counter(), loop.create_future(), loop.create_future()

        def known(_: object) -> None:
            if not first.done():
                first.set_result(time.perf_counter() - begin)

        at_once.ask(asked, known, lambda *_: last.set_result(time.perf_counter() - begin))
        return await first, await last

    def asked(schedules: int, seeds: int, settings: Settings = settings) -> Asked:
        rates = np.linspace(0.5, 2, schedules, dtype=np.float32)[:, None] * curve
        rows = tuple((row, seed) for row in range(schedules) for seed in range(seeds))
        return Asked(settings, rates, rows, losses=schedules == 1)

    try:
        begun = time.perf_counter()
        await wait(asked(1, 8))
        print(f"process ready after {ready[0] - begun:.1f} s, ", end="")
        print(f"first compile and band {time.perf_counter() - ready[0]:.1f} s later")
        bands = [(await wait(asked(1, 8)))[1] for _ in range(20)]
        worst = 1e3 * sorted(bands)[-2]
        print(f"band of 8 seeds, warm: {1e3 * statistics.median(bands):.0f} ms, p95 {worst:.0f} ms")
        other = settings.replace(batch_size=48)
        print(f"another batch size, first of the band: {(await wait(asked(1, 8, other)))[0]:.2f} s")
        await wait(asked(16, 8))
        print(f"16 values x 8 seeds: {(await wait(asked(16, 8)))[1]:.2f} s")
        first, last = await wait(asked(256, 4))
        print(f"256 cells x 4 seeds: first {first:.2f} s, whole {last:.2f} s")
    finally:
        await at_once.close()


if __name__ == "__main__":
    main()
