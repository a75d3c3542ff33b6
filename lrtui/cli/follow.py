"""Runs trainings without a screen: starts each in one worker and follows it to its end.

It prints nothing and knows no option and no file; a listener is told what happens.
"""

import signal
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol, assert_never

from lrtui.cli.errors import Failed
from lrtui.cli.worker_session import Incoming, OpenLink, WorkerSession, worker_session
from lrtui.export.history import digest_of
from lrtui.protocol import (
    Alive,
    AtOnceEnded,
    Broken,
    Diverged,
    Ended,
    Epoch,
    Event,
    Marked,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Resumed,
    Sampled,
    Start,
    Started,
    StateTaken,
    StepsDone,
    Stop,
    TrainedAtOnce,
    unpack,
)
from lrtui.protocol.values import went_wrong
from lrtui.runs.record import EpochRecord, RunRecord


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


OnNan = Literal["tell", "stop", "fail"]
"""What becomes of a run with a loss that is not finite: it goes on; ends; ends and is a failure."""


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
        self._listener.loading()
        try:
            async with worker_session(open_link) as worker:
                for start in starts:
                    await self._train(start, worker)
                    if self.failure:
                        return
        except Failed as failed:
            self.failure = failed.message

    async def _train(self, start: Start, worker: WorkerSession) -> None:
        self.record, self._finite = None, True
        worker.send(start)
        while not self._take(await worker.receive(), worker):
            pass

    def _take(self, item: Incoming, worker: WorkerSession) -> bool:
        """Take note; whether that was the end."""
        match item:
            case signal.Signals():
                return self._signalled(worker)
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
                worker.send(Stop())
            case Sampled() if item.error:
                self.failure, self.absent = item.error, item.absent
            case Ended(reason="failed") if self.record is None:
                self.failure = self.failure or item.message
                self.absent = self.absent or item.absent
            case StepsDone() | Epoch() | Marked() | Diverged() | Paused() | Resumed() | Alive():
                pass  # the record has it
            case Sampled() | Ended() | RangeTestSteps() | RangeTestEnded() | StateTaken():
                pass
            case TrainedAtOnce() | AtOnceEnded():
                pass
            case _:
                assert_never(item)
        if self.record is not None:
            self.record.add(item)
            self._tell(item, self.record, worker)
        return isinstance(item, Ended)

    def _tell(self, event: Event, record: RunRecord, worker: WorkerSession) -> None:
        """Tell the listener, and what went wrong."""
        if isinstance(event, StepsDone):
            self._listener.advanced(record)
            if self._finite and went_wrong(unpack(event.losses)).any():
                self._diverged(record, worker)
        elif isinstance(event, Epoch):
            self._listener.row(record.rows[-1])
        elif isinstance(event, Ended) and event.reason == "failed":
            self.failure = self.failure or event.message or "the training failed"
        elif isinstance(event, Ended) and self._interrupted:
            self.failure = f"interrupted after {record.steps} steps"

    def _is_edited(self, event: Sampled) -> bool:
        """Whether the user's own schedule is another than the one of the run to be repeated."""
        expected = self._digests.get(event.source)
        return expected is not None and expected != digest_of(event.rates)

    def _diverged(self, record: RunRecord, worker: WorkerSession) -> None:
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
        worker.send(Stop())

    def _lost(self, why: str) -> bool:
        self.failure = self.failure or why
        if self.record is not None:
            self.record.lose(why)
        return True

    def _signalled(self, worker: WorkerSession) -> bool:
        """The first time the run is stopped in good order, the second time at once."""
        if self._interrupted or self.record is None:
            done = self.record.steps if self.record else 0
            return self._lost(f"interrupted after {done} steps")
        self._interrupted = True
        self._listener.notice("stopping; once more: at once")
        worker.send(Stop())
        return False
