"""What reading 50 MB of TensorBoard's event files takes: time, and memory of the whole process.

``python -m benchmarks.logs``; the figures in docs/design.md are from it. At most 3 s and 100 MB.
"""

import struct
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from lrtui.logs.crc32c import masked_crc, masked_crcs
from tests.logs.events import event, field, file_of, tensor

MEGABYTES = 50
STEPS_AT_ONCE = 20_000
MOST_SECONDS, MOST_MEGABYTES = 3.0, 100.0

CHILD = """
import resource, sys, time
from pathlib import Path
begin = time.perf_counter()
from lrtui.logs.follower import read_logs
read = read_logs(Path(sys.argv[1]))
count = sum(len(one) for log in read.logs for one in log.series)
assert not read.faults, read.faults
unit = 2**20 if sys.platform == "darwin" else 2**10
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
print(count, time.perf_counter() - begin, memory)
"""


def write(path: Path) -> None:
    """A rate and a loss of each step, as TensorFlow 2 writes them."""
    with path.open("wb") as file:
        file.write(file_of())
        step = 0
        while file.tell() < MEGABYTES * 10**6:
            steps = range(step, step + STEPS_AT_ONCE)
            file.write(
                _records([_of_rate(one) for one in steps] + [_of_loss(one) for one in steps])
            )
            step += STEPS_AT_ONCE


def _of_rate(step: int) -> bytes:
    return tensor("epoch/learning_rate", step, 0.1 / (step + 1))


def _of_loss(step: int) -> bytes:
    return event(step, field(5, field(1, field(1, b"loss") + b"\x15" + struct.pack("<f", 0.5))))


def _records(events: list[bytes]) -> bytes:
    """As `tests.logs.events.record` makes them, a hundred times quicker."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(events):
        places[len(one)].append(place)
    records = [b""] * len(events)
    for length, those in places.items():
        rows = np.frombuffer(b"".join(events[one] for one in those), np.uint8).reshape(-1, length)
        head = struct.pack("<Q", length)
        head += struct.pack("<I", masked_crc(head))
        for place, total in zip(those, masked_crcs(rows).tolist(), strict=True):
            records[place] = head + events[place] + struct.pack("<I", total)
    return b"".join(records)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "events.out.tfevents.1.benchmark")
        done = subprocess.run(
            [sys.executable, "-c", CHILD, folder], capture_output=True, text=True, check=True
        )
    count, seconds, memory = map(float, done.stdout.split())
    print(f"{MEGABYTES} MB, {count:.0f} scalars: {seconds:.2f} s, {memory:.0f} MB")
    if seconds > MOST_SECONDS or memory > MOST_MEGABYTES:
        sys.exit(f"at most {MOST_SECONDS} s and {MOST_MEGABYTES} MB")


if __name__ == "__main__":
    main()
