"""Accidents of the real worker, TensorFlow and all; started as rarely as can be.

What needs no TensorFlow is in test_accidents, test_liveness and test_floods.
"""

import asyncio
import csv
import fcntl
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from lrtui.protocol import (
    Ended,
    Pause,
    Paused,
    Ready,
    Resume,
    Resumed,
    Sample,
    Sampled,
    Settings,
    Start,
    Started,
    StepsDone,
    Stop,
)
from lrtui.runs.record import RunRecord
from tests.consent import as_it_is
from tests.runs.stages import AUTOGRAPHED, Stage, nothing_left_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

FALLING = "ExponentialDecay(0.1, decay_steps=64, decay_rate=0.5)"
LONG = Settings(epochs=10**6)
KILLED = "killed by SIGKILL, as the system does when memory runs out"


@pytest.fixture(scope="module", autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The system's temporary folder, in which nothing is left in the end."""
    with nothing_left_in(tmp_path_factory.mktemp("system") / "tmp") as folder:
        yield folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def survivor(
    tmp_path_factory: pytest.TempPathFactory, temporary: Path
) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("worker"), threads=1)
    yield stage
    await stage.client.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stage(survivor: Stage) -> Stage:
    """A worker that is ready: the one that the test before left, or another."""
    if survivor.client.pid is None:
        await survivor.client.start()
        await survivor.hear(Ready)
    return survivor


async def training(stage: Stage, pace: float | None = None) -> RunRecord:
    """The record of a run that has begun."""
    stage.client.send(Start(FALLING, LONG, pace=pace))
    started = await stage.hear(Started)
    return RunRecord.of([started, await stage.hear(StepsDone)])


async def farewell(stage: Stage, record: RunRecord) -> str:
    """Why it is gone; the record has all that was heard before."""
    *heard, why = await stage.until(lambda event: isinstance(event, str))
    for event in heard:
        assert not isinstance(event, str)
        record.add(event)
    record.lose(str(why))
    assert record.state == "killed"
    assert record.steps > 0
    assert stage.client.pid is None
    return str(why)


async def test_killed_while_starting(survivor: Stage) -> None:
    client = survivor.client
    await client.start()
    pid = client.pid
    assert pid is not None
    async with asyncio.timeout(60):
        while "tensorflow" not in Path(f"/proc/{pid}/maps").read_text():
            await asyncio.sleep(0.01)
    assert client.status.state == "starting"
    os.kill(pid, signal.SIGKILL)

    assert await survivor.hear(str) == KILLED
    assert client.status.reason == KILLED


async def test_memory_that_no_machine_has(stage: Stage, tmp_path: Path) -> None:
    """The worker says so and lives."""
    (tmp_path / "mine.py").write_text(
        "import numpy\n\ndef greedy(step):\n    return numpy.zeros(10**15)[0]\n"
    )
    source = f"{tmp_path / 'mine.py'}:greedy"
    stage.client.send(Start(source, LONG, allowed=as_it_is(source)))
    failed = await stage.hear(Ended)

    assert failed.reason == "failed"
    assert "Unable to allocate" in failed.message
    stage.client.send(Start(FALLING, Settings(epochs=1, steps_per_epoch=4)))
    assert (await stage.record()).state == "done"


async def test_its_output_floods_while_it_samples(stage: Stage, tmp_path: Path) -> None:
    source = (
        "def loud(step):\n    print('\\x1b[2J' + str(step) * 100, flush=True)\n    return 0.1\n"
    )
    (tmp_path / "mine.py").write_text(source)
    named = f"{tmp_path / 'mine.py'}:loud"
    stage.client.send(Sample(named, 20_000, allowed=as_it_is(named)))

    assert (await stage.hear(Sampled)).error == ""
    async with asyncio.timeout(60):
        while not stage.client.output[-1:] or not stage.client.output[-1].endswith("19999" * 9):
            await asyncio.sleep(0.01)
    assert len(stage.client.output) == 1000
    assert all(line.isprintable() for line in stage.client.output)
    assert stage.client.log_path.stat().st_size <= 1_000_000


async def test_garbage_and_half_a_command(stage: Stage) -> None:
    record = await training(stage)
    writer = stage.client._writer
    assert writer is not None
    writer.write(b'\x00\xff\x1b[2J\n{"type":"reset"\n{"type":"pau')
    record.add(await stage.hear(StepsDone))
    writer.write(b'se"}\n')
    await stage.hear(Paused)
    stage.client.send(Resume())
    await stage.hear(Resumed)
    stage.client.send(Stop())

    assert (await stage.hear(Ended)).reason == "stopped"
    assert sum("no command" in line for line in stage.client.output) == 2


async def test_stopped_in_mid_run_it_is_said_within_three_seconds_and_can_be_ended(
    stage: Stage,
) -> None:
    record = await training(stage)
    pid = stage.client.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    async with asyncio.timeout(60):
        while stage.client.status.answers:
            await asyncio.sleep(0.01)
    assert stage.client.silent_for <= 3
    stage.client.kill()

    assert (await farewell(stage, record)).startswith("ended: it did not answer for ")
    assert not Path(f"/proc/{pid}").exists()


