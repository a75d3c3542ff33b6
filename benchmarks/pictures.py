"""The pictures of README and docs, made by driving the real program: ``make pictures``."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from benchmarks.cell_pictures import svg, write_gif, write_png
from lrtui.runs.at_once import AtOnce
from lrtui.runs.client import Client
from lrtui.schedules import parse
from lrtui.tui.app import LrtuiApp

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SIZES = ((80, 24), (120, 40), (200, 60))
EXPONENTIAL = "ExponentialDecay(0.1, decay_steps=300, decay_rate=0.5)"
COSINE = "Warmup(CosineDecay(0.1, 1180), 100)"
SCRIPT = """
import time, keras, numpy as np, lrtui
x = np.random.default_rng(0).normal(size=(2048, 8)).astype("float32")
y = (x[:, :1] * x[:, 1:2] > 0).astype("float32")
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])
rates = keras.optimizers.schedules.CosineDecay(0.5, 1280)
model.compile(keras.optimizers.SGD(rates), keras.losses.BinaryCrossentropy(from_logits=True))
slow = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: time.sleep(0.01))
model.fit(x, y, epochs=20, verbose=0, callbacks=[lrtui.Live("mine"), slow])
"""


def open_link(on_event: Any, on_gone: Any, on_state: Any) -> Client:
    return Client(on_event=on_event, on_gone=on_gone, on_state=on_state)


def program(schedule: str, *, at_once: bool = False, cold: bool = True) -> LrtuiApp:
    return LrtuiApp(
        parse(schedule), open_link, cold=cold, fills=True, open_at_once=AtOnce if at_once else None
    )


async def reach(pilot: Pilot[None], test: Callable[[], bool]) -> None:
    while not test():
        await pilot.pause(0.05)


def frame(app: LrtuiApp) -> str:
    return svg(app.screen._compositor.render_strips(app.size))


async def keep(app: LrtuiApp, pilot: Pilot[None], name: str) -> None:
    """A picture of what is on the screen now, at each size."""
    for width, height in SIZES:
        await pilot.resize_terminal(width, height)
        for _ in range(3):
            await pilot.pause()
            if not app.covered:
                app.redraw()
        await pilot.pause()
        path = FOLDER / f"{name}-{width}x{height}.png"
        write_png(path, frame(app))
        print(f"made {path.name}", flush=True)


async def start() -> None:
    """What is first seen, and the gallery of schedules."""
    app = program(COSINE)
    async with app.run_test(size=SIZES[0]) as pilot:
        await pilot.press("down")
        await keep(app, pilot, "start")
        await pilot.press("up", "enter")
        await keep(app, pilot, "gallery")


async def compared() -> None:
    """Three pins, named by what differs, and the family of another parameter."""
    others = ("OneCycle(0.1, 1280)", "WarmupStableDecay(0.08, 100, 700, 480)")
    app = program(others[0])
    async with app.run_test(size=SIZES[0]) as pilot:
        await pilot.press("p")
        app.editor.open(parse(others[1]))
        await pilot.press("p")
        app.editor.open(parse(EXPONENTIAL))
        await pilot.press("down", "down", "down", "f")
        await keep(app, pilot, "compare")


async def trained() -> None:
    """A run whose schedule was reset once; the losses that another rate would have; the runs."""
    app = program(EXPONENTIAL, at_once=True, cold=False)
    async with app.run_test(size=SIZES[0]) as pilot:

        def steps() -> int:
            return app.session.record.steps if app.session.record is not None else 0

        def paused() -> bool:
            return app.session.record is not None and app.session.record.state == "paused"

        def band() -> bool:
            return app.losses.band is not None and len(app.losses.band.middle) >= 1280

        await reach(pilot, lambda: app.session.ready is not None)
        await pilot.press("t")
        await reach(pilot, lambda: steps() >= 480)
        await pilot.press("r")
        await reach(pilot, lambda: steps() >= 860)
        await pilot.press("space")
        await reach(pilot, paused)
        await keep(app, pilot, "training")
        await pilot.press("space")
        await reach(pilot, lambda: app.session.active is None)
        await pilot.press("down", "right", "right")
        await reach(pilot, band)
        await keep(app, pilot, "losses")
    os._exit(0)  # the worker ends when its socket does


async def attached(frames: list[tuple[str, float]]) -> None:
    """Walk up to a training of somebody's script, halve its rate, leave it."""
    import subprocess

    from lrtui.runs.attached import Attached
    from lrtui.runs.trainings import find_training, trainings

    script = subprocess.Popen([sys.executable, "-c", SCRIPT])
    try:
        while not any(one.alive and one.step for one in trainings()):
            await asyncio.sleep(0.2)
        place = find_training("mine", trainings()).place

        def open_link(on_event: Any, on_gone: Any, on_state: Any) -> Attached:
            return Attached(
                place,
                on_event=on_event,
                on_past=lambda past: app.session.add_past(past),
                on_gone=on_gone,
                on_state=on_state,
                on_refused=lambda text: app.say(text),
            )

        app = LrtuiApp(None, open_link, fills=True, attached="mine")
        async with app.run_test(size=SIZES[0]) as pilot:
            await reach(pilot, partial(has_done, app, 200))
            await watch(app, pilot, frames, 320)
            await pilot.press("b")
            await watch(app, pilot, frames, 800)
    finally:
        script.kill()
        script.wait()


