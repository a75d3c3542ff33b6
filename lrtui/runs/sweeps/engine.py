"""Has the trainings of a sweep done by an executor, and keeps what comes of them."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future, wait
from typing import Any, NamedTuple

import msgspec

from lrtui import __version__
from lrtui.protocol import Settings
from lrtui.protocol.chunks import (
    Question,
    Reply,
    ask,
    decode_done,
    decode_reply,
    train_chunk,
)
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.stored_trainings import Finished, finished_of
from lrtui.runs.sweeps.trainings import Allowed, PlannedChunk, SweepTraining, chunk_of, chunks_of

LOOK_SECONDS = 0.05
"""How often futures are looked at, and whether it is to stop."""
AHEAD = 2
"""Chunks that a process has waiting or under way, so that it never waits for us."""
HOPELESS = 3
"""So many chunks in a row that an executor did not do, and none that it did: it does none."""

OF_THE_TASK = ("ProcessDied", "KilledWorker")
"""Raised by our processes and by Dask when one died of what it was given; others may be sound."""


class EngineGone(Exception):
    """The executor is gone, or no use. What was kept stays; the same sweep goes on another time."""


class Known:
    """What is known of trainings so far."""

    def __init__(self) -> None:
        self.found: dict[bytes, Finished] = {}
        """By key."""
        self.failures: dict[bytes, str] = {}
        """Why a training could not be done, likewise."""
        self.trained = 0
        """How many were trained now, and not taken from the store."""
        self.core_seconds = 0.0
        """What these took, counted by core."""
        self.versions: dict[str, str] = {}

    def __contains__(self, key: object) -> bool:
        return key in self.found or key in self.failures


class _InFlight(NamedTuple):
    future: Any
    planned: PlannedChunk


class Engine:
    """Trains with an executor, and keeps what comes of it in a store.

    Args:
        executor: any of ``concurrent.futures``' interface: ``submit``, and futures with ``done``,
            ``result`` and ``cancel``.
        store: keeps each chunk when it is done.
        width: so many chunks are given to the executor at a time.
        threads: of each training process.
        allowed: own files that may be run, with their digests.
        on_progress: called whenever more is known, and now and then.
        stopping: whether to give up; asked now and then.
    """

    def __init__(
        self,
        executor: Any,
        store: Store,
        *,
        width: int,
        threads: int = 1,
        allowed: Allowed = (),
        on_progress: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.known = Known()
        self._executor, self._store = executor, store
        self._width, self._threads, self._allowed = width, threads, allowed
        self._on_progress, self._stopping = on_progress, stopping
        self._replies: dict[tuple[str, str], Reply] = {}
        self._lost = 0

    def train(self, trainings: Sequence[SweepTraining]) -> None:
        """Have all of these done that are not known, or as many as there is time for.

        Args:
            trainings: in the order in which they are wanted.

        Raises:
            EngineGone: the executor is gone, or its processes cannot train.
            OSError: the store cannot be written.
        """
        keys = [one.wanted.key for one in trainings]
        self.known.found.update(self._store.lookup(keys))
        self._on_progress()
        waiting = deque(self._chunks(trainings))
        flying: list[_InFlight] = []
        try:
            while (waiting or flying) and not self._stopping():
                while waiting and len(flying) < self._width:
                    flying.append(self._submit(waiting.popleft()))
                _wait([one.future for one in flying])
                for one in [one for one in flying if one.future.done()]:
                    flying.remove(one)
                    self._take(one)
                self._on_progress()
        finally:
            for one in flying:
                one.future.cancel()

    def _chunks(self, trainings: Sequence[SweepTraining]) -> Iterable[PlannedChunk]:
        """Chunks, in the order of their first trainings."""
        groups: dict[Settings, list[SweepTraining]] = {}
        order = {one.wanted.key: place for place, one in enumerate(trainings)}
        for one in trainings:
            groups.setdefault(one.settings, []).append(one)
        found: list[PlannedChunk] = []
        for settings, some in groups.items():
            if all(one.wanted.key in self.known for one in some):
                continue
            reply = self._reply(settings)
            if reply is None:
                break  # it is to stop
            if reply.failure:
                self.known.failures.update({one.wanted.key: reply.failure for one in some})
                continue
            found += chunks_of(some, self.known, reply.stacked)
        return sorted(found, key=lambda planned: order[planned.trainings[0].wanted.key])

    def _reply(self, settings: Settings) -> Reply | None:
        """What a process says of such trainings; None: it is to stop."""
        key = (settings.task, settings.optimizer)
        if key not in self._replies:
            question = msgspec.json.encode(Question(settings, self._threads, self._allowed))
            future = self._executor.submit(ask, question)
            while not future.done():
                if self._stopping():
                    future.cancel()
                    return None
                _wait([future])
                self._on_progress()
            try:
                reply = decode_reply(future.result())
            except (Exception, CancelledError) as error:
                if type(error).__name__ not in OF_THE_TASK:
                    raise EngineGone(told(error)) from None
                reply = Reply(False, {}, told(error))
            self._check(reply)
            if reply.failure:
                return reply  # of these settings; others may do
            self._replies[key] = reply
        return self._replies[key]

    def _check(self, reply: Reply) -> None:
        theirs = reply.versions.get("lrtui", __version__)
        if theirs != __version__:
            raise EngineGone(f"its processes have lrtui {theirs}, this one has {__version__}")
        if reply.versions and not self.known.versions:
            self.known.versions = reply.versions

    def _submit(self, planned: PlannedChunk) -> _InFlight:
        chunk = chunk_of(planned, self._threads, self._allowed, self.known.versions)
        try:
            return _InFlight(
                self._executor.submit(train_chunk, msgspec.json.encode(chunk)), planned
            )
        except RuntimeError as error:  # it was shut down, or is broken
            raise EngineGone(told(error)) from None

    def _take(self, one: _InFlight) -> None:
        """Keep what came of a chunk."""
        wanted = [training.wanted for training in one.planned.trainings]
        try:
            done = decode_done(one.future.result())
        except CancelledError:
            raise EngineGone("whoever did the trainings gave them up, or is gone") from None
        except Exception as error:
            self._lost += 1
            if self._lost >= HOPELESS and not self.known.trained:
                raise EngineGone(told(error)) from None
            self.known.failures.update({each.key: told(error) for each in wanted})
            return
        if done.failure:
            self.known.failures.update({each.key: done.failure for each in wanted})
            return
        self._store.add(wanted, done, one.planned.stack)
        self.known.found.update(finished_of(wanted, done))
        self.known.trained += len(wanted)
        self.known.core_seconds += done.seconds * done.threads


def worn(result: bytes, most_bytes: int = 1_500_000_000) -> bool:
    """Whether the process that gave this result holds too much memory to go on."""
    try:
        return decode_done(result).memory > most_bytes
    except msgspec.DecodeError:  # it was asked something else
        return False


def told(error: BaseException) -> str:
    """What went wrong with an executor, as one line."""
    words = " ".join(str(error).split())
    name = type(error).__name__
    return (words if name == "ProcessDied" else f"{name}: {words}" if words else name)[:300]


def _wait(futures: Sequence[Any]) -> None:
    """Return when one of them is done, or after a while."""
    if all(isinstance(one, Future) for one in futures):
        wait(futures, LOOK_SECONDS, "FIRST_COMPLETED")
    elif not any(one.done() for one in futures):
        time.sleep(LOOK_SECONDS)
