"""Takes the records out of a TFRecord file that comes in pieces, and checks their sums.

A record is: its length (8 bytes), the masked CRC-32C of these 8, the data, the masked CRC-32C of
the data; all little-endian. Source: tensorflow/core/lib/io/record_writer.h.
"""

import struct
from typing import NamedTuple

import numpy as np

from lrtui.logs.crc32c import masked_crc, masked_crcs
from lrtui.schedules.arrays import Int64s, Uint8s

HEAD, FOOT = 12, 4
LONGEST = 1 << 18
"""A longer record is a graph or an image: passed over unread, with its sum."""
_HEAD = struct.Struct("<QI")
_SEARCHED = 1 << 16
"""Places that are tried at once where a record has been lost."""


class SameLength(NamedTuple):
    """Records of one length."""

    places: Int64s
    """Where each stands among the bytes of the file, shape (records,)."""
    rows: Uint8s
    """Their data, shape (records, length)."""


class Records:
    """The records of a file: whole ones are handed on, a cut one waits for the rest."""

    def __init__(self) -> None:
        self._rest = b""
        self._skip = 0
        self._before = 0
        """Bytes of the file before the rest."""
        self.damaged = 0
        """Records whose sum is wrong, and places where no record begins: they are left out."""
        self._lost = False
        """Whether what is read now is no record."""
        self._heads: dict[bytes, int] = {}

    def feed(self, block: bytes) -> list[SameLength]:
        """What is whole by now, by length."""
        data = self._rest + block
        starts, at = self._walk(data)
        found = self._checked(data, starts)
        self._rest = data[at:]
        self._before += at
        return found

    def _walk(self, data: bytes) -> tuple[dict[int, list[int]], int]:
        """Where the data of each whole record begin, by length; and where the rest begins."""
        heads, end, at = self._heads, len(data), 0
        starts: dict[int, list[int]] = {}
        while True:
            if self._skip:
                passed = min(self._skip, end - at)
                at, self._skip = at + passed, self._skip - passed
            if end - at < HEAD:
                return starts, at
            head = data[at : at + HEAD]
            length = heads.get(head)
            if length is None:
                length = self._length(head)
                if length < 0:
                    at = self._next_head(data, at + 1)
                    continue
                if len(heads) < 1 << 12:
                    heads[head] = length
                self._lost = False
            if length > LONGEST:
                self._skip = HEAD + length + FOOT
                continue
            after = at + HEAD + length + FOOT
            if after > end:
                return starts, at
            starts.setdefault(length, []).append(at + HEAD)
            at = after

    def _length(self, head: bytes) -> int:
        length, told = _HEAD.unpack(head)
        return int(length) if masked_crc(head[:8]) == told else -1

    def _next_head(self, data: bytes, at: int) -> int:
        """Where the next record may begin: a length stands there with its right sum."""
        if not self._lost:
            self._lost, self.damaged = True, self.damaged + 1
        raw = np.frombuffer(data, np.uint8)
        while len(raw) - at >= HEAD:
            piece = raw[at : at + _SEARCHED + HEAD - 1]
            windows = np.lib.stride_tricks.sliding_window_view(piece, HEAD)
            told = np.ascontiguousarray(windows[:, 8:]).view("<u4")[:, 0]
            right = np.flatnonzero(masked_crcs(windows[:, :8]) == told)
            if right.size:
                return at + int(right[0])
            at += len(windows)
        return at

    def _checked(self, data: bytes, starts: dict[int, list[int]]) -> list[SameLength]:
        raw = np.frombuffer(data, np.uint8)
        found = []
        for length, begins in starts.items():
            if not length:
                continue
            places = np.array(begins, np.int32)
            rows = raw[places[:, None] + np.arange(length + FOOT, dtype=np.int32)]
            told = np.ascontiguousarray(rows[:, length:]).view("<u4")[:, 0]
            right = masked_crcs(rows[:, :length]) == told
            self.damaged += int((~right).sum())
            found.append(SameLength(places[right] + np.int64(self._before), rows[right, :length]))
        return found