async def watch(
    app: LrtuiApp, pilot: Pilot[None], frames: list[tuple[str, float]], until: int, every: int = 40
) -> None:
    """A frame every so many steps of a run."""
    for step in range(every, until + 1, every):
        if not has_done(app, step):
            await reach(pilot, partial(has_done, app, step))
            app.redraw()
            await pilot.pause()
            frames.append((frame(app), 0.15))


async def moving() -> None:
    """Turn, find another schedule, train, reset; then attach: a few seconds."""
    app = program(COSINE, cold=False)
    frames: list[tuple[str, float]] = []
    async with app.run_test(size=SIZES[0]) as pilot:

        async def press(key: str, seconds: float = 0.25) -> None:
            await pilot.press(key)
            await pilot.pause()
            frames.append((frame(app), seconds))

        await reach(pilot, lambda: app.session.ready is not None)
        for key in ("down", "right", "right", "left", "up"):
            await press(key)
        await press("enter", 1.0)
        for key in "exp":
            await press(key, 0.4)
        await press("enter", 1.0)
        app.editor.open(parse(EXPONENTIAL))
        await press("down", 0.8)
        await press("t")
        await watch(app, pilot, frames, 480)
        await press("r", 0.6)
        begun = app.session.record.steps if app.session.record else 0
        await watch(app, pilot, frames, begun + 480)
        await press("s", 2.0)
        await pilot.press("q")
    await attached(frames)
    frames.append((frames[-1][0], 2.0))
    write_gif(FOLDER / "lrtui.gif", frames)
    print(f"made lrtui.gif of {len(frames)} frames", flush=True)
    os._exit(0)


def has_done(app: LrtuiApp, steps: int) -> bool:
    """Whether so many steps of the latest run are recorded."""
    return app.session.record is not None and app.session.record.steps >= steps


PARTS = {"start": start, "compared": compared, "trained": trained, "moving": moving}


def main() -> None:
    """Make the parts that are named, or all, each in a process of its own."""
    names = sys.argv[1:]
    if len(names) == 1:
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(dict.fromkeys(("XDG_STATE_HOME", "XDG_CONFIG_HOME"), home))
            FOLDER.mkdir(parents=True, exist_ok=True)
            asyncio.run(PARTS[names[0]]())
        return
    import subprocess

    for name in names or PARTS:
        subprocess.run([sys.executable, "-m", "benchmarks.pictures", name], check=True)


if __name__ == "__main__":
    main()
