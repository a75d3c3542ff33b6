"""The hub of a training: viewers watch and steer it over a unix socket, and a journal is kept.

One thread of its own does all of that. The training's thread puts its events into a queue and takes
orders from another one; it never waits for a viewer, a disk or the hub, and no error of the hub
reaches it.
"""

import contextlib
import os
import queue
import selectors
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from lrtui import __version__
from lrtui.live.journal import Journal
from lrtui.live.memory import resident_bytes
from lrtui.live.registration import Registration
from lrtui.live.viewers import History, Viewer
from lrtui.protocol import (
    Alive,
    Command,
    Ended,
    Event,
    Pause,
    Paused,
    Resume,
    Resumed,
    Start,
    StepsDone,
    unpack,
)
from lrtui.protocol.attach import PROTOCOL, Answer, Full, Greeting, Hello, Order
from lrtui.protocol.journal import JournalLine
from lrtui.protocol.outside_text import harmless
from lrtui.protocol.peer import peer_uid

MOST_VIEWERS = 8
TICK_SECONDS = 0.5
"""How often signs of life are sent, the journal is written and the registry is looked after."""
ORPHANED_SECONDS = 60.0
"""A training that was paused by a viewer that is gone goes on after so long."""
COMPLAINT_SECONDS = 60.0
"""At most so often a line is written to stderr."""
REST_SECONDS = 1.0
"""Nobody is let in for so long where there are no file descriptors left."""


class _Asked(msgspec.Struct):
    """A command that is to be obeyed, and who gave it; nobody for one of the hub's own."""

    command: Command
    viewer: Any = None
    id: int = 0
    who: str = ""


