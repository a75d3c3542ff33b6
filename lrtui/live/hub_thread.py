"""The thread of a hub: sockets, journal and registry, beside the training and never in its way.

What the training tells and what viewers order goes through a mailbox; no error here reaches the
training, and at most one line a minute is written about it.
"""

import contextlib
import errno
import os
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec

from lrtui import __version__
from lrtui.live.journal import Journal
from lrtui.live.mailbox import Mailbox, ReceivedOrder
from lrtui.live.memory import resident_bytes
from lrtui.live.registration import Registration
from lrtui.live.viewers import History, Viewer
from lrtui.protocol import (
    Alive,
    Ended,
    Event,
    Pause,
    Resume,
    Resumed,
    Start,
    Started,
    StepsDone,
    unpack,
)
from lrtui.protocol.attach import PROTOCOL, Answer, Full, Greeting, Hello, Order, Outcome
from lrtui.protocol.events import VIEWER_GONE
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
UNMENDED_TICKS = 4
"""So many times in a row an entry could not be made again before that is said."""
SILENT_SECONDS = 1.0
"""Of a training that has not looked for orders for so long it is asked whether its fit goes on."""
INTERRUPTED, OVER = "the fit was interrupted", "the training is over"
REST_SECONDS = 1.0
"""Nobody is let in for so long where there are no file descriptors left."""


