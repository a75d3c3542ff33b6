"""The viewers of a training: how far each has been told, and what it must be sent next.

Nobody is waited for: of each viewer at most one message is under way, and the next is made only
when that one is gone. A viewer that lags gets what it missed in reduced form.
"""

import contextlib
import socket
import time

import msgspec
import numpy as np
from numpy.typing import NDArray

from lrtui.live.forked_children import let_go_in_children
from lrtui.protocol import StepsDone, encode, pack
from lrtui.protocol.attach import (
    MOST_ORDER_BYTES,
    Answer,
    FromViewer,
    Past,
    decode_from_viewer,
)
from lrtui.protocol.growing_array import GrowingArray
from lrtui.protocol.journal import JournalLine
from lrtui.protocol.values import Message

WHOLE_STEPS = 8192
"""The last steps that a viewer is sent whole; those before them in reduced form."""
STRETCHES = 4096
"""Into so many parts the past is reduced, at most."""
RUBBISH_LINES = 20
"""A viewer that has sent more is let go."""
ORDERS_A_SECOND = 20.0
ORDERS_AT_ONCE = 40
"""A viewer may give so many orders a second, and so many after a rest."""


class History:
    """All that the training has told so far: what every viewer is sent from."""

    def __init__(self) -> None:
        self._rates, self._losses = GrowingArray(), GrowingArray()
        self.lines: list[JournalLine] = []
        self._encoded: list[bytes] = []

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self._rates)

    @property
    def rates(self) -> NDArray[np.float32]:
        """Of every step."""
        return self._rates.values

    @property
    def losses(self) -> NDArray[np.float32]:
        """Of every step."""
        return self._losses.values

    def add_steps(self, rates: NDArray[np.float32], losses: NDArray[np.float32]) -> None:
        """Steps were done."""
        self._rates.extend(rates)
        self._losses.extend(losses)

    def add_line(self, line: JournalLine) -> None:
        """Something else happened."""
        self.lines.append(line)
        self._encoded.append(encode(line.event))

    def next_message(self, steps: int, lines: int) -> tuple[bytes, int, int] | None:
        """What comes next for one who has had so many steps and other events; None: nothing.

        Returns:
            The message, and how many steps and other events he has had with it.
        """
        due = self.lines[lines].steps if lines < len(self.lines) else self.steps
        if lines < len(self.lines) and due <= steps:
            return self._encoded[lines], steps, lines + 1
        whole_from = self.steps - WHOLE_STEPS
        if steps < whole_from:
            part = slice(steps, whole_from)
            past = reduced(steps, self.rates[part], self.losses[part])
            return encode(past), whole_from, lines
        if (stop := min(due, self.steps)) <= steps:
            return None
        part = slice(steps, stop)
        message = StepsDone(steps, pack(self.rates[part]), pack(self.losses[part]))
        return encode(message), stop, lines


class Viewer:
    """One connection. It never blocks.

    Args:
        connection: non-blocking.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        let_go_in_children(self, Viewer.close)
        self.who = "a viewer"
        self.steps = self.lines = 0
        self.listens = False
        """Whether it has answered the greeting: it is sent the past from then on."""
        self.stays = True
        """Whether it goes on listening: a pause of one that stays ends with its connection."""
        self.pausing = False
        """Whether the training waits because this viewer said so."""
        self._out: list[memoryview] = []
        self._answers: list[tuple[int, Answer]] = []
        self._heard = b""
        self._rubbish = 0
        self._allowance = float(ORDERS_AT_ONCE)
        self._counted_at = time.monotonic()

    def queue(self, message: Message) -> None:
        """Send this before anything else. Such messages are few, and small."""
        self._out.append(memoryview(encode(message)))

    def answer(self, answer: Answer, lines: int) -> None:
        """Send this when it has had so many of the other events: what came of the order first."""
        self._answers.append((lines, answer))

    def push(self, history: History) -> bool:
        """Send what the connection takes now. Whether there is more to send.

        Raises:
            OSError: the connection is gone.
        """
        try:
            while True:
                if not self._out and not self._take_next(history):
                    return False
                sent = self.connection.send(self._out[0])
                rest = self._out[0][sent:]
                self._out[:1] = [rest] if rest else []
        except (BlockingIOError, InterruptedError):
            return True

    def hear(self) -> list[FromViewer | msgspec.DecodeError]:
        """What it has said since it was last asked; errors are lines that are not known.

        Raises:
            OSError: the connection is gone, or sends rubbish.
        """
        try:
            block = self.connection.recv(1 << 16)
        except (BlockingIOError, InterruptedError):
            return []
        if not block:
            raise ConnectionError("closed")
        *lines, self._heard = (self._heard + block).split(b"\n")
        said: list[FromViewer | msgspec.DecodeError] = []
        for line in lines:
            try:
                said.append(decode_from_viewer(line))
            except msgspec.DecodeError as error:
                self._rubbish += 1
                said.append(error)
            if self._rubbish > RUBBISH_LINES:
                raise ConnectionError("rubbish")
        if len(self._heard) > MOST_ORDER_BYTES:
            raise ConnectionError("rubbish")
        return said

    def may_order(self) -> bool:
        """Whether it has not given too many orders lately; counts one."""
        now = time.monotonic()
        gained = (now - self._counted_at) * ORDERS_A_SECOND
        self._allowance = min(ORDERS_AT_ONCE, self._allowance + gained)
        self._counted_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def close(self) -> None:
        """Let it go."""
        with contextlib.suppress(OSError):
            self.connection.close()

    def _take_next(self, history: History) -> bool:
        if self._answers and (not self.listens or self.lines >= self._answers[0][0]):
            self.queue(self._answers.pop(0)[1])
            return True
        following = history.next_message(self.steps, self.lines) if self.listens else None
        if following is None:
            return False
        message, self.steps, self.lines = following
        self._out.append(memoryview(message))
        return True


def reduced(first: int, rates: NDArray[np.float32], losses: NDArray[np.float32]) -> Past:
    """Smallest, largest and last of each of at most STRETCHES stretches of these steps."""
    stretch = -(-len(rates) // STRETCHES)
    return Past(
        first=first,
        stop=first + len(rates),
        stretch=stretch,
        rates=_extremes(rates, stretch),
        losses=_extremes(losses, stretch),
    )


def _extremes(values: NDArray[np.float32], stretch: int) -> tuple[bytes, bytes, bytes]:
    starts = np.arange(0, len(values), stretch)
    last = values[np.minimum(starts + stretch, len(values)) - 1]
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return pack(low), pack(high), pack(last)