async def test_killed_while_paused(stage: Stage) -> None:
    record = await training(stage)
    stage.client.send(Pause())
    for event in await stage.until(lambda event: isinstance(event, Paused)):
        assert not isinstance(event, str)
        record.add(event)
    assert stage.client.status.state == "paused"
    pid = stage.client.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    assert await farewell(stage, record) == KILLED


async def test_killed_in_mid_run(stage: Stage, tmp_path: Path, temporary: Path) -> None:
    """What is recorded stays, no temporary file does, and another can be started."""
    (tmp_path / "mine.py").write_text(AUTOGRAPHED)
    source = f"{tmp_path / 'mine.py'}:halving"
    stage.client.send(Start(source, Settings(epochs=1000), allowed=as_it_is(source)))
    started = await stage.hear(Started)
    record = RunRecord.of([started, await stage.hear(StepsDone)])
    pid = stage.client.pid
    assert pid is not None
    assert any(temporary.rglob("*.py")), "there is something to leave behind"
    os.kill(pid, signal.SIGKILL)

    assert await farewell(stage, record) == KILLED
    assert record.message == KILLED
    assert stage.client.state == "gone"
    assert not Path(f"/proc/{pid}").exists()
    assert list(temporary.iterdir()) == []


async def test_killed_while_writing(stage: Stage, tmp_path: Path) -> None:
    """In the middle of a line of 10 MB, of which the socket holds a part."""
    (tmp_path / "mine.py").write_text("def mine(step):\n    return 0.1\n")
    record = await training(stage, pace=10)
    writer, pid = stage.client._writer, stage.client.pid
    assert writer is not None
    assert pid is not None
    transport = writer.transport
    assert isinstance(transport, asyncio.ReadTransport)
    transport.pause_reading()
    source = f"{tmp_path / 'mine.py'}:mine"
    stage.client.send(Sample(source, 2_000_000, allowed=as_it_is(source)))
    socket = transport.get_extra_info("socket")
    async with asyncio.timeout(60):
        while unread(socket.fileno()) < 100_000:
            await asyncio.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    transport.resume_reading()

    assert await farewell(stage, record) == KILLED


def unread(fd: int) -> int:
    """Bytes that wait in a socket."""
    return int(struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0])


LRTUI = (sys.executable, "-m", "lrtui")
TRAIN = ("train", FALLING, "--epochs", "40", "--steps-per-epoch", "2", "--threads", "1")


async def test_less_memory_than_it_needs() -> None:
    """As under `ulimit -v`. With more, where it fails (or whether) depends on the machine."""
    limit = 1200 * 2**20
    process = await asyncio.create_subprocess_exec(
        *(*LRTUI, *TRAIN),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    _, error = await process.communicate()
    said = error.decode()

    assert process.returncode == 1
    assert said.startswith("lrtui train: ")
    assert len(said.splitlines()) <= 2
    assert "ulimit -v" in said or "out of memory" in said


@pytest.fixture
def small_disk(tmp_path: Path) -> list[str]:
    """What a command is put behind so that the folder `disk` holds 4 KB."""
    (tmp_path / "disk").mkdir()
    mount = f"mount -t tmpfs -o size=4k tmpfs {tmp_path / 'disk'}"
    behind = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*behind, "true"], check=False).returncode:
        pytest.skip("needs a system where a user may mount a folder of his own")
    return behind


async def test_two_at_once_one_of_them_on_a_full_disk(
    tmp_path: Path, small_disk: list[str], folders_of_nobody: Path
) -> None:
    """Both train the same, each has its log; of the file that is too large nothing stays."""
    logs = folders_of_nobody / "xdg_state_home" / "lrtui"
    earlier = set(logs.glob("worker-*.log"))
    full = tmp_path / "disk" / "run.json"
    listing = f'"$@"; code=$?; ls -A {tmp_path / "disk"}; exit $code'
    one, other = await asyncio.gather(
        asyncio.create_subprocess_exec(
            *(*LRTUI, *TRAIN, "--history", str(tmp_path / "run.csv")),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ),
        asyncio.create_subprocess_exec(
            *(*small_disk, "sh", "-c", listing, "sh"),
            *(*LRTUI, *TRAIN, "--history", str(full)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ),
    )
    (table, quiet), (same, error) = await asyncio.gather(one.communicate(), other.communicate())

    assert (one.returncode, quiet) == (0, b"")
    rows = list(csv.reader((tmp_path / "run.csv").read_text().splitlines()))
    assert len(rows) == 41
    assert other.returncode == 1
    assert error.decode() == f"lrtui train: {full} could not be written: No space left on device\n"
    assert same == table, "the training went on, and the folder is empty"
    assert len(set(logs.glob("worker-*.log")) - earlier) == 2
