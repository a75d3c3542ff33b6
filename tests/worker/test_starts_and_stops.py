"""Starts and stops leave nothing behind; the thousand are in benchmarks/stress.py."""

import asyncio
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.stress import Left, left, start_and_stop
from lrtui.protocol import Ready
from tests.runs.stages import Stage, nothing_left_in

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is left in the system's temporary folder either."""
    with nothing_left_in(tmp_path_factory.mktemp("system") / "tmp"):
        yield


async def test_forty_in_every_way_of_ending(tmp_path: Path) -> None:
    """Each worker that was not forgotten would hold some kilobytes and three descriptors."""
    seen: list[Left] = []
    python: list[int] = []

    def note(number: int, now: Left) -> None:
        python.append(tracemalloc.get_traced_memory()[0])
        seen.append(replace(now, memory=0))

    tracemalloc.start()
    try:
        await start_and_stop(tmp_path, 40, 8, note)
    finally:
        tracemalloc.stop()

    assert len(set(seen)) == 1, seen
    assert seen[0].files == 2, "the program and one log"
    assert python[-1] - python[1] < 24 * 1000, python


async def test_three_of_the_real_worker(tmp_path: Path) -> None:
    """Ended at once, while TensorFlow loads, and when it is ready."""
    stage = Stage(tmp_path, threads=1)
    await stage.client.start()
    await stage.client.close()
    before = left(tmp_path)
    pids = []
    for wanted in ("", "tensorflow", "ready"):
        await stage.client.start()
        pid = stage.client.pid
        assert pid is not None
        pids.append(pid)
        if wanted == "ready":
            await stage.hear(Ready)
        if wanted == "tensorflow":
            async with asyncio.timeout(60):
                while "tensorflow" not in Path(f"/proc/{pid}/maps").read_text():
                    await asyncio.sleep(0.01)
        await stage.client.close()

    assert replace(left(tmp_path), memory=0) == replace(before, memory=0)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert stage.heard.empty()
