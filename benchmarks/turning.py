"""Random turning, seeded: the memory of the process that trains at once, and how it is restarted.

By hand: ``python -m benchmarks.turning [MINUTES]``. What is turned is the schedule mostly, and now
and then a setting that is compiled anew, which XLA never gives back.
"""

import asyncio
import random
import sys
import time

from lrtui.protocol import AtOnceEnded, Settings
from lrtui.protocol.at_once import rates_of
from lrtui.runs.at_once import MOST_BYTES, AtOnce
from lrtui.runs.trained import Asked, Trained
from lrtui.schedules import parse

MINUTES = 60.0
SETTING_SHARE = 0.1
"""How often a setting is turned, and not the schedule."""
LET_FINISH_SHARE = 0.7
"""How often one waits for all of it before the next key."""


async def turn(minutes: float) -> None:
    """Turn for so long, and print what was seen."""
    dice, at_once = random.Random(0), AtOnce()
    settings, pids, most, asked, waits = Settings(optimizer="adam"), set(), 0, 0, []
    until = time.monotonic() + 60 * minutes
    try:
        while time.monotonic() < until:
            if dice.random() < SETTING_SHARE:
                name, values = dice.choice(
                    [("batch_size", (16, 32, 48, 64)), ("model_width", (8, 16, 32, 64))]
                )
                settings = settings.replace(**{name: dice.choice(values)})
            schedule = parse(f"CosineDecay({10 ** dice.uniform(-4, -1):.3g}, 1280)")
            began, ended = time.monotonic(), asyncio.get_running_loop().create_future()

            def end(_: Trained, event: AtOnceEnded, told: "asyncio.Future[str]" = ended) -> None:
                if not told.done():
                    told.set_result(event.message if event.reason == "failed" else "")

            rows = tuple((0, seed) for seed in range(8))
            at_once.ask(
                Asked(settings, rates_of(schedule, settings)[None], rows), lambda _: None, end
            )
            asked += 1
            if dice.random() < LET_FINISH_SHARE:
                failure = await ended
                assert not failure, failure
                waits.append(time.monotonic() - began)
            else:
                await asyncio.sleep(dice.uniform(0, 0.3))
            pids |= {at_once.pid} - {None}
            most = max(most, at_once.memory)
    finally:
        await at_once.close()
    waits.sort()
    print(
        f"{asked} turns in {minutes:g} minutes: at most {most / 1e6:.0f} MB (limit "
        f"{MOST_BYTES / 1e6:.0f}), {len(pids)} processes, waits {waits[len(waits) // 2]:.2f} s in "
        f"the middle and {waits[-1]:.1f} s at most"
    )


if __name__ == "__main__":
    asyncio.run(turn(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
