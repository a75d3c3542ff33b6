"""A worker process and who listens to it, for tests: no fixed sleeps, only waiting for events."""

import asyncio
import contextlib
import stat
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lrtui.protocol import Ended, Event, Started
from lrtui.runs.client import Client
from lrtui.runs.record import RunRecord

T = TypeVar("T")

PATIENCE_SECONDS = 60
"""A hang fails the test after so long; nothing waits for it to pass."""


class Stage:
    """A client whose events and farewell go into one queue, in order."""

    def __init__(self, folder: Path, **how: Any) -> None:
        self.heard: asyncio.Queue[Event | str] = asyncio.Queue()
        self.client = Client(
            on_event=self.heard.put_nowait,
            on_gone=self.heard.put_nowait,
            log_path=folder / "worker.log",
            **how,
        )

    async def until(self, wanted: Callable[[Any], bool]) -> list[Event | str]:
        """All that is heard up to the first that is wanted, that one included.

        Raises:
            AssertionError: the worker is gone, or the run failed, and this was not wanted.
        """
        heard: list[Event | str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                heard.append(await self.heard.get())
                if wanted(heard[-1]):
                    break
                if isinstance(heard[-1], str):
                    raise AssertionError(f"the worker is gone: {heard[-1]}")
                if isinstance(heard[-1], Ended) and heard[-1].reason == "failed":
                    raise AssertionError(f"the run failed: {heard[-1].message}")
        return heard

    async def hear(self, kind: type[T]) -> T:
        """The next of this kind; `str` is the farewell."""
        last = (await self.until(lambda heard: isinstance(heard, kind)))[-1]
        assert isinstance(last, kind)
        return last

    async def record(self) -> RunRecord:
        """The record of the next run, when it has ended."""
        await self.hear_started()
        heard = await self.until(lambda event: isinstance(event, Ended))
        for event in heard:
            assert not isinstance(event, str)
            self._record.add(event)
        return self._record

    async def hear_started(self) -> None:
        self._record = RunRecord.of([await self.hear(Started)])


def interpreter(folder: Path, body: str) -> str:
    """A program that is started in place of Python and plays a worker; `line` is its socket."""
    program = folder / "python"
    head = f"""\
        #!{sys.executable}
        import os, socket, sys
        line = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
    """
    program.write_text(textwrap.dedent(head) + textwrap.dedent(body))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def lives(pid: int) -> bool:
    """Whether there is such a process. A zombie is none: the system takes it away when it likes."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return False
    return state != "Z"


async def gone(*pids: int) -> None:
    """Return when none of these processes lives."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any(map(lives, pids)):
            await asyncio.sleep(0.01)


def tensorflow_that(folder: Path, body: str) -> Path:
    """A folder for PYTHONPATH in which `import tensorflow` does this."""
    (folder / "tensorflow").mkdir()
    (folder / "tensorflow" / "__init__.py").write_text(textwrap.dedent(body))
    return folder


@contextlib.contextmanager
def nothing_left_in(folder: Path) -> Iterator[Path]:
    """The system's temporary folder is this one, for all processes; at the end nothing is in it."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("TMPDIR", str(folder))
        yield folder
    for _ in range(600):  # whoever removes what is left may still be at it
        if not list(folder.iterdir()):
            return
        time.sleep(0.05)
    left = [str(one.relative_to(folder)) for one in folder.rglob("*")]
    assert not left, left


AUTOGRAPHED = """
import tensorflow as tf

@tf.function
def halving(step):
    if step < 10:
        rate = 0.1
    else:
        rate = 0.05
    return rate
"""
"""A schedule for which TensorFlow writes a temporary file."""
