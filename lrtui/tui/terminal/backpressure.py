"""How many bytes are in flight: sent, and not yet known to be read. A value; no clock, no terminal.

Whoever sends over a slow line notices nothing: buffers on the way take a megabyte. But a terminal
answers a question only when it has read all that was sent before it. So now and then one is asked,
and as long as too much is not known to have arrived, what is drawn is not sent. When the answer
comes, the newest of it is.
"""

from typing import Self

from msgspec import Struct
from msgspec.structs import replace

QUESTION = "\x1b[6n"
"""Where is the cursor? Every terminal answers it, and tmux, screen and the Linux console too."""
MOST = 6144
"""Bytes under way, from which on nothing is added: 0.3 s of a line of 20 KB a second."""
ASK = 2048
"""Bytes under way that are worth a question."""
LEAST = 256
"""What a write counts at least. So few writes are under way that their number is no burden."""


class InFlight(Struct, frozen=True):
    """What is known of the bytes in flight."""

    under_way: int = 0
    """Bytes that are not known to have been read."""
    since: int | None = None
    """Those among them that were sent after the question; None: no question is open."""
    answers: bool = False
    """Whether the terminal has answered once. Until then it is not waited for."""

    @property
    def full(self) -> bool:
        """Whether no more should be sent for now."""
        return self.answers and self.under_way >= MOST

    @property
    def asks(self) -> bool:
        """Whether a question should follow. A terminal that never answers is asked once."""
        return self.since is None and self.under_way >= ASK

    def send(self, count: int) -> Self:
        """The value after so many bytes were written."""
        counted = max(count, LEAST)
        since = None if self.since is None else self.since + counted
        return replace(self, under_way=self.under_way + counted, since=since)

    def ask(self) -> Self:
        """The value after a question was written."""
        return replace(self, since=0)

    def answer(self) -> Self:
        """The value after an answer came; one that was not asked for changes nothing."""
        if self.since is None:
            return self
        return replace(self, under_way=self.since, since=None, answers=True)
