"""From process start to the first full frame, beside a Textual app that shows one Static: with all
cores there are, and with one for the program and whoever reads what it draws.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.terminal import Program

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("the first frame")
Minimal().run()
"""
ROUNDS = 15


class Start(NamedTuple):
    """Seconds until the first full frame: by the clock, and of the processor."""

    wall: float
    processor: float


def start(*arguments: str, seen: tuple[str, ...]) -> Start:
    """Start a program and wait until it has sent all of these texts."""
    began = time.perf_counter()
    with Program(*arguments) as program:
        program.wait_for_bytes(*(text.encode() for text in seen))
        return Start(time.perf_counter() - began, program.processor_seconds)


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this process and those that it starts on the first of its cores."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def measure() -> None:
    """Print the medians of both programs, started in turn, and of their ratio pair by pair."""
    pairs = []
    for _ in range(ROUNDS + 1):
        ours = start("-m", "lrtui", "--cold", seen=("quit", "└┬", "start 0.00e0"))
        minimal = start("-c", MINIMAL, seen=("the first frame",))
        pairs.append((ours, minimal))
    del pairs[0]  # it wrote bytecode
    print(f"{'':13}{'clock':>8}{'processor':>11}")
    for name, place in (("one Static", 1), ("lrtui", 0)):
        wall = statistics.median(pair[place].wall for pair in pairs)
        processor = statistics.median(pair[place].processor for pair in pairs)
        print(f"  {name:<11}{1000 * wall:8.0f}{1000 * processor:11.0f}")
    wall = statistics.median(ours.wall / minimal.wall for ours, minimal in pairs)
    processor = statistics.median(ours.processor / minimal.processor for ours, minimal in pairs)
    print(f"  {'ratio':<11}{wall:8.2f}{processor:11.2f}")


def main() -> None:
    print(f"process start to first full frame, 80x24, medians of {ROUNDS}, milliseconds:")
    measure()
    if sys.platform == "linux":
        print("the same on one core:")
        with on_one_core():
            measure()


if __name__ == "__main__":
    main()
