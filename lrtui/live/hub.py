"""The hub of a training: viewers watch and steer it over a unix socket, and a journal is kept.

A thread of its own does all of that (:mod:`lrtui.live.hub_thread`). The training's thread puts its
events into a mailbox and takes orders from it; it never waits for a viewer, a disk or the hub.
"""

import queue
import time
from collections.abc import Callable

import msgspec

from lrtui.live.hub_thread import ORPHANED_SECONDS, HubThread
from lrtui.live.mailbox import Mailbox, ReceivedOrder
from lrtui.live.registration import Registration
from lrtui.protocol import Command, Event, StepsDone
from lrtui.protocol.attach import Answer


class Hub:
    """A link (see :class:`lrtui.live.link.Link`) that up to eight viewers may be at.

    All of it is for the thread that trains.

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
        self.registration = Registration(name)
        self._mailbox = Mailbox()
        self._obeyed: ReceivedOrder | None = None
        self._steps = 0
        self._thread = HubThread(self._mailbox, self.registration, refusal, orphaned_seconds)
        self._thread.start()

    def refuse(self, reason: str) -> None:
        """From now on it cannot be steered, and why; empty: it can."""
        self._thread.refusal = reason

    def ends_when(self, left: Callable[[], bool]) -> None:
        """Say that the fit was interrupted once this is true; asked by another thread."""
        self._thread.left = left

    def send(self, event: Event) -> None:
        """Tell every viewer and the journal; returns at once."""
        obeyed = self._obeyed
        if obeyed is not None and obeyed.who and hasattr(event, "who"):
            event = msgspec.structs.replace(event, who=obeyed.who)
        if isinstance(event, StepsDone):
            self._steps = event.first + len(event.rates) // 4
        self._mailbox.events.append((time.time(), event))
        self._mailbox.wake()

    def poll(self) -> Command | None:
        """The next command, None if there is none now."""
        self._mailbox.looked = time.monotonic()
        asked = self._mailbox.asked
        return None if asked.empty() else self._begin(asked.get())

    def wait(self, seconds: float | None = None) -> Command | None:
        """The next command as soon as there is one; None if there was none for so many seconds."""
        self._mailbox.looked = None
        try:
            return self._begin(self._mailbox.asked.get(timeout=seconds))
        except queue.Empty:
            return None
        finally:
            self._mailbox.looked = time.monotonic()

    def answer(self, refused: str = "") -> None:
        """Say what became of the command that was taken last."""
        asked, self._obeyed = self._obeyed, None
        if asked is None or asked.viewer is None:
            return
        outcome = Answer(asked.id, "refused" if refused else "done", refused, step=self._steps)
        self._mailbox.answers.append((asked.viewer, outcome))
        self._mailbox.wake()

    def close(self) -> None:
        """Write what there is, let the viewers go, give up the entry. Waits two seconds at most."""
        if self._mailbox.closing:
            return
        self._mailbox.closing = True
        self._mailbox.wake()
        self._thread.join(2.0)
        self.registration.close()

    def _begin(self, asked: ReceivedOrder) -> Command:
        self._obeyed = asked
        return asked.command
