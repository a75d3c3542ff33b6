"""What reading costs, measured in a child: at most 1 s of CPU and 100 MB for 1 MB, and linear."""

import json
import subprocess
import sys

import pytest

from tests.fuzz.targets import RUN, TARGETS

CHILD = """
import json, resource, sys, tempfile
from pathlib import Path
from tests.fuzz.targets import REFUSALS, SEEDS, TARGETS

name = sys.argv[1]
read = TARGETS[name]
file = Path(tempfile.mkdtemp()) / "file"

def used():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime, now.ru_maxrss

def cost(data):
    before = used()
    try:
        read(data, file)
    except REFUSALS:
        pass
    after = used()
    return after[0] - before[0], (after[1] - before[1]) / 1024

PIECES = [b"[", b"{", b"(", b"-", b'"', b"a.", b"1,", b"[],", b'{"a":', b"(1,", b"0" , b"x=1\\n",
          b"[a]\\n", b"[[pins]]\\n", b"not ", b"1**", b"# x\\n", b"\\\\", b"\\xff", b"\\n"]
for seed in SEEDS[name]:
    cost(seed)  # reads what is read when it is first needed
found = []
for piece in [*PIECES, *SEEDS[name]]:
    small, large = (piece * (size // len(piece)) for size in (100_000, 1_000_000))
    found.append((repr(piece[:20]), *cost(small), *cost(large)))
print(json.dumps(found))
"""


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in RUN])
def test_what_reading_costs(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, name], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for piece, small, _, large, megabytes in json.loads(done.stdout):
        assert large <= 1, f"{large} s for 1 MB of {piece}"
        assert megabytes <= 100, f"{megabytes} MB for 1 MB of {piece}"
        assert large <= 20 * small + 0.2, f"{small} s and {large} s for 0.1 and 1 MB of {piece}"
