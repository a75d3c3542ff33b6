"""The process of a worker: how it is called, how it is ended, and what its end says.

Knows nothing of messages.
"""

import asyncio
import contextlib
import os
import re
import resource
import signal
import site
from collections.abc import Mapping
from pathlib import Path

import lrtui

PATIENCE_SECONDS = 1.0
"""How long a worker may take to end by itself before it is told to, then before it is killed."""

_OUT_OF_MEMORY = re.compile(
    r"out of memory|bad_alloc|MemoryError|cannot allocate memory|failed to map segment",
    re.IGNORECASE,
)


def command(python: str, fd: int, threads: int, device: str) -> list[str]:
    """What starts a worker whose socket is `fd`."""
    # -P: a file of the user's, keras.py or random.py in the present folder, is not imported.
    module = [python, "-P", "-m", "lrtui.training.worker"]
    return [*module, "--fd", str(fd), "--threads", str(threads), "--device", device]


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


async def end(process: asyncio.subprocess.Process) -> None:
    """Return when it has ended: by itself, or told to, or killed."""
    for insist in (process.terminate, process.kill):
        try:
            await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
            return
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                insist()
    await process.wait()


def reason(code: int, last_words: str) -> str:
    """Why a process is gone, one or two lines.

    Args:
        code: what it exited with; negative: the signal that ended it.
        last_words: the last line it printed that says something.
    """
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
    if _OUT_OF_MEMORY.search(words):
        return f", out of memory{limit}"
    crashed = number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
    # TensorFlow does not look whether it was given the memory that it asked for.
    return f", probably out of memory{limit}" if crashed and limit else ""
