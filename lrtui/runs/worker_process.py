"""Starts and ends the process of a worker, and says why it ended.

Knows nothing of messages.
"""

import asyncio
import contextlib
import os
import re
import resource
import signal
import site
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import lrtui

LOOK_SECONDS = 0.2
"""How often it is looked whether a worker has ended, while its socket says nothing of it."""
PATIENCE_SECONDS = 1.0
"""How long a worker may take to end by itself before it is told to, then before it is killed."""

_OUT_OF_MEMORY = r"out of memory|bad_alloc|MemoryError|cannot allocate memory|failed to map segment"


Folder = tempfile.TemporaryDirectory[str]


class WorkerProcess:
    """A process of ours, and a folder for its temporary files; after :meth:`end` neither is left.

    TensorFlow writes files (autograph, of a schedule of the user's own) that it removes at a normal
    exit, and a worker has none.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        scratch: Folder | None,
        watcher: "Watcher",
    ) -> None:
        self._process, self._scratch, self._watcher = process, scratch, watcher

    @classmethod
    async def start(cls, python: str, line: socket.socket, threads: int, device: str) -> Self:
        """Start it; `line` is its end of the socket, and can be closed then.

        Raises:
            OSError: it cannot be started.
        """
        fd = line.fileno()
        scratch = _scratch()
        # -P: a file of the user's, keras.py or random.py in the present folder, is not imported.
        command = [python, "-P", "-m", "lrtui.worker", "--fd", str(fd)]
        command += ["--threads", str(threads), "--device", device]
        command += ["--scratch", scratch.name] if scratch is not None else []
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=(fd,),
                start_new_session=True,
                env=environment(),
            )
        except BaseException:
            _remove(scratch)
            raise
        return cls(process, scratch, Watcher(process.pid, "" if scratch is None else scratch.name))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def output(self) -> asyncio.StreamReader:
        """What it prints."""
        assert self._process.stdout is not None
        return self._process.stdout

    async def wait(self) -> None:
        """Return when it has ended, also if a child of its still holds its socket."""
        # wait() of some versions of Python waits for its pipes, too, which a child may hold.
        while self._process.returncode is None:
            await asyncio.sleep(LOOK_SECONDS)

    def kill_children(self) -> None:
        """End what it has left behind, once it has ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> int:
        """Return its exit code when it has ended: by itself, or told to, or killed."""
        try:
            for insist in (self._process.terminate, self._process.kill):
                try:
                    return await asyncio.wait_for(self._process.wait(), PATIENCE_SECONDS)
                except TimeoutError:
                    with contextlib.suppress(ProcessLookupError):
                        insist()
            return await self._process.wait()
        finally:
            self.kill_children()
            self._watcher.close()
            _remove(self._scratch)


class Watcher:
    """A small process that kills a process group when this process ends, whatever either does.

    It waits at the end of a pipe that only this process holds. The group may be busy, stopped or
    out of memory: SIGKILL needs nothing of it.

    Args:
        group: the id of the group.
        scratch: a folder that is removed then; empty: none.
    """

    _SCRIPT = 'read -r done || { kill -s KILL -- "-$1"; [ -z "$2" ] || rm -rf -- "$2"; }'

    def __init__(self, group: int, scratch: str = "") -> None:
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):  # the worker ends with its socket, too
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", self._SCRIPT, "lrtui-watcher", str(group), scratch],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def close(self) -> None:
        """The group has ended: it is not watched any more, and nobody is killed."""
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self._process.stdin.write(b"done\n")
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_SECONDS)


def _scratch() -> Folder | None:
    """None where no folder can be made: most trainings write nothing."""
    try:
        return tempfile.TemporaryDirectory(prefix="lrtui-", ignore_cleanup_errors=True)
    except OSError:
        return None


def _remove(scratch: Folder | None) -> None:
    if scratch is not None:
        scratch.cleanup()


def environment() -> Mapping[str, str]:
    """Ours, but for the module path: this very package is found, the present folder is not."""
    home = str(Path(lrtui.__file__).parent.parent)
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = [entry for entry in given if entry not in ("", ".")]
    if home not in (*site.getsitepackages(), site.getusersitepackages()):
        path.insert(0, home)
    return os.environ | {"PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


def at_work(pid: int) -> bool:
    """Whether some thread runs, or would if there was a processor or a disk for it.

    False too where the system does not tell (macOS), or there is no such process.
    """
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        # "pid (name) state ...", and the name may hold anything.
        return any(
            (one / "stat").read_text().rpartition(") ")[2][:1] in ("R", "D") for one in tasks
        )
    except OSError:
        return False


HUNG = "your code hung where it could not be interrupted, and was ended"


def reason(code: int, last_words: str) -> str:
    """Why a process is gone, one or two lines.

    Args:
        code: what it exited with; negative: the signal that ended it.
        last_words: the last line it printed that says something.
    """
    if last_words.startswith("Timeout ("):
        return HUNG
    told = -code in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    words = "" if told else last_words
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        how = f"killed by {name}{_memory(-code, words)}"
        return f"{how}\n{words}" if words else how
    how = f"exit code {code}{_memory(0, words)}"
    return f"{how}: {words}" if words else how


def _memory(number: int, words: str) -> str:
    """Whether it is because of memory, as far as that can be known."""
    if number == signal.SIGKILL:
        return ", as the system does when memory runs out"
    allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    limit = f"; at most {allowed // 2**20} MB are allowed (ulimit -v)"
    limit = "" if allowed == resource.RLIM_INFINITY else limit
    if re.search(_OUT_OF_MEMORY, words, re.IGNORECASE):
        return f", out of memory{limit}"
    crashed = number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
    # TensorFlow does not look whether it was given the memory that it asked for.
    return f", probably out of memory{limit}" if crashed and limit else ""
