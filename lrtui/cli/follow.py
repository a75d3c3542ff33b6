"""Runs trainings without a screen: starts each in one worker and follows it to its end.

It prints nothing and knows no option and no file; a listener is told what happens.
"""

import asyncio
import signal
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol

import numpy as np

from lrtui.cli.errors import report
from lrtui.export.history import digest_of
from lrtui.protocol import (
    Broken,
    Command,
    Ended,
    Epoch,
    Event,
    Ready,
    Sampled,
    Start,
    Started,
    StepsDone,
    Stop,
    unpack,
)
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.record import EpochRecord, RunRecord


class Link(Protocol):
    """What is needed of a client; :class:`lrtui.runs.client.Client` is one."""

    async def start(self) -> None:
        """Make sure that a worker is there or coming."""

    def send(self, command: Command) -> None:
        """Send, or queue until the worker is there."""

    async def close(self) -> None:
        """End the worker."""


class TrainingListener(Protocol):
    """Who is told how a training goes."""

    def loading(self) -> None:
        """The worker loads TensorFlow."""

    def began(self, record: RunRecord) -> None:
        """A run begins."""

    def advanced(self, record: RunRecord) -> None:
        """Steps were done."""

    def row(self, row: EpochRecord) -> None:
        """An epoch ended."""

    def notice(self, text: str) -> None:
        """Something that a person should know."""


Incoming = Event | str | signal.Signals
"""What is waited for: an event, why the worker is gone, or a signal to us."""


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


OnNan = Literal["tell", "stop", "fail"]
"""What becomes of a run with a loss that is not finite: it goes on; ends; ends and is a failure."""

OpenLink = Callable[[Callable[[Event], None], Callable[[str], None]], Link]
"""Opens a link, given whom to tell of events and of the worker's end."""


class Follower:
    """Follows trainings, one after another. Whatever was reported is kept, also after an error.

    Args:
        listener: is told how it goes.
        on_nan: what becomes of a run that diverges.
        digests: what :func:`~lrtui.export.history.digest_of` must give for schedules of the user's
            own, by source, if these are to be those of an earlier run.
    """

    def __init__(
        self,
        listener: TrainingListener,
        *,
        on_nan: OnNan = "tell",
        digests: Mapping[str, str] | None = None,
    ) -> None:
        self._listener = listener
        self._digests = digests or {}
        self._on_nan = on_nan
        self._finite = True
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue()
        self._interrupted = False
        self.records: list[RunRecord] = []
        """Of all runs that began."""
        self.record: RunRecord | None = None
        """Of the last start, if that run began."""
        self.ready: Ready | None = None
        """What the worker said of itself."""
        self.failure = ""
        """Why they did not go to their end as they should; empty: they did."""
        self.absent = False
        """Whether that is because a file of the user's own, or the name in it, is not there."""

    async def follow(self, starts: Iterable[Start], open_link: OpenLink) -> None:
        """Train, until the runs are over, one failed, the worker is gone or Ctrl+C ends it."""
        loop = asyncio.get_running_loop()
        # A signal that whoever started us has switched off, as nohup does, stays off.
        signals = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]
        for number in signals:
            loop.add_signal_handler(number, self._incoming.put_nowait, number)
        link = open_link(self._incoming.put_nowait, self._incoming.put_nowait)
        try:
            self._listener.loading()
            try:
                await link.start()
            except OSError as error:
                self.failure = f"the worker could not be started: {error}"
                return
            for start in starts:
                await self._train(start, link)
                if self.failure:
                    return
        finally:
            await link.close()
            for number in signals:
                loop.remove_signal_handler(number)

    async def _train(self, start: Start, link: Link) -> None:
        self.record, self._finite = None, True
        link.send(start)
        while not self._take(await self._incoming.get(), link):
            pass

    def _take(self, item: Incoming, link: Link) -> bool:
        """Take note; whether that was the end."""
        match item:
            case signal.Signals():
                return self._signalled(link)
            case str():
                return self._lost(item)
            case Broken():
                return self._lost(item.message)
            case Ready():
                self.ready = item
                return False
            case Started():
                self.record = RunRecord.of([item])
                self.records.append(self.record)
                self._listener.began(self.record)
                return False
            case Sampled(used_by_run=True) if self._is_edited(item):
                self.failure = (
                    f"{item.source} gives other rates than in the run to be repeated: "
                    "the file was edited"
                )
                link.send(Stop())
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
            case StepsDone():
                self._listener.advanced(record)
                if self._finite and not np.isfinite(unpack(event.losses)).all():
                    self._diverged(record, link)
            case Epoch():
                self._listener.row(record.rows[-1])
            case Ended(reason="failed"):
                self.failure = self.failure or event.message or "the training failed"
            case Ended() if self._interrupted:
                self.failure = f"interrupted after {record.steps} steps"

    def _is_edited(self, event: Sampled) -> bool:
        """Whether the user's own schedule is another than the one of the run to be repeated."""
        expected = self._digests.get(event.source)
        return expected is not None and expected != digest_of(event.rates)

    def _diverged(self, record: RunRecord, link: Link) -> None:
        self._finite = False
        step = record.diverged_at
        assert step is not None
        loss, rate = str(record.losses[step]), str(record.rates[step])
        where = f"the loss of step {step} is {loss}, its learning rate {rate}"
        if self._on_nan == "tell":
            self._listener.notice(f"diverged: {where}; --fail-on-nan would stop here")
            return
        if self._on_nan == "fail":
            self.failure = f"diverged: {where}"
        else:
            self._listener.notice(f"diverged: {where}")
        link.send(Stop())

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
        self._listener.notice("stopping; once more: at once")
        link.send(Stop())
        return False


def opener(device: str, threads: int) -> OpenLink:
    """What opens a link to a worker of our own."""
    from lrtui.runs.client import Client

    def tell(seen: WorkerStatus) -> None:
        if not seen.answers:
            report("the worker does not answer; Ctrl+C twice ends it")

    return lambda on_event, on_gone: Client(
        threads=threads, device=device, on_event=on_event, on_gone=on_gone, on_state=tell
    )
