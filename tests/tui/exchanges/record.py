"""Records `run.jsonl` anew: ``python -m tests.tui.exchanges.record``. Look at what differs."""

import asyncio
import tempfile
from pathlib import Path

from lrtui.protocol import (
    Alive,
    Ended,
    Event,
    Pause,
    Paused,
    Ready,
    Reset,
    Resume,
    Scale,
    Settings,
    Start,
    encode,
)
from tests.runs.stages import Stage
from tests.tui.exchanges import RUN

SCHEDULE = "ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)"
SETTINGS = Settings(epochs=6, steps_per_epoch=32, seed=3)
SCRIPT = ((50, Reset()), (80, Scale(2.0)), (120, Scale(1e30)))
PAUSE_AFTER = 96


async def record() -> list[Event]:
    """One exchange with a real worker."""
    heard: list[Event] = []

    async def until(stage: Stage, kind: type[Event]) -> None:
        said = await stage.until(lambda event: isinstance(event, kind))
        heard.extend(event for event in said if not isinstance(event, str))

    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        await stage.client.start()
        try:
            await until(stage, Ready)
            start = Start(SCHEDULE, SETTINGS, script=SCRIPT, pause_on_divergence=True, pace=50)
            stage.client.send(start)
            said = await stage.until(lambda event: getattr(event, "steps", 0) == PAUSE_AFTER)
            heard.extend(event for event in said if not isinstance(event, str))
            stage.client.send(Pause())
            await until(stage, Paused)
            stage.client.send(Resume())
            await until(stage, Paused)
            stage.client.send(Reset(restore=True))
            stage.client.send(Resume())
            await until(stage, Ended)
        finally:
            await stage.client.close()
    return [event for event in heard if not isinstance(event, Alive)]


if __name__ == "__main__":
    RUN.write_bytes(b"".join(map(encode, asyncio.run(record()))))
