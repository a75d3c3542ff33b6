"""The rates and losses of the last steps, written inside the compiled training step.

A step costs two writes of a few bytes; they are read back in bulk. Works compiled, eagerly, with
jit_compile and with several steps in an execution. It never computes a rate.
"""

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Float32s = NDArray[np.float32]

CAPACITY = 4096
"""Steps that are held: at 1 ms a step, reading ten times a second leaves a margin of forty."""


class Ring:
    """Holds the last `capacity` steps of one optimizer.

    The slot is the optimizer's own count of updates, not a count of writes: a rate written between
    two steps (someone evaluated the schedule) goes to the slot that the next step overwrites.

    Args:
        iterations: the optimizer's variable.
        capacity: how many steps are held.
    """

    def __init__(self, iterations: Any, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._iterations = iterations
        self._rows = tf.Variable(tf.fill((capacity, 2), np.float32(np.nan)), trainable=False)

    @property
    def steps(self) -> int:
        """How many updates the optimizer has made."""
        return int(self._iterations.numpy())

    def write(self, rate: Any, loss: Any) -> None:
        """Note the present step's rate and loss; NaN: not known yet."""
        row = tf.stack([tf.cast(rate, tf.float32), tf.cast(loss, tf.float32)])
        # Not `rows[slot].assign`: XLA compiles that anew for every slot (0.7 s a step).
        self._rows.scatter_nd_update([[self._slot()]], [row])

    def write_rate(self, rate: Any) -> None:
        """Note the rate that the present step takes."""
        slot = self._slot()
        self._rows.scatter_nd_update([[slot, tf.zeros_like(slot)]], [tf.cast(rate, tf.float32)])

    def read(self, first: int, stop: int) -> tuple[Float32s, Float32s]:
        """Rates and losses of the updates ``[first, stop)``, counted as the optimizer does.

        Raises:
            ValueError: there are more than the ring holds.
        """
        if stop - first > self.capacity:
            raise ValueError(f"at most {self.capacity} steps are held. Received: {stop - first}")
        rows = self._rows.numpy()[np.arange(first, stop) % self.capacity]
        return rows[:, 0], rows[:, 1]

    def _slot(self) -> Any:
        return tf.cast(tf.convert_to_tensor(self._iterations) % self.capacity, tf.int32)
