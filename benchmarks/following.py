"""How soon the losses at once follow a key, to the last byte on the screen; on a slow line too.

Times are what a person waits, and hold only on a machine that is otherwise idle.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.slow_line import ANSWERS, BYTES_PER_SECOND, DELAY_SECONDS, SlowLine, Watched, held
from benchmarks.terminal import KEYS, TRUECOLOR, Program
from benchmarks.wire import stand_on

SIZE = (120, 40)
SCHEDULE = "CosineDecay(0.1, 1280)"
PRESSES = 20
"""There and back again each."""
QUIET_SECONDS = 0.8
"""After so long without a byte, all has come."""
AHEAD_SECONDS = 12.0
"""So long what may be asked for next is compiled in the background."""
BUSY = "while True: pass"


def pressed(program: Program, key: str) -> tuple[float, float]:
    """Seconds from the key to the first byte, and to the last one."""
    times = program.press_timed(key, QUIET_SECONDS)
    return times[0], times[-1]


def told(name: str, times: list[tuple[float, float]]) -> None:
    """Median and 95 of 100 of both."""
    parts = []
    for what, seconds in zip(("first", "last"), zip(*times, strict=True), strict=True):
        high = sorted(seconds)[round(0.95 * len(seconds)) - 1]
        middle = statistics.median(seconds)
        parts.append(f"{what} byte {1e3 * middle:.0f} ms (p95 {1e3 * high:.0f})")
    print(f"  {name:<34} {', '.join(parts)}", flush=True)


def turned(program: Program) -> list[tuple[float, float]]:
    """What came of turning there and back."""
    return [pressed(program, key) for _ in range(PRESSES) for key in ("right", "left")]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but compute."""
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for one in processes:
            one.kill()
            one.wait()


def in_terminal() -> None:
    """Keys at 120x40: without the losses, with them, and beside two busy processes."""
    with Program("-m", "lrtui", SCHEDULE, size=SIZE) as ours:
        ours.wait_for(" nice ")
        stand_on(ours, "initial_learning_rate")
        ours.press("B")
        told("curve of rates alone", turned(ours))
        ours.press("B")
        ours.wait_for("at once, 8 seeds")
        ours.settle(AHEAD_SECONDS)
        told("with the losses of 8 seeds", turned(ours))
        with busy(2):
            told("the same beside two busy ones", turned(ours))


def on_slow_line() -> None:
    """A held key: how far the picture is behind, and when the last byte comes."""
    os.environ.update(TRUECOLOR)
    command = (sys.executable, "-m", "lrtui", SCHEDULE)
    with SlowLine(*command, size=SIZE, delay=DELAY_SECONDS, rate=BYTES_PER_SECOND) as line:
        seen = Watched(line, SIZE, ANSWERS)
        seen.wait_for(" nice ")
        for key in ("down", "right"):
            line.press(KEYS[key].encode())
        seen.wait_for("at once, 8 seeds")
        seen.settle(AHEAD_SECONDS)
        one = held(line, seen, "right", "left")
    line_is = f"{BYTES_PER_SECOND / 1000:.0f} KB/s, {DELAY_SECONDS * 1e3:.0f} ms each way"
    print(f"  key held over {line_is}: {one.kilobytes:.1f} KB, at most {one.backlog:.2f} s behind,")
    print(f"  the last byte {one.seconds:.2f} s after the last key")


def main() -> None:
    load = os.getloadavg()[0]
    print(f"losses at {SIZE[0]}x{SIZE[1]}; load at the start {load:.1f} on {os.cpu_count()} cores:")
    in_terminal()
    on_slow_line()


if __name__ == "__main__":
    main()
