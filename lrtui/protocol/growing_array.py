"""A float32 array that grows at its end."""

import numpy as np

from lrtui.schedules.arrays import Float32s


class GrowingArray:
    """A float32 array that grows at its end, in amortised constant time."""

    def __init__(self) -> None:
        self._buffer = np.empty(1024, np.float32)
        self._length = 0

    def extend(self, values: Float32s) -> None:
        """Append."""
        needed = self._length + len(values)
        if needed > len(self._buffer):
            grown = np.empty(max(needed, 2 * len(self._buffer)), np.float32)
            grown[: self._length] = self.values
            self._buffer = grown
        self._buffer[self._length : needed] = values
        self._length = needed

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Float32s:
        """What was appended, as a view."""
        return self._buffer[: self._length]
