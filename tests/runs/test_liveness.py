"""A worker that does not answer, seen by the client; the workers are tiny programs, not ours."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from lrtui.protocol import (
    Alive,
    Command,
    Pause,
    Ready,
    Settings,
    Start,
    Started,
    StepsDone,
    encode,
    pack,
)
from lrtui.runs.client import Client
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.worker_process import at_work
from lrtui.tui.training import worker_facts
from tests.runs.stages import Stage, interpreter

READY = Ready(1, "2.21.0", "3.15.1", ["CPU"], 2, 10, 600)

SPEAKS = f"""
    import threading, time
    def speak():
        while True:
            line.sendall({encode(Alive(700))!r})
            time.sleep(0.1)
    line.sendall({encode(READY)!r})
    threading.Thread(target=speak, daemon=True).start()
    while line.recv(1000): pass
"""


class Watched(Stage):
    """A stage that also hears how the worker is seen."""

    def __init__(self, folder: Path, body: str, **how: Any) -> None:
        self.states: asyncio.Queue[WorkerStatus] = asyncio.Queue()
        python = interpreter(folder, body)
        super().__init__(folder, python=python, on_state=self.states.put_nowait, **how)

    async def see(self, wanted: str) -> WorkerStatus:
        """The worker when its state reads so."""
        async with asyncio.timeout(60):
            while not worker_facts.state(seen := await self.states.get()).startswith(wanted):
                pass
        return seen


async def test_stopped_it_is_said_not_to_answer_and_going_on_it_answers(tmp_path: Path) -> None:
    stage = Watched(tmp_path, SPEAKS)
    await stage.client.start()
    seen = await stage.see("ready")
    assert seen.pid is not None
    os.kill(seen.pid, signal.SIGSTOP)
    silent = await stage.see("does not answer")

    assert 2.5 <= silent.silent_for <= 3
    assert not silent.answers
    assert stage.client.silent_for >= 2.5
    os.kill(seen.pid, signal.SIGCONT)
    assert (await stage.see("ready")).silent_for == 0
    await stage.client.close()


async def test_ended_on_request_it_is_said_why_and_another_can_be_started(tmp_path: Path) -> None:
    stage = Watched(tmp_path, SPEAKS)
    await stage.client.start()
    pid = (await stage.see("ready")).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await stage.see("does not answer")
    stage.client.kill()
    stage.client.kill()
    assert stage.client.status.state == "ending"
    stage.client.send(Pause())
    why = await stage.hear(str)
    gone = stage.client.status

    assert why.startswith("ended: it did not answer for ")
    assert (gone.state, gone.pid, gone.reason) == ("gone", None, why)
    assert not Path(f"/proc/{pid}").exists()
    await stage.client.start()
    await stage.see("ready")
    await stage.client.close()
    assert not [one for one in stage.heard._queue if isinstance(one, str)]  # type: ignore[attr-defined]


async def test_one_that_answers_can_be_ended_too(tmp_path: Path) -> None:
    stage = Watched(tmp_path, SPEAKS)
    stage.client.kill()
    await stage.client.start()
    await stage.see("ready")
    stage.client.kill()

    assert await stage.hear(str) == "ended: as you asked"
    stage.client.kill()
    await stage.client.close()


@pytest.mark.parametrize("end", ["kill", "close"])
async def test_one_that_reads_no_commands_is_ended_all_the_same(tmp_path: Path, end: str) -> None:
    """More is written to it than the socket holds."""
    deaf = f"import time; line.sendall({encode(READY)!r}); time.sleep(1000)"
    stage = Watched(tmp_path, deaf)
    await stage.client.start()
    await stage.see("ready")
    long: Command = Start("x" * 10**6, Settings())
    stage.client.send(long)
    if end == "kill":
        stage.client.kill()
        assert await stage.hear(str) == "ended: as you asked"
    else:
        await stage.client.close()
    assert stage.client.pid is None


async def test_commands_for_a_worker_that_ended_are_not_given_to_the_next(tmp_path: Path) -> None:
    echo = f"line.sendall({encode(READY)!r}); print(line.recv(1000), flush=True)"
    stage = Watched(tmp_path, SPEAKS)
    await stage.client.start()
    await stage.see("ready")
    stage.client.kill()
    stage.client.send(Start("lost", Settings()))
    await stage.hear(str)
    interpreter(tmp_path, echo)
    await stage.client.start()
    stage.client.send(Start("found", Settings()))
    await stage.hear(str)

    assert "found" in stage.client.output[-1]
    assert "lost" not in "".join(stage.client.output)


async def test_what_is_seen_of_a_training(tmp_path: Path) -> None:
    some = pack([0.1] * 50)
    said = [
        READY,
        Started("", Settings()),
        StepsDone(0, some, some, 800),
        StepsDone(50, some, some, 900),
    ]
    body = f"line.sendall({b''.join(map(encode, said))!r}); line.recv(1)"
    now = 1000.0
    stage = Watched(tmp_path, body, clock=lambda: now)
    await stage.client.start()
    await stage.hear(StepsDone)
    now = 1000.0
    await stage.hear(StepsDone)
    now = 1001.0
    seen = stage.client.status

    assert seen.state == "training"
    assert seen.ready == READY
    assert seen.memory == stage.client.memory == 900
    assert seen.since == 1.0
    assert seen.steps_per_second == 50
    await stage.client.close()
    assert stage.client.status.state == "cold"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not tell")
async def test_whether_a_process_is_at_work() -> None:
    sleeps = await asyncio.create_subprocess_exec("sleep", "1000")
    works = await asyncio.create_subprocess_exec("sh", "-c", "while :; do :; done")
    try:
        assert at_work(works.pid)
        async with asyncio.timeout(20):
            while at_work(sleeps.pid):
                await asyncio.sleep(0.01)
        os.kill(works.pid, signal.SIGSTOP)
        async with asyncio.timeout(20):
            while at_work(works.pid):
                await asyncio.sleep(0.01)
    finally:
        for one in (sleeps, works):
            one.kill()
            await one.wait()
    assert not at_work(works.pid)


def test_a_client_without_a_worker(tmp_path: Path) -> None:
    client = Client(on_event=print, on_gone=print, log_path=tmp_path / "worker.log")

    assert (client.status.state, client.status.pid, client.silent_for) == ("cold", None, 0)
