"""Follows the logs of trainings that nobody attached to; to a session it is a worker that rests.

It reads twice a second what was added, and never writes.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lrtui.logs.follower import LogFollower
from lrtui.logs.values import Log
from lrtui.protocol import Command
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.logged_run import TooManySteps, record_of
from lrtui.runs.record import RunRecord

POLL_SECONDS = 0.5


class LogsToWatch(NamedTuple):
    """What a person asked to watch."""

    followers: tuple[LogFollower, ...]
    """One for each path."""
    name: str
    """What they are called together."""
    steps_per_epoch: int | None
    """Steps of an epoch, for logs that count epochs; None: as each says."""


class WatchedLogs:
    """Some logs, read as they grow.

    Args:
        asked: which.
        on_runs: called with the logs and a record of each, whenever something was added.
        on_fault: called with what cannot be read, when that changes.
    """

    def __init__(
        self,
        asked: LogsToWatch,
        *,
        on_runs: Callable[[tuple[Log, ...], list[RunRecord]], None],
        on_fault: Callable[[str], None],
    ) -> None:
        self._followers = asked.followers
        self._steps_per_epoch = asked.steps_per_epoch
        self._on_runs, self._on_fault = on_runs, on_fault
        self._faults = ""
        self._following: asyncio.Task[None] | None = None

    @property
    def status(self) -> WorkerStatus:
        """A worker that rests."""
        return WorkerStatus(state="cold", log=Path(os.devnull))

    @property
    def output(self) -> tuple[str, ...]:
        """Nothing: what a training prints goes where it was started."""
        return ()

    async def start(self) -> None:
        """Follow the logs from now on."""
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    def send(self, command: Command) -> None:
        """Nothing: whoever trains hears nothing of us."""

    def kill(self) -> None:
        """Nothing: it is somebody's training."""

    async def close(self) -> None:
        """Read no more."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait([self._following])

    def read_past(self) -> None:
        """Hand on what is in the logs now, at once."""
        for follower in self._followers:
            follower.poll()
        self._hand_on()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self._poll()

    def _poll(self) -> None:
        changed = [follower.poll() for follower in self._followers]
        if any(changed):
            self._hand_on()

    def _hand_on(self) -> None:
        logs = [log for follower in self._followers for log in follower.read.logs]
        faults = [fault for follower in self._followers for fault in follower.read.faults]
        shown, records = [], []
        for log in logs:
            try:
                records.append(record_of(log, self._steps_per_epoch))
                shown.append(log)
            except TooManySteps as why:
                faults.append(str(why))
        told = "; ".join(faults)
        if told != self._faults:
            self._faults = told
            self._on_fault(told)
        self._on_runs(tuple(shown), records)