class HubThread(threading.Thread):
    """Serves viewers until the mailbox is closing.

    Args:
        mailbox: what it shares with the training.
        registration: its entry and socket.
        refusal: why the training cannot be steered; empty: it can.
        orphaned_seconds: after which a pause of a viewer that is gone is over.
    """

    def __init__(
        self, mailbox: Mailbox, registration: Registration, refusal: str, orphaned_seconds: float
    ) -> None:
        super().__init__(name="lrtui hub", daemon=True)
        self.refusal = refusal
        self.left: Callable[[], bool] = lambda: False
        """Whether the fit is over though it has not said so."""
        self._over = False
        self._mailbox = mailbox
        self._registration = registration
        self._journal = Journal(registration.place)
        self._orphaned_seconds = orphaned_seconds
        self._history = History()
        self._viewers: dict[socket.socket, Viewer] = {}
        self._orphaned_at: float | None = None
        self._complained_at = -COMPLAINT_SECONDS
        self._rest_until = 0.0
        self._unmended = 0
        self._selector = selectors.DefaultSelector()
        self._selector.register(mailbox.woken, selectors.EVENT_READ)
        self._listen()

    def run(self) -> None:
        """Serve."""
        due = time.monotonic() + TICK_SECONDS
        while not self._mailbox.closing:
            self._guarded(self._handle_ready, max(0.0, due - time.monotonic()))
            if time.monotonic() >= due:
                due = time.monotonic() + TICK_SECONDS
                self._guarded(self._tick)
        # A connection that ends before all was heard is reset, and what was not yet read is lost.
        self._guarded(self._handle_ready, 0.0)
        self._journal.retry()  # what could not be written a moment ago may be now, and never later
        for last in (self._take_events, self._give_answers, self._refuse_late, self._write_journal):
            self._guarded(last)
        self._guarded(self._push_all)
        for viewer in list(self._viewers.values()):
            viewer.close()
        self._selector.close()
        self._mailbox.close()

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
            if key.fileobj is self._mailbox.woken:
                self._empty_pipe()
                self._take_events()
                self._give_answers()
                self._push_all()
            elif key.fileobj is self._registration.server:
                self._let_in()
            elif (viewer := self._viewers.get(key.fileobj)) is not None:  # type: ignore[call-overload]
                if mask & selectors.EVENT_READ:
                    self._hear(viewer)
                if mask & selectors.EVENT_WRITE and viewer.connection in self._viewers:
                    self._push(viewer)

    def _empty_pipe(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while len(self._mailbox.woken.recv(1 << 12)) == 1 << 12:
                pass

    def _tick(self) -> None:
        now = time.monotonic()
        looked = self._mailbox.looked
        busy = 0.0 if looked is None else round(now - looked, 3)
        if busy > SILENT_SECONDS and not self._over and self.left():
            self._mailbox.events.append((time.time(), Ended("failed", INTERRUPTED)))
        self._take_events()
        self._mend_entry()
        self._write_journal()
        if self._rest_until and now >= self._rest_until:
            self._rest_until = 0.0
            self._listen()
        if self._orphaned_at is not None and now >= self._orphaned_at:
            self._orphaned_at = None
            self._mailbox.asked.put(ReceivedOrder(Resume(), who=VIEWER_GONE))
        for viewer in self._viewers.values():
            if viewer.listens and viewer.steps >= self._history.steps:
                viewer.queue(Alive(resident_bytes(), busy))
        self._push_all()

    def _mend_entry(self) -> None:
        """Make again what was removed; of a folder that is being removed right now, later."""
        try:
            mended, self._unmended = self._registration.mend(), 0
        except OSError as error:
            self._unmended += 1
            if self._unmended == UNMENDED_TICKS:
                self._complain(f"it cannot be attached to now ({error.strerror or error})")
            return
        if mended:
            self._listen()
            self._journal.retry()

    def _write_journal(self) -> None:
        before = self._journal.problem
        self._journal.write(self._history.rates, self._history.losses, self._history.lines)
        removed = self._journal.problem == os.strerror(errno.ENOENT)  # it is made again, or not
        if self._journal.problem and not before and not removed:
            self._complain(f"the journal cannot be written now ({self._journal.problem})")

    def _take_events(self) -> None:
        for _ in range(len(self._mailbox.events)):  # what comes meanwhile waits: others wait too
            at, event = self._mailbox.events.popleft()
            if isinstance(event, StepsDone):
                self._history.add_steps(unpack(event.rates), unpack(event.losses))
                if not event.skipped:
                    continue
                event = msgspec.structs.replace(event, rates=b"", losses=b"")
            self._note_state(event)
            self._history.add_line(JournalLine(self._history.steps, at, event))

    def _note_state(self, event: Event) -> None:
        if isinstance(event, Started | Ended):
            self._over = isinstance(event, Ended)
        if isinstance(event, Ended):
            self._refuse_late()
        if isinstance(event, Resumed | Ended):
            self._orphaned_at = None
            for viewer in self._viewers.values():
                viewer.pausing = False

    # ------------------------------------------------------------------ viewers

    def _listen(self) -> None:
        """Wait for viewers at the present server socket."""
        for key in list(self._selector.get_map().values()):
            known = key.fileobj in self._viewers or key.fileobj is self._mailbox.woken
            if not known:
                self._selector.unregister(key.fileobj)
        if self._registration.server is not None:
            self._selector.register(self._registration.server, selectors.EVENT_READ)

    def _let_in(self) -> None:
        server = self._registration.server
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
            # Whoever has been greeted can read in the journal all that was told before.
            self._take_events()
            self._write_journal()
            viewer.queue(
                Greeting(PROTOCOL, self._registration.entry, self._history.steps, self.refusal)
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
        if self._over or reason:
            outcome: Outcome = "late" if self._over else "refused"
            told = OVER if self._over else reason
            viewer.queue(Answer(order.id, outcome, told, self._history.steps))
            return
        if isinstance(order.command, Pause):
            viewer.pausing, self._orphaned_at = viewer.stays, None
        self._mailbox.asked.put(ReceivedOrder(order.command, viewer, order.id, viewer.who))

    def _give_answers(self) -> None:
        while self._mailbox.answers:
            viewer, answer = self._mailbox.answers.popleft()
            viewer.answer(answer, len(self._history.lines))

    def _refuse_late(self) -> None:
        """Orders that came too late are told so."""
        while not self._mailbox.asked.empty():
            asked = self._mailbox.asked.get()
            if asked.viewer is not None:
                late = Answer(asked.id, "late", OVER, self._history.steps)
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
