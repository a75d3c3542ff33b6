"""A thousand starts and stops of a worker, and many runs in one: what stays behind of them.

By hand: ``python -m benchmarks.stress [STARTS [RUNS]]``. The starts are of a tiny program that
plays a worker, ended in every way there is; the runs are the real worker's.
"""

import asyncio
import gc
import os
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from lrtui.protocol import Ended, Event, Ready, Settings, Start, encode
from lrtui.runs.client import Client

STARTS = 1000
RUNS = 30

PLAYED = f"""#!{sys.executable} -S
import socket, sys
line = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
print("started", flush=True)
line.sendall({encode(Ready(1, "", "", [], 1, 0, 1))!r})
while line.recv(1000): pass
"""


@dataclass(frozen=True)
class Left:
    """What this process holds."""

    fds: int
    threads: int
    tasks: int
    children: int
    """Processes begun by it, zombies too."""
    files: int
    """In the folder of the log."""
    memory: int
    """Resident, in bytes."""

    def __str__(self) -> str:
        return (
            f"{self.fds:4} fds {self.threads:3} threads {self.tasks:3} tasks {self.children:3} "
            f"children {self.files:3} files {self.memory / 1e6:7.1f} MB"
        )


def left(folder: Path) -> Left:
    """What is held now. Linux only."""
    gc.collect()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return Left(
        fds=len(list(Path("/proc/self/fd").iterdir())),
        threads=threading.active_count(),
        tasks=len(asyncio.all_tasks()),
        children=len(children),
        files=len(list(folder.iterdir())),
        memory=int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
    )


class Sitting:
    """A client in a folder of its own, with what it says in a queue."""

    def __init__(self, folder: Path, played: bool) -> None:
        self.heard: asyncio.Queue[Event | str] = asyncio.Queue()
        self.client = Client(
            on_event=self.heard.put_nowait,
            on_gone=self.heard.put_nowait,
            log_path=folder / "worker.log",
            python=_program(folder) if played else sys.executable,
        )

    async def hear(self, kind: type[Event] | type[str]) -> Event | str:
        """The next of this kind."""
        async with asyncio.timeout(120):
            while not isinstance(heard := await self.heard.get(), kind):
                pass
        return heard

    async def at_once(self) -> None:
        await self.client.close()

    async def when_ready(self) -> None:
        await self.hear(Ready)
        await self.client.close()

    async def killed(self) -> None:
        await self.hear(Ready)
        assert self.client.pid is not None
        os.kill(self.client.pid, signal.SIGKILL)
        await self.hear(str)

    async def ended_on_request(self) -> None:
        await self.hear(Ready)
        self.client.kill()
        await self.hear(str)

    @property
    def ways(self) -> list[Callable[[], Awaitable[None]]]:
        """The ways in which a worker may end."""
        return [self.at_once, self.when_ready, self.killed, self.ended_on_request]


def _program(folder: Path) -> str:
    program = folder / "python"
    program.write_text(PLAYED)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


async def start_and_stop(
    folder: Path, times: int, every: int, tell: Callable[[int, Left], None]
) -> None:
    """So many starts of a played worker, ended in all ways in turn; `tell` what is left now."""
    sitting = Sitting(folder, played=True)
    for number in range(1, times + 1):
        await sitting.client.start()
        await sitting.ways[number % 4]()
        if number % every == 0:
            await sitting.client.close()
            tell(number, left(folder))


async def _runs(folder: Path, times: int) -> None:
    sitting = Sitting(folder, played=False)
    await sitting.client.start()
    for number in range(1, times + 1):
        sitting.client.send(Start("exponential", Settings(epochs=1, steps_per_epoch=16)))
        await sitting.hear(Ended)
        if number in (1, 3) or number % 10 == 0:
            print(f"  {number:5} runs   worker {sitting.client.memory / 1e6:7.1f} MB")
    await sitting.client.close()


def main(starts: int = STARTS, runs: int = RUNS) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{starts} starts and stops, what the client's process holds:")
        each = max(1, starts // 10)
        asyncio.run(
            start_and_stop(folder, starts, each, lambda number, now: print(f"  {number:5}  {now}"))
        )
        print(f"{runs} runs in one worker:")
        asyncio.run(_runs(folder, runs))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
