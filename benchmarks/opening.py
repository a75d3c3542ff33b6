"""From process start to the first full frame, beside a Textual app that shows one Static."""

import statistics
import time
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
    """Seconds until the first full frame: by the clock, and of the processor.

    The processor's are those of the program itself, without the process beside (tui/early.py).
    """

    wall: float
    processor: float


def start(*arguments: str, seen: tuple[str, ...]) -> Start:
    """Start a program and wait until it has sent all of these texts."""
    began = time.perf_counter()
    with Program(*arguments) as program:
        program.wait_for_bytes(*(text.encode() for text in seen))
        return Start(time.perf_counter() - began, program.processor_seconds)


def main() -> None:
    pairs = []
    for _ in range(ROUNDS + 1):
        ours = start("-m", "lrtui", "--cold", seen=("quit", "└┬", "start 1.00e-1"))
        minimal = start("-c", MINIMAL, seen=("the first frame",))
        pairs.append((ours, minimal))
    del pairs[0]  # it wrote bytecode
    print(f"process start to first full frame, 80x24, medians of {ROUNDS}, milliseconds:")
    print(f"{'':13}{'clock':>8}{'processor':>11}")
    for name, place in (("one Static", 1), ("lrtui", 0)):
        wall = statistics.median(pair[place].wall for pair in pairs)
        processor = statistics.median(pair[place].processor for pair in pairs)
        print(f"  {name:<11}{1000 * wall:8.0f}{1000 * processor:11.0f}")
    wall = statistics.median(ours.wall / minimal.wall for ours, minimal in pairs)
    processor = statistics.median(ours.processor / minimal.processor for ours, minimal in pairs)
    print(f"  {'ratio':<11}{wall:8.2f}{processor:11.2f}")


if __name__ == "__main__":
    main()
