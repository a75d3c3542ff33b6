"""Tries work in a forked child first: what hangs in C can only be ended with its process.

Python hears no signal while a function of C runs, such as ``sum(range(10**13))``, and no other
thread runs either. In the child nothing is kept: the work is done again by whoever asked, once it
is known to end. Linux only, where it can be seen what a child does; elsewhere nothing is tried.
"""

import contextlib
import faulthandler
import gc
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NoReturn

Outcome = Literal["ends", "hangs", "exits", "crashes", "unknown"]
"""``exits``: it ends its process by itself. ``crashes``: a signal ends it. ``unknown``: it waits
for something that a forked child has not (TensorFlow's threads, a lock), or nothing can be tried
here."""

IDLE_SECONDS = 0.5
"""A child that computes nothing for so long waits for what will not come."""
LOOK_SECONDS = 0.02
_ENDS = 87
"""The exit code of a child whose work has ended, in whatever way."""


_in_child = False


def in_child() -> bool:
    """Whether this is the child in which something is tried; whoever forked it watches it."""
    return _in_child


def tried(work: Callable[[], object], seconds: float) -> Outcome:
    """What becomes of some work.

    Args:
        work: whatever it raises, it has ended.
        seconds: by the clock, after which it hangs.
    """
    if not Path("/proc/self/stat").exists():
        return "unknown"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads, none of which the child needs
        try:
            child = os.fork()
        except OSError:
            return "unknown"
    if child == 0:
        _work(work, seconds)
    status: int | None = None
    try:
        until = time.monotonic() + seconds
        status, idle = _watched(child, until)
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    if status is None:
        return "unknown" if idle else "hangs"
    if os.WIFSIGNALED(status):
        return "hangs" if os.WTERMSIG(status) == signal.SIGXCPU else "crashes"
    return "ends" if os.WEXITSTATUS(status) == _ENDS else "exits"


def _work(work: Callable[[], object], seconds: float) -> NoReturn:
    """In the child: do it, unseen and unheard."""
    global _in_child
    _in_child = True
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.disable()  # which may have a descriptor of its own to tell a crash on
        gc.disable()  # what TensorFlow made in the parent aborts the child that lets go of it
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        # Should the parent be killed meanwhile, the system ends it.
        most = int(seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        work()
    except BaseException:
        pass
    finally:
        os._exit(_ENDS)


def _watched(child: int, until: float) -> tuple[int | None, bool]:
    """How it ended, if it did before that time; and whether it only waited."""
    look, used, since = 0.001, -1.0, time.monotonic()
    while (now := time.monotonic()) < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status, False
        with contextlib.suppress(OSError):
            seen = _processor_time(child)
            if seen != used:
                used, since = seen, now
        if now - since > IDLE_SECONDS:
            return None, True
        time.sleep(look)
        look = min(2 * look, LOOK_SECONDS)
    return None, False


def _processor_time(pid: int) -> int:
    """Nanoseconds that it has computed, or waited for a processor."""
    computed, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    return int(computed) + int(waited)
