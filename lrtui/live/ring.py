"""The rates and losses of the last steps, written inside the compiled training step.

A step costs two writes of a few bytes; they are read back in bulk. Works compiled, eagerly, with
jit_compile and with several steps in an execution. It never computes a rate.
"""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Float32s = NDArray[np.float32]

CAPACITY = 4096
"""Steps that are held: at 1 ms a step, reading ten times a second leaves a margin of forty."""

_UPDATED, _ACCUMULATED, _SKIPPED = 1.0, 0.0, -1.0


class Noted(NamedTuple):
    """What was noted of some steps; each array of shape (steps,)."""

    rates: Float32s
    """The rate that each step used; NaN: none, the weights did not move."""
    losses: Float32s
    """The loss of each step's batch."""
    skipped: NDArray[np.bool_]
    """Whether LossScaleOptimizer skipped it."""
    updated: NDArray[np.bool_]
    """Whether it moved the weights; not if it was skipped or only accumulates gradients."""


class Ring:
    """Holds the last `capacity` steps of one optimizer. A step is a batch that was trained on.

    The slot is the optimizer's own count and not a count of writes: a rate written between two
    steps (someone evaluated the schedule) goes to the slot that the next step overwrites. What the
    optimizer does not count (a step that was skipped) or takes back (a restored checkpoint) is in
    an offset, so that steps only ever count upward.

    Args:
        iterations: the optimizer's variable.
        capacity: how many steps are held.
        accumulation: the optimizer updates once in so many steps.
    """

    def __init__(self, iterations: Any, capacity: int = CAPACITY, accumulation: int = 1) -> None:
        self.capacity = capacity
        self._iterations = iterations
        self._accumulation = accumulation
        self._offset = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._rows = tf.Variable(tf.fill((capacity, 3), np.float32(np.nan)), trainable=False)

    @property
    def steps(self) -> int:
        """The steps so far: what the optimizer counts, what it skipped, what was taken back."""
        # Keras' own `numpy()` takes four times as long (75 us).
        return int(self._iterations.value) + int(self._offset)

    def write(self, rate: Any, loss: Any) -> None:
        """Note the present step's rate and loss; NaN: not known yet."""
        row = tf.stack([tf.cast(one, tf.float32) for one in (rate, loss, self._does())])
        # Not `rows[slot].assign`: XLA compiles that anew for every slot (0.7 s a step).
        self._rows.scatter_nd_update([[self._slot()]], [row])

    def write_rate(self, rate: Any) -> None:
        """Note the rate that the present step takes."""
        self._write_one(0, tf.cast(rate, tf.float32))

    def write_skipped(self, skipped: Any) -> None:
        """Note whether the present step leaves the weights and the optimizer's count alone."""
        self._write_one(2, tf.where(skipped, _SKIPPED, self._does()))
        self._offset.assign_add(tf.cast(skipped, tf.int64))

    def rewind(self, by: int) -> None:
        """The optimizer's count was just set back by so many."""
        self._offset.assign_add(by)

    def read(self, first: int, stop: int) -> Noted:
        """What was noted of the steps ``[first, stop)``.

        Raises:
            ValueError: there are more than the ring holds.
        """
        if stop - first > self.capacity:
            raise ValueError(f"at most {self.capacity} steps are held. Received: {stop - first}")
        rows = self._rows.numpy()[np.arange(first, stop) % self.capacity]
        did = rows[:, 2]
        rates = np.where(did == _UPDATED, rows[:, 0], np.float32(np.nan))
        return Noted(rates, rows[:, 1], did == _SKIPPED, did == _UPDATED)

    def _does(self) -> Any:
        """What the present step does if it is not skipped."""
        if self._accumulation == 1:
            return _UPDATED
        last = (tf.convert_to_tensor(self._iterations) + 1) % self._accumulation == 0
        return tf.where(last, _UPDATED, _ACCUMULATED)

    def _slot(self) -> Any:
        steps = tf.convert_to_tensor(self._iterations) + self._offset
        return tf.cast(steps % self.capacity, tf.int32)

    def _write_one(self, column: int, value: Any) -> None:
        self._rows.scatter_nd_update([[self._slot(), tf.constant(column)]], [value])