class Hub:
    """A link (see :class:`lrtui.live.link.Link`) that up to eight viewers may be at.

    Args:
        name: of the training, as the list of trainings shows it.
        refusal: why it cannot be steered; empty: it can.
        orphaned_seconds: after which a pause of a viewer that is gone is over.

    Raises:
        OSError: there is no folder for its socket.
    """

    def __init__(
        self, name: str, refusal: str = "", *, orphaned_seconds: float = ORPHANED_SECONDS
    ) -> None:
        self.refusal = refusal
        self.registration = Registration(name)
        self._journal = Journal(self.registration.place)
        self._orphaned_seconds = orphaned_seconds
        self._history = History()
        self._events: deque[tuple[float, Event]] = deque()
        self._asked: queue.SimpleQueue[_Asked] = queue.SimpleQueue()
        self._obeyed: _Asked | None = None
        self._answers: deque[tuple[_Asked, Answer]] = deque()
        self._steps_sent = 0
        self._viewers: dict[socket.socket, Viewer] = {}
        self._paused_by: str | None = None
        self._orphaned_at: float | None = None
        self._complained_at = -COMPLAINT_SECONDS
        self._rest_until = 0.0
        self._looked: float | None = time.monotonic()
        self._told_at = time.monotonic()
        self._closing = self._closed = False
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = socket.socketpair()
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._listen()
        self._thread = threading.Thread(target=self._serve, name="lrtui hub", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------ the training's thread

    def send(self, event: Event) -> None:
        """Tell every viewer and the journal; returns at once."""
        obeyed = self._obeyed
        if obeyed is not None and obeyed.who and hasattr(event, "who"):
            event = msgspec.structs.replace(event, who=obeyed.who)
        if isinstance(event, StepsDone):
            self._steps_sent = event.first + len(event.rates) // 4
        self._events.append((time.time(), event))
        self._notify()

    def poll(self) -> Command | None:
        """The next command, None if there is none now."""
        self._looked = time.monotonic()
        return None if self._asked.empty() else self._begin(self._asked.get())

    def wait(self, seconds: float | None = None) -> Command | None:
        """The next command as soon as there is one; None if there was none for so many seconds."""
        self._looked = None
        try:
            return self._begin(self._asked.get(timeout=seconds))
        except queue.Empty:
            return None
        finally:
            self._looked = time.monotonic()

    def answer(self, refused: str = "") -> None:
        """Say what became of the command that was taken last."""
        asked, self._obeyed = self._obeyed, None
        if asked is None or asked.viewer is None:
            return
        outcome = Answer(asked.id, "refused" if refused else "done", refused, step=self._steps_sent)
        self._answers.append((asked, outcome))
        self._notify()

    def close(self) -> None:
        """Write what there is, let the viewers go, give up the entry. Waits two seconds at most."""
        if self._closed:
            return
        self._closed = self._closing = True
        self._notify()
        self._thread.join(2.0)
        self.registration.close()

    def _begin(self, asked: _Asked) -> Command:
        self._obeyed = asked
        return asked.command

    def _notify(self) -> None:
        with contextlib.suppress(OSError):  # full: it is awake already
            self._wake.send(b"\0")

    # ------------------------------------------------------------------ the hub's thread

    def _serve(self) -> None:
        due = time.monotonic() + TICK_SECONDS
        while not self._closing:
            self._guarded(self._handle_ready, max(0.0, due - time.monotonic()))
            if time.monotonic() >= due:
                due = time.monotonic() + TICK_SECONDS
                self._guarded(self._tick)
        for last in (self._take_events, self._give_answers, self._refuse_late, self._write_journal):
            self._guarded(last)
        self._guarded(self._push_all)
        for viewer in list(self._viewers.values()):
            viewer.close()
        self._selector.close()
        self._woken.close()

    def _guarded(self, act: Callable[..., None], *arguments: Any) -> None:
        try:
            act(*arguments)
        except Exception as error:
            self._complain(f"{type(error).__name__}: {error}")
            time.sleep(0.01)  # whatever it is, it must not cost a processor

    def _complain(self, what: str) -> None:
        now = time.monotonic()
        if now - self._complained_at >= COMPLAINT_SECONDS:
            self._complained_at = now
            with contextlib.suppress(OSError, ValueError):
                print(f"lrtui: {harmless(what)}", file=sys.stderr, flush=True)

    def _handle_ready(self, seconds: float) -> None:
        for key, mask in self._selector.select(seconds):
            if key.fileobj is self._woken:
                self._empty_pipe()
                self._take_events()
                self._give_answers()
                self._push_all()
            elif key.fileobj is self.registration.server:
                self._let_in()
            elif (viewer := self._viewers.get(key.fileobj)) is not None:  # type: ignore[call-overload]
                if mask & selectors.EVENT_READ:
                    self._hear(viewer)
                if mask & selectors.EVENT_WRITE and viewer.connection in self._viewers:
                    self._push(viewer)

    def _empty_pipe(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while len(self._woken.recv(1 << 12)) == 1 << 12:
                pass

    def _tick(self) -> None:
        now = time.monotonic()
        self._take_events()
        if self.registration.mend():
            self._listen()
            self._journal.retry()
        self._write_journal()
        if self._rest_until and now >= self._rest_until:
            self._rest_until = 0.0
            self._listen()
        if self._orphaned_at is not None and now >= self._orphaned_at:
            self._orphaned_at = None
            self._asked.put(_Asked(Resume(), who="the viewer that paused it is gone"))
        if now - self._told_at >= TICK_SECONDS:
            busy = 0.0 if self._looked is None else round(now - self._looked, 3)
            for viewer in self._viewers.values():
                if viewer.listens and viewer.steps >= self._history.steps:
                    viewer.queue(Alive(resident_bytes(), busy))
        self._push_all()

    def _write_journal(self) -> None:
        before = self._journal.problem
        self._journal.write(self._history.rates, self._history.losses, self._history.lines)
        if self._journal.problem and not before:
            self._complain(f"the journal cannot be written now ({self._journal.problem})")

    def _take_events(self) -> None:
        while self._events:
            at, event = self._events.popleft()
            if isinstance(event, StepsDone):
                self._history.add_steps(unpack(event.rates), unpack(event.losses))
                if not event.skipped:
                    continue
                event = msgspec.structs.replace(event, rates=b"", losses=b"")
            self._note_pause(event)
            self._history.add_line(JournalLine(self._history.steps, at, event))

    def _note_pause(self, event: Event) -> None:
        if isinstance(event, Paused):
            self._paused_by = event.who or None
        elif isinstance(event, Resumed | Ended):
            self._paused_by = self._orphaned_at = None
            for viewer in self._viewers.values():
                viewer.pausing = False

    # ------------------------------------------------------------------ viewers

    def _listen(self) -> None:
        """Wait for viewers at the present server socket."""
        for key in list(self._selector.get_map().values()):
            known = key.fileobj in self._viewers or key.fileobj is self._woken
            if not known:
                self._selector.unregister(key.fileobj)
        if self.registration.server is not None:
            self._selector.register(self.registration.server, selectors.EVENT_READ)

    def _let_in(self) -> None:
        server = self.registration.server
        if server is None:
            return
        try:
            connection, _ = server.accept()
        except BlockingIOError:
            return
        except OSError:  # no file descriptors left, which must neither spin nor be told each time
            self._selector.unregister(server)
            self._rest_until = time.monotonic() + REST_SECONDS
            return
        connection.setblocking(False)
        uid = peer_uid(connection)
        viewer = Viewer(connection)
        if uid is not None and uid not in (os.getuid(), 0):
            viewer.close()
        elif len(self._viewers) >= MOST_VIEWERS:
            viewer.queue(Full(MOST_VIEWERS))
            with contextlib.suppress(OSError):
                viewer.push(self._history)
            viewer.close()
        else:
            viewer.queue(
                Greeting(PROTOCOL, self.registration.entry, self._history.steps, self.refusal)
            )
            self._viewers[connection] = viewer
            self._selector.register(connection, selectors.EVENT_READ)
            self._push(viewer)

    def _hear(self, viewer: Viewer) -> None:
        try:
            said = viewer.hear()
        except OSError:
            self._let_go(viewer)
            return
        for one in said:
            match one:
                case Hello():
                    viewer.listens = True
                    viewer.who, viewer.stays = one.who[:80] or viewer.who, one.stays
                    viewer.steps = min(max(0, one.steps), self._history.steps)
                    viewer.lines = min(max(0, one.events), len(self._history.lines))
                case Order():
                    self._take_order(viewer, one)
                case _:
                    viewer.queue(Answer(-1, "refused", f"not understood by lrtui {__version__}"))
        self._push(viewer)

    def _take_order(self, viewer: Viewer, order: Order) -> None:
        reason = self.refusal
        if isinstance(order.command, Start):
            reason = "a training that was started elsewhere cannot be started from here"
        elif not viewer.may_order():
            reason = "too many orders at once"
        if reason:
            viewer.queue(Answer(order.id, "refused", reason, self._history.steps))
            return
        if isinstance(order.command, Pause):
            viewer.pausing, self._orphaned_at = viewer.stays, None
        self._asked.put(_Asked(order.command, viewer, order.id, viewer.who))

    def _give_answers(self) -> None:
        while self._answers:
            asked, answer = self._answers.popleft()
            asked.viewer.answer(answer, len(self._history.lines))

    def _refuse_late(self) -> None:
        """Orders that came too late are told so."""
        while not self._asked.empty():
            asked = self._asked.get()
            if asked.viewer is not None:
                late = Answer(asked.id, "late", "the training is over", self._history.steps)
                asked.viewer.queue(late)

    def _push_all(self) -> None:
        for viewer in list(self._viewers.values()):
            self._push(viewer)

    def _push(self, viewer: Viewer) -> None:
        try:
            more = viewer.push(self._history)
        except OSError:
            self._let_go(viewer)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if more else 0)
        if self._selector.get_key(viewer.connection).events != wanted:
            self._selector.modify(viewer.connection, wanted)

    def _let_go(self, viewer: Viewer) -> None:
        del self._viewers[viewer.connection]
        self._selector.unregister(viewer.connection)
        viewer.close()
        if viewer.pausing and not any(one.pausing for one in self._viewers.values()):
            self._orphaned_at = time.monotonic() + self._orphaned_seconds
