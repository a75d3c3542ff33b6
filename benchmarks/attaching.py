"""How soon ``lrtui attach`` shows a million steps beside the program that opens; its memory."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.terminal import Program

PICTURES = {1_000_000: 15, 10_000_000: 3}
"""Pairs of openings, for so many steps; of the latter it is the memory that counts."""
MOST_LATER_MS, MOST_MB = 50, 250

KEEP = """
import sys, time
import numpy as np
from lrtui.live.hub import Hub
from lrtui.protocol import Started, StepsDone, pack
from lrtui.protocol.script import Script
count = int(sys.argv[1])
hub = Hub("bench")
script = Script("bench", "SGD", "none", count // 100, 100)
hub.send(Started("CosineDecay(0.1, 1000000)", script=script))
for first in range(0, count, 1 << 18):
    steps = np.arange(first, min(first + (1 << 18), count))
    hub.send(StepsDone(first, pack(0.1 * np.cos(steps / 1e5) ** 2), pack(1 / (1 + steps))))
time.sleep(2)
print("ready", flush=True)
time.sleep(600)
"""


@contextmanager
def trained(count: int, environment: dict[str, str]) -> Iterator[None]:
    """A training that has done so many steps and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEP, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as one:
        assert one.stdout is not None
        one.stdout.readline()
        yield
        one.kill()


class Opened(NamedTuple):
    """Until the first whole picture is there: seconds, seconds of the processor; and memory."""

    wall: float
    processor: float
    megabytes: float


def opened(*arguments: str, seen: str, environment: dict[str, str]) -> Opened:
    """Open the program, wait for its picture, and leave it when its memory has settled."""
    began = time.perf_counter()
    with Program("-m", "lrtui", *arguments, environment=environment) as program:
        program.wait_for_bytes(seen.encode(), "└┬".encode())
        wall, processor = time.perf_counter() - began, program.processor_seconds
        program.settle(0.5)
        return Opened(wall, processor, program.resident / 2**20)


def first_picture(environment: dict[str, str]) -> None:
    """Print how much later than an opening program all is on the screen, and the memory."""
    print("lrtui attach beside opening the program, 80x24, medians of pairs:")
    print(f"  {'':<16}{'later, ms':>10}{'processor, ms':>15}{'memory, MB':>12}")
    for count, rounds in PICTURES.items():
        pairs = []
        with trained(count, environment):
            for _ in range(rounds + 1):
                schedule = "CosineDecay(0.1, 1000000)"
                alone = opened("--cold", schedule, seen="start 1.00e-1", environment=environment)
                attached = opened("attach", "bench", seen=f"step {count}", environment=environment)
                pairs.append((alone, attached))
        del pairs[0]  # it wrote bytecode
        later = statistics.median(one.wall - other.wall for other, one in pairs)
        more = statistics.median(one.processor - other.processor for other, one in pairs)
        memory = max(one.megabytes for _, one in pairs)
        told = f"{1000 * later:10.0f}{1000 * more:15.0f}{memory:12.0f}"
        print(f"  {count:>10} steps{told}", flush=True)
    print(f"  {'at most':<16}{MOST_LATER_MS:10.0f}{'':15}{MOST_MB:12.0f}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lrt") as home:
        first_picture({"XDG_STATE_HOME": home})


if __name__ == "__main__":
    main()
