"""A training without a screen: start it in a worker, follow it to its end.

It prints nothing itself; whoever follows is told. Knows no option and no file.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import Protocol

import numpy as np

from lrtui.training.protocol import (
    Broken,
    Command,
    Ended,
    Epoch,
    Event,
    Ready,
    Sampled,
    Start,
    Started,
    Steps,
    Stop,
    unpack,
)
from lrtui.training.record import Row, RunRecord


class Link(Protocol):
    """What is needed of a client; :class:`lrtui.training.client.Client` is one."""

    async def start(self) -> None:
        """Make sure that a worker is there or coming."""

    def send(self, command: Command) -> None:
        """Send, or queue until the worker is there."""

    async def close(self) -> None:
        """End the worker."""


class Watcher(Protocol):
    """Who is told how a training goes."""

    def loading(self) -> None:
        """The worker loads TensorFlow."""

    def advanced(self, record: RunRecord) -> None:
        """Steps were done."""

    def row(self, row: Row) -> None:
        """An epoch ended."""

    def notice(self, text: str) -> None:
        """Something that a person should know."""


Item = Event | str | signal.Signals
"""What is waited for: an event, why the worker is gone, or a signal to us."""


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Follower:
    """Follows one training. Its `record` holds whatever was reported, also after an error."""

    def __init__(self, watcher: Watcher, *, fail_on_nan: bool = False) -> None:
        self._watcher = watcher
        self._fail_on_nan = fail_on_nan
        self._finite = True
        self._items: asyncio.Queue[Item] = asyncio.Queue()
        self._interrupted = False
        self.record: RunRecord | None = None
        self.versions: dict[str, str] = {}
        self.failure = ""
        """Why it did not go to its end as it should; empty: it did."""
        self.absent = False
        """Whether that is because a file of the user's own, or the name in it, is not there."""

    async def follow(
        self,
        start: Start,
        open_link: Callable[[Callable[[Event], None], Callable[[str], None]], Link],
    ) -> None:
        """Train, until the run is over, the worker is gone or a second Ctrl+C arrives."""
        loop = asyncio.get_running_loop()
        # A signal that whoever started us has switched off, as nohup does, stays off.
        signals = [number for number in _ENDING if signal.getsignal(number) != signal.SIG_IGN]
        for number in signals:
            loop.add_signal_handler(number, self._items.put_nowait, number)
        link = open_link(self._items.put_nowait, self._items.put_nowait)
        try:
            self._watcher.loading()
            try:
                await link.start()
            except OSError as error:
                self.failure = f"the worker could not be started: {error}"
                return
            link.send(start)
            while not self._take(await self._items.get(), link):
                pass
        finally:
            await link.close()
            for number in signals:
                loop.remove_signal_handler(number)

    def _take(self, item: Item, link: Link) -> bool:
        """Take note; whether that was the end."""
        match item:
            case signal.Signals():
                return self._signalled(link)
            case str():
                return self._lost(item)
            case Broken():
                return self._lost(item.message)
            case Ready():
                self.versions = {"tensorflow": item.tensorflow, "keras": item.keras}
                return False
            case Started():
                self.record = RunRecord.of([item])
                return False
            case Sampled() if item.error:
                self.failure, self.absent = item.error, item.absent
            case Ended(reason="failed") if self.record is None:
                self.failure = self.failure or item.message
        if self.record is not None:
            self.record.add(item)
            self._tell(item, self.record, link)
        return isinstance(item, Ended)

    def _tell(self, event: Event, record: RunRecord, link: Link) -> None:
        match event:
            case Steps():
                self._watcher.advanced(record)
                if self._finite and not np.isfinite(unpack(event.losses)).all():
                    self._diverged(record, link)
            case Epoch():
                self._watcher.row(record.rows[-1])
            case Ended(reason="failed"):
                self.failure = self.failure or event.message or "the training failed"
            case Ended() if self._interrupted:
                self.failure = f"interrupted after {record.steps} steps"

    def _diverged(self, record: RunRecord, link: Link) -> None:
        self._finite = False
        step = record.diverged_at
        assert step is not None
        loss, rate = str(record.losses[step]), str(record.rates[step])
        where = f"the loss of step {step} is {loss}, its learning rate {rate}"
        if self._fail_on_nan:
            self.failure = f"diverged: {where}"
            link.send(Stop())
        else:
            self._watcher.notice(f"diverged: {where}; --fail-on-nan would stop here")

    def _lost(self, why: str) -> bool:
        self.failure = self.failure or why
        if self.record is not None:
            self.record.lose(why)
        return True

    def _signalled(self, link: Link) -> bool:
        """The first time the run is stopped in good order, the second time at once."""
        if self._interrupted or self.record is None:
            done = self.record.steps if self.record else 0
            return self._lost(f"interrupted after {done} steps")
        self._interrupted = True
        self._watcher.notice("stopping; once more: at once")
        link.send(Stop())
        return False
