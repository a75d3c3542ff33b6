"""The first frame's numbers, worked out beside: by a process that reads NumPy and plotext, which
are a third of the time to that frame, while ours reads Textual.

It is forked before either is read, is asked for a few values, and ends with the first frame. It
never touches the terminal, ends when we do, and is never needed: whatever becomes of it, what it
does not answer is worked out here.
"""

import contextlib
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, ParamSpec, TypeVar, cast

from lrtui.lazily import now

if TYPE_CHECKING:
    from lrtui.plotting.picture import Picture
    from lrtui.tui.plots.scene import Scene
    from lrtui.tui.terminal.painted_rows import PaintedText

HEAVY = ("numpy", "plotext")
DRAWING = ("lrtui.tui.plots.pictures", "lrtui.tui.plots.readout")
PATIENCE_SECONDS = 1.0
"""For an answer. A machine on which it takes longer has no time for two processes."""

P = ParamSpec("P")
T = TypeVar("T")


class Aside:
    """The process beside, if there is one."""

    def __init__(self) -> None:
        self._pid = 0
        self._stream: BinaryIO | None = None

    def begin(self, prepare: Callable[[], object]) -> None:
        """Start it, where that is of use and safe: on Linux, while a second core is idle.

        Args:
            prepare: what it does before it is asked.
        """
        if sys.platform != "linux" or not _has_idle_core():
            return
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                self._pid = os.fork()
            except OSError:
                return  # no more processes
            if self._pid == 0:
                ours.close()
                _answer(theirs, prepare)
            ours.settimeout(PATIENCE_SECONDS)
            self._stream = cast(BinaryIO, ours.makefile("rwb"))

    def work_out(self, function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What a pure function gives for these arguments; all of it can be pickled."""
        if self._stream is not None:
            with contextlib.suppress(OSError, EOFError, pickle.PickleError):
                pickle.dump((function, args, options), self._stream)
                self._stream.flush()
                return cast(T, pickle.load(self._stream))
            self.end()
        return function(*args, **options)

    def end(self) -> None:
        """End it, and read here what it had read."""
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
            self._stream = None
            with contextlib.suppress(OSError):
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
        now(*HEAVY)
        for name in DRAWING:
            import_module(name)


def _has_idle_core() -> bool:
    """Whether there is a core for two: on a busy machine they only take time from each other."""
    try:
        running, _, _ = Path("/proc/loadavg").read_text().split()[3].partition("/")
    except (OSError, IndexError):
        return False
    return int(running) < len(os.sched_getaffinity(0))  # this process is one of those that run


def _answer(wire: socket.socket, prepare: Callable[[], object]) -> NoReturn:
    """Give values until nobody asks any more."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        prepare()
        with wire.makefile("rwb") as stream:
            while True:
                function, args, options = pickle.load(stream)
                pickle.dump(function(*args, **options), stream)
                stream.flush()
    finally:
        os._exit(0)


ASIDE = Aside()
"""That of this program."""


def prepare() -> None:
    """Read all that a first frame needs, and use it once."""
    from lrtui.schedules.family.exponential import ExponentialDecay
    from lrtui.schedules.notes import notes
    from lrtui.tui.plots.scene import Scene

    scene = Scene(ExponentialDecay(), total_steps=1000, steps_per_epoch=100)
    notes(scene.schedule, scene.total_steps)
    readout(scene, 60, 1)
    rate_picture(scene, 60, 20)


# What it is asked for. Only who works it out reads what that takes.


def rate_picture(scene: "Scene", width: int, height: int) -> "Picture":
    """See :func:`lrtui.tui.plots.pictures.rate_picture`."""
    from lrtui.tui.plots import pictures

    return pictures.rate_picture(scene, width, height)


def readout(scene: "Scene", width: int, rows: int) -> "list[PaintedText]":
    """See :func:`lrtui.tui.plots.readout.readout`."""
    from lrtui.tui.plots import readout

    return readout.readout(scene, width, rows)
