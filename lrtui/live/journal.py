"""The journal of a training: what it tells, appended to two files while it trains.

Steps are 8 bytes each, the rate and the loss as little-endian float32; every other event is a line
of JSON with the count of steps that came before it and the time. What cannot be written now (a full
disk) is tried again later, so that nothing is lost that fits at last; the training never waits.
"""

import contextlib
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lrtui.protocol.journal import JournalLine, encode_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lrtui.protocol.registry import Place

BLOCK_STEPS = 1 << 17
"""Steps that are written at once."""
RETRY_SECONDS = 10.0
"""After a write that failed it is not tried again for so long."""


class Journal:
    """Writes what it is given; the files are made with the first write.

    Args:
        place: the files.
    """

    def __init__(self, place: "Place") -> None:
        self._place = place
        self._steps_written = self._lines_written = 0
        self._bytes_of_lines = 0
        self._retry_at = 0.0
        self.problem = ""
        """Why the last write failed; empty: it did not."""

    def write(
        self,
        rates: "NDArray[np.float32]",
        losses: "NDArray[np.float32]",
        lines: Sequence[JournalLine],
    ) -> None:
        """Write what is new of all that there is so far. Never raises."""
        if self.problem and time.monotonic() < self._retry_at:
            return
        try:
            self._look_whether_removed()
            self._write_steps(rates, losses)
            self._write_lines(lines)
            self.problem = ""
        except OSError as error:
            self.problem = error.strerror or str(error)
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def retry(self) -> None:
        """Try again at the next write, whatever failed before."""
        self._retry_at = 0.0

    def _look_whether_removed(self) -> None:
        """Begin again with a file that someone removed or cut: there must be no gap in it."""
        if _size(self._place.steps) < 8 * self._steps_written:
            self._steps_written = 0
        if _size(self._place.events) < self._bytes_of_lines:
            self._lines_written = self._bytes_of_lines = 0

    def _write_steps(self, rates: "NDArray[np.float32]", losses: "NDArray[np.float32]") -> None:
        while self._steps_written < len(rates):
            part = slice(self._steps_written, self._steps_written + BLOCK_STEPS)
            block = np.stack([rates[part], losses[part]], axis=1).astype("<f4").tobytes()
            _write_at(self._place.steps, 8 * self._steps_written, block)
            self._steps_written += len(block) // 8

    def _write_lines(self, lines: Sequence[JournalLine]) -> None:
        if self._lines_written < len(lines):
            block = b"".join(encode_line(line) for line in lines[self._lines_written :])
            _write_at(self._place.events, self._bytes_of_lines, block)
            self._bytes_of_lines += len(block)
            self._lines_written = len(lines)


def _size(path: "os.PathLike[str]") -> int:
    try:
        return os.lstat(path).st_size
    except FileNotFoundError:
        return 0


def _write_at(path: "os.PathLike[str]", offset: int, block: bytes) -> None:
    """Write a whole block at its place, or raise and leave nothing of it behind."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(path, flags, 0o600)
    try:
        done = 0
        while done < len(block):
            done += os.pwrite(file, block[done:], offset + done)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file, offset)
        raise
    finally:
        os.close(file)
