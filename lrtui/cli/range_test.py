"""Runs a range test without a screen: in a worker, with its progress on stderr.

It prints no result and knows no option.
"""

import signal
from typing import TextIO, assert_never

import click

from lrtui.cli.errors import Failed, report
from lrtui.cli.progress import LOADING, ProgressLine
from lrtui.cli.worker_session import Incoming, OpenLink, WorkerSession, worker_session
from lrtui.protocol import (
    Alive,
    AtOnceEnded,
    Broken,
    Diverged,
    Ended,
    Epoch,
    FindRate,
    Marked,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Resumed,
    Sampled,
    Started,
    StateTaken,
    StepsDone,
    Stop,
    TrainedAtOnce,
)

_TRIALS = 7
"""Constant rates that are tried after a sweep, about; each for as many steps as the sweep."""


class RangeTestFollower:
    """Follows one range test.

    Args:
        command: what is wanted.
        progress: where the progress is drawn, if that is a terminal.
    """

    def __init__(self, command: FindRate, progress: TextIO | None) -> None:
        self._command = command
        self._line = ProgressLine(progress)
        self._done = self._tried = 0
        self._interrupted = False
        self.ready: Ready | None = None
        """What the worker said of itself."""

    async def find(self, open_link: OpenLink) -> RangeTestEnded:
        """What was found; after one Ctrl+C what there was by then, and its `stopped` is set.

        Raises:
            Failed: there is no worker, or it is gone, or it could not do it; or a second Ctrl+C.
        """
        self._line.draw(LOADING)
        try:
            async with worker_session(open_link) as worker:
                worker.send(self._command)
                while True:
                    found = self._take(await worker.receive(), worker)
                    if found is not None:
                        return found
        finally:
            self._line.draw("")

    def _take(self, item: Incoming, worker: WorkerSession) -> RangeTestEnded | None:
        match item:
            case signal.Signals():
                self._signalled(worker)
            case Broken(message=why) | str(why):
                raise Failed(why)
            case RangeTestEnded():
                if item.error:
                    raise Failed(item.error)
                return item
            case Ready():
                self.ready = item
            case RangeTestSteps(held=None):
                self._done += len(item.losses) // 4
                self._draw(f"step {self._done}/{self._command.sweep.steps}")
            case RangeTestSteps():
                self._tried += 1
                self._draw(f"holding {item.held:.3g} to see whether it diverges")
            case Alive() | Started() | StepsDone() | Epoch() | Marked() | Diverged() | Ended():
                pass  # nothing is trained here
            case Paused() | Resumed() | Sampled() | StateTaken() | TrainedAtOnce() | AtOnceEnded():
                pass
            case _:
                assert_never(item)
        return None

    def _draw(self, what: str) -> None:
        steps = self._command.sweep.steps
        if self._command.sweep.quick:
            self._line.bar(self._done, steps, what)
            return
        trials = max(_TRIALS, self._tried)
        self._line.bar(self._done + self._tried * steps, (1 + trials) * steps, what)

    def _signalled(self, worker: WorkerSession) -> None:
        """The first time it ends with what there is, the second time at once."""
        if self._interrupted or self._done == 0:
            raise Failed("interrupted")
        self._interrupted = True
        self._line.draw("")
        report("stopping; once more: at once", click.get_current_context(silent=True))
        worker.send(Stop())
