"""What a hub costs the thread that trains, and how soon ``lrtui attach`` shows a million steps.

The thread's own time is that of sending and polling, as :class:`lrtui.live.callback.Live` does at
each step: with no viewer, with five, and with five of which two read nothing.
"""

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

from benchmarks.terminal import Program
from lrtui.live.hub import Hub
from lrtui.protocol import Started, StepsDone, encode, pack
from lrtui.protocol.attach import PROTOCOL, Hello
from lrtui.protocol.script import Script

STEP_SECONDS = 500e-6
STEPS = 4000
ROUNDS = 5
STEPS_A_REPORT = 240
"""At 500 us a step: a report each 0.12 s."""


def viewer(path: str, *, reads: bool) -> socket.socket:
    one = socket.socket(socket.AF_UNIX)
    one.connect(path)
    one.recv(1 << 16)
    one.sendall(encode(Hello(PROTOCOL, "bench")))
    if reads:
        threading.Thread(target=_read, args=(one,), daemon=True).start()
    return one


def _read(one: socket.socket) -> None:
    try:
        while one.recv(1 << 16):
            pass
    except OSError:
        pass


def trained(hub: Hub | None) -> tuple[float, float]:
    """Seconds by the clock and of this thread's processor time, for STEPS steps."""
    block = pack(np.full(STEPS_A_REPORT, 0.1))
    began, processor = time.perf_counter(), time.thread_time()
    for step in range(STEPS):
        until = time.perf_counter() + STEP_SECONDS
        if hub is not None:
            if step % STEPS_A_REPORT == 0:
                hub.send(StepsDone(step, block, block))
            hub.poll()
        while time.perf_counter() < until:
            pass  # the step itself
    return time.perf_counter() - began, time.thread_time() - processor


def own_share() -> None:
    """Print the time of a step beside bare, and what sending and polling take by themselves."""
    print(f"a step of 500 us beside bare, medians of {ROUNDS} pairs:")
    for name, reading, stopped in (
        ("no viewer", 0, 0),
        ("five", 5, 0),
        ("five, two stopped", 3, 2),
    ):
        hub = Hub("bench")
        hub.send(Started("Constant(0.1)", script=Script("bench")))
        path = str(hub.registration.place.socket)
        viewers = [viewer(path, reads=True) for _ in range(reading)]
        viewers += [viewer(path, reads=False) for _ in range(stopped)]
        ratios = [trained(hub)[0] / trained(None)[0] for _ in range(ROUNDS)]
        began = time.thread_time()
        for step in range(100_000):
            if step % STEPS_A_REPORT == 0:
                hub.send(StepsDone(step, b"", b""))
            hub.poll()
        own = (time.thread_time() - began) / 100_000
        beside = statistics.median(ratios)
        print(f"  {name:<20}{beside:6.3f} x   {own * 1e6:5.2f} us of its own")
        for one in viewers:
            one.close()
        hub.close()


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


def first_picture() -> None:
    """Print how much later than an opening program all is on the screen, and the memory."""
    where = {"XDG_STATE_HOME": os.environ["XDG_STATE_HOME"]}
    for count in (1_000_000, 10_000_000):
        training = subprocess.Popen(
            [sys.executable, "-c", KEEP, str(count)], stdout=subprocess.PIPE, text=True
        )
        assert training.stdout is not None
        training.stdout.readline()
        opened, attached, memory = [], [], 0.0
        for _ in range(ROUNDS):
            began = time.perf_counter()
            with Program("-m", "lrtui", "--cold") as program:
                program.wait_for_bytes(b"start 1.00e-1")
                opened.append(time.perf_counter() - began)
            began = time.perf_counter()
            with Program("-m", "lrtui", "attach", "bench", environment=where) as program:
                program.wait_for_bytes(f"step {count}".encode())
                attached.append(time.perf_counter() - began)
                memory = max(memory, program.resident / 2**20)
        training.kill()
        training.wait()
        training.stdout.close()
        later = statistics.median(attached) - statistics.median(opened)
        print(f"  {count:>10} steps: {1000 * later:4.0f} ms later than opening, {memory:4.0f} MB")


def main() -> None:
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="lrt")
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    own_share()
    print(f"lrtui attach, 80x24, medians of {ROUNDS}:")
    first_picture()


if __name__ == "__main__":
    main()
