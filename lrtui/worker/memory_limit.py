"""Limits what a piece of code may add to the process's memory: it fails, and nothing else."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

MOST_MORE = 6 * 2**30
"""Data and models of the user's own may take so many bytes more, or three quarters of what is free
if that is less."""


@contextlib.contextmanager
def at_most_more() -> Iterator[None]:
    """Let allocations fail that would need more; where the system cannot do that, let all be."""
    try:
        import resource

        status, meminfo = _fields("/proc/self/status"), _fields("/proc/meminfo")
        now, free = status["VmData"], meminfo["MemAvailable"]
    except (ImportError, OSError, KeyError, ValueError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = now + min(MOST_MORE, free * 3 // 4)
    limits = [one for one in (soft, hard) if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([wanted, *limits]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _fields(path: str) -> dict[str, int]:
    """Bytes by name, of a file of the kernel's that gives kilobytes."""
    lines = (line.split() for line in Path(path).read_text().splitlines())
    return {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines if line[-1:] == ["kB"]}
