"""Accidents of the worker that trains, under the client that watches it."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from benchmarks.accidents.table import PATIENCE_SECONDS, Accident, lives
from lrtui.protocol import (
    Event,
    Pause,
    Paused,
    Ready,
    Settings,
    Start,
    Started,
    StepsDone,
    encode,
)
from lrtui.protocol.registry import places
from lrtui.runs.client import Client
from lrtui.runs.journal import read_journal
from lrtui.runs.record import RunRecord

SEEN_SECONDS = 3.0
"""How soon a dead worker must be told."""


class Watching:
    """A client, and what it heard."""

    def __init__(self, folder: Path, **how: str) -> None:
        os.environ["XDG_STATE_HOME"] = str(folder)
        self._heard: asyncio.Queue[Event | str] = asyncio.Queue()
        self.client = Client(
            threads=1,
            on_event=self._heard.put_nowait,
            on_gone=self._heard.put_nowait,
            log_path=folder / "worker.log",
            **how,  # type: ignore[arg-type]
        )
        self.record: RunRecord | None = None

    async def until(self, kind: type[Event] | type[str]) -> Event | str:
        """What comes, up to the first of this kind."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                one = await self._heard.get()
                if isinstance(one, Started):
                    self.record = RunRecord.of([one])
                elif not isinstance(one, str) and self.record is not None:
                    self.record.add(one)
                if isinstance(one, kind):
                    return one

    async def train(self) -> int:
        """Begin a training, and return the worker's process."""
        await self.client.start()
        await self.until(Ready)
        self.client.send(Start("exponential", Settings(epochs=10**6)))
        for _ in range(8):
            await self.until(StepsDone)
        assert self.client.pid is not None
        return self.client.pid

    async def is_told(self) -> float:
        """Wait until its end is told, look at what is left. Returns the seconds that were lost."""
        began = time.monotonic()
        why = await self.until(str)
        assert time.monotonic() - began < SEEN_SECONDS, "its end was told late"
        assert isinstance(why, str)
        assert 0 < len(why.splitlines()) <= 2
        if self.record is None:
            return 0.0
        self.record.lose(why)
        return lost(self.record)


def lost(record: RunRecord) -> float:
    """How many seconds of a run are not in its journal, at 400 steps a second or more."""
    (place,) = [one for one in places() if one.events.exists()]
    journal = read_journal(place).record()
    assert journal is not None
    return max(0, record.steps - journal.steps) / 400


async def _in(moment: str, watching: Watching) -> int:
    if moment != "while TensorFlow loads":
        pid = await watching.train()
        if moment == "paused":
            watching.client.send(Pause())
            await watching.until(Paused)
        return pid
    await watching.client.start()
    loading = watching.client.pid
    assert loading is not None
    while "tensorflow" not in Path(f"/proc/{loading}/maps").read_text():
        await asyncio.sleep(0.02)
    return loading


async def _signal(moment: str, number: signal.Signals, watching: Watching) -> float:
    pid = await _in(moment, watching)
    os.kill(pid, number)
    if number == signal.SIGINT:  # it is for the program, not for its worker
        for _ in range(4):
            await watching.until(StepsDone)
        return 0.0
    seconds = await watching.is_told()
    assert not lives(pid)
    return seconds


async def _stopped(go_on: bool, watching: Watching) -> float:
    pid = await watching.train()
    os.kill(pid, signal.SIGSTOP)
    async with asyncio.timeout(10):
        while watching.client.status.answers:
            await asyncio.sleep(0.02)
    assert watching.client.silent_for <= SEEN_SECONDS + 0.5
    if go_on:
        os.kill(pid, signal.SIGCONT)
        await watching.until(StepsDone)
        async with asyncio.timeout(10):
            while not watching.client.status.answers:
                await asyncio.sleep(0.02)
        return 0.0
    watching.client.kill()
    seconds = await watching.is_told()
    assert not lives(pid)
    return seconds


PLAYED = f"""#!/usr/bin/env python3
import os, signal, socket, sys, time
line = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
line.sendall({encode(Ready(1, "", "", [], 1, 0, 1))!r})
"""
"""A program that plays a worker."""


async def _played(does: str, wanted: str, watching: Watching) -> float:
    """A worker that floods, babbles or forks: it is ended, or outlived."""
    await watching.client.start()
    pid = watching.client.pid
    assert pid is not None
    why = await watching.until(str)
    assert wanted in str(why), why
    assert not lives(pid)
    return 0.0


def _run(does: Callable[[Watching], Awaitable[float]], folder: Path) -> float:
    async def run() -> float:
        watching = Watching(folder)
        try:
            return await does(watching)
        finally:
            await watching.client.close()

    return asyncio.run(run())


def _run_played(does: str, wanted: str, folder: Path) -> float:
    program = folder / "python"
    program.write_text(PLAYED + does)
    program.chmod(0o700)

    async def run() -> float:
        watching = Watching(folder, python=str(program))
        try:
            return await _played(does, wanted, watching)
        finally:
            await watching.client.close()

    return asyncio.run(run())


SIGNALS = (
    *(signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT),
    *(signal.SIGSEGV, signal.SIGABRT),
)
DOES = {
    "sends a line without an end": (
        "while True: line.sendall(b'x' * (1 << 20))",
        "more than 16777216 bytes",
    ),
    "sends what is no message": ("line.sendall(b'nonsense\\n'); time.sleep(99)", "no event"),
    "prints a million lines, then fails": (
        "for n in range(10**6): print(n, 'x' * 80)\nsys.exit(3)",
        "exit code 3",
    ),
    "dies while a child of it holds its socket": (
        "if os.fork() == 0: time.sleep(99)\nos._exit(4)",
        "exit code 4",
    ),
    "runs out of descriptors": (
        "kept = []\nwhile True: kept.append(open('/dev/null'))",
        "Too many open files",
    ),
}
ACCIDENTS = [
    *(
        Accident("worker", moment, number.name, partial(_run, partial(_signal, moment, number)))
        for moment, numbers in (
            ("while TensorFlow loads", SIGNALS[:2]),
            ("while it trains", SIGNALS),
            ("paused", SIGNALS[:2]),
        )
        for number in numbers
    ),
    Accident(
        "worker", "while it trains", "SIGSTOP, then SIGCONT", partial(_run, partial(_stopped, True))
    ),
    Accident(
        "worker",
        "while it trains",
        "SIGSTOP, then ended by key",
        partial(_run, partial(_stopped, False)),
    ),
    *(
        Accident("worker", "at any time", what, partial(_run_played, *does))
        for what, does in DOES.items()
    ),
]
