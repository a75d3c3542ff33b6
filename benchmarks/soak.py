"""Ten minutes under a random hand: ``python -m benchmarks.soak [MINUTES [SEED]]``.

Turns, resets, divergences, dialogs, runs after runs; a schedule of the user's own whose file is
edited, wrongly too; once a minute the worker is killed. Looks whether memory and descriptors stay
flat, and how long the event loop worked at a stretch: no frame took longer. An hour is ``soak 60``.
Fails with a line for each limit that did not hold. Linux only.
"""

import contextlib
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.accidents.table import descendants, lives, wait_until
from benchmarks.terminal import FOLDERS, Program

MINUTES = 10.0
MOST_FRAME_SECONDS = 0.25
MOST_GROWTH = 1.15
"""Of memory, from the second third of the sitting to the last: in the first the caches fill."""
MOST_DESCRIPTORS = 4
"""More in the last third than in the second."""
KILL_SECONDS, EDIT_SECONDS, LOOK_SECONDS = 60.0, 7.0, 1.0

MONITORED = """
import asyncio, os, sys, time
from lrtui.tui.terminal import base_app

async def look():
    clock, worked = time.perf_counter(), time.thread_time()
    while True:
        await asyncio.sleep(0.005)
        now, done = time.perf_counter(), time.thread_time()
        if done - worked > 0.05:
            with open(os.environ["SOAK_STRETCHES"], "a") as file:
                file.write(f"{now:.3f} {done - worked:.4f} {now - clock:.4f}\\n")
        clock, worked = time.perf_counter(), time.thread_time()

heed_signals = base_app.BaseApp.heed_signals
def heed(self):
    heed_signals(self)
    self.looking = asyncio.ensure_future(look())
base_app.BaseApp.heed_signals = heed

from lrtui.__main__ import main
sys.argv = ["lrtui", *sys.argv[1:]]
main()
"""
"""The program, and beside it what notes how long its loop worked between two looks."""

FILES = (
    "def rate(step): return 0.1 / (1 + step / 100)\n",
    "def rate(step): return 0.05 if step < 300 else 0.01\n",
    "import math\ndef rate(step): return 0.1 * math.cos(step / 400) ** 2\n",
    "def rate(step): raise SystemExit(3)\n",
    "def rate(step) return 0.1\n",
    "def rate(step): return [0.1, 0.2][step]\n",
    "def rate(step): return 10 ** step\n",
)
KEYS = (
    *(["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"] * 8),
    *(["r"] * 6 + ["t", "R", " ", "n", "b", "b", "u", "U", "p", "f", "l", "L", "i", "+", "-", "z"]),
    *(
        "y",
        "M",
        "m",
        "x",
        "x",
        "N",
        "E",
        "<",
        ">",
        "\t",
        "\x1b",
        "\x1b",
        "\r",
        "s",
        "?\x1b",
        "c\x1b",
    ),
    *(
        "S1000\r",
        "S1e30\r",
        "S0.01\r",
        "v\x1b",
        "k\x1b",
        "w\x1b",
        "g\x1b",
        "\x1b[1;2C",
        "\x1b[1;2D",
        "B",
    ),
)
"""What a hand may press; `S1e30` makes it diverge. No `q`, which leaves."""


class Look(NamedTuple):
    """The program at one moment."""

    seconds: float
    memory: int
    descriptors: int


class Sitting(NamedTuple):
    """What was seen and done in one."""

    looks: list[Look]
    pressed: list[tuple[float, str]]
    """What was pressed, and when by the clock that the program's stretches have."""


def worker_of(pid: int) -> int | None:
    """The process that trains."""
    for child in descendants(pid):
        try:
            if b"lrtui.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        except OSError:
            continue
    return None


def sit(minutes: float, seed: int, folder: Path) -> Sitting:
    """Press keys for so long."""
    chance = random.Random(seed)
    mine = folder / "mine.py"
    mine.write_text(FILES[0])
    homes = dict.fromkeys(FOLDERS, str(folder))
    looks: list[Look] = []
    pressed: list[tuple[float, str]] = []
    killed = 0
    with Program(
        *("-c", MONITORED, f"{mine}:rate"),
        environment={**homes, "SOAK_STRETCHES": str(folder / "stretches")},
    ) as program:
        pid = program.process.pid
        program.wait_for("lrtui · own")
        program.type("t")
        program.wait_for(lambda text: "step" in text and "epoch 1/" in text)
        began = time.monotonic()
        kill_at, edit_at, look_at = began + KILL_SECONDS / 2, began + EDIT_SECONDS, began
        while (now := time.monotonic()) < began + 60 * minutes:
            pressed.append((time.perf_counter(), chance.choice(KEYS)))
            program.type(pressed[-1][1])
            program.read(chance.choice((0.0, 0.02, 0.1, 0.3)))
            if now > edit_at:
                edit_at += EDIT_SECONDS
                mine.write_text(chance.choice(FILES))
            if now > look_at:
                look_at += LOOK_SECONDS
                descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
                looks.append(Look(now - began, program.resident, descriptors))
            if now > kill_at and (worker := worker_of(pid)) is not None:
                kill_at, killed = kill_at + KILL_SECONDS, killed + 1
                os.kill(worker, signal.SIGKILL)
                program.type("\x1b")
                program.type("t")
        children = descendants(pid)
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: _ended(program), "the program ends", 20)
        wait_until(lambda: not any(map(lives, children)), "its processes end", 20)
    print(f"{minutes:g} minutes, seed {seed}; the worker was killed {killed} times")
    return Sitting(looks, pressed)


def _ended(program: Program) -> bool:
    try:
        program.read(0.05)
    except RuntimeError:
        return True
    return program.process.poll() is not None


def _thirds(values: list[int]) -> tuple[float, float]:
    """The middle of the second third, and of the last."""
    third = max(1, len(values) // 3)
    return statistics.median(values[third : 2 * third]), statistics.median(values[-third:])


def main(minutes: float = MINUTES, seed: int = 0) -> int:
    """Sit, and print what was seen. Returns how many limits did not hold."""
    faults = []
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        folder = Path(name)
        with contextlib.chdir(folder):  # the hand saves runs, too
            looks, pressed = sit(minutes, seed, folder)
        stretches = [
            tuple(map(float, line.split()))
            for line in (folder / "stretches").read_text().splitlines()
        ]
        log = folder / "lrtui" / "faults.log"
        if log.exists():
            faults.append(f"errors that nobody expected:\n{log.read_text()[-3000:]}")
    memory = _thirds([look.memory for look in looks])
    descriptors = _thirds([look.descriptors for look in looks])
    when, longest, _ = max(stretches, key=lambda one: one[1], default=(0.0, 0.0, 0.0))
    told = [f"{one / 1e6:.1f} MB" for one in memory]
    print(f"memory: {told[0]} in the second third, {told[1]} at the end")
    print(f"descriptors: {descriptors[0]:.0f} in the second third, {descriptors[1]:.0f} at the end")
    print(f"longest frame: {1000 * longest:.0f} ms of processor time")
    if memory[1] > MOST_GROWTH * memory[0]:
        faults.append("memory grows")
    if descriptors[1] > descriptors[0] + MOST_DESCRIPTORS:
        faults.append("descriptors are lost")
    if longest > MOST_FRAME_SECONDS:
        keys = [key for at, key in pressed if at < when][-5:]
        faults.append(f"a frame took more than {1000 * MOST_FRAME_SECONDS:.0f} ms, after {keys}")
    for fault in faults:
        print(f"FAILED: {fault}")
    return len(faults)


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(main(float(told[0]) if told else MINUTES, int(told[1]) if told[1:] else 0))
