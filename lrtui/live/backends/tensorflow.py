"""Steering and notes inside a step on TensorFlow: compiled, eager, with XLA, on several replicas.

Our variables are plain ``tf.Variable``, one set of notes a replica, so that nothing is reduced over
replicas and nothing of ours is among the optimizer's variables.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.live.backends.in_step import Orders, Own
from lrtui.live.noted import ACCUMULATED, DID, LOSS, RATE, SEEN, SKIPPED, UPDATED
from lrtui.schedules.arrays import Float32s, Int64s

TENSOR_FUNCTIONS = (tf.types.experimental.PolymorphicFunction,)


def each_step(schedule: Any, steps: Int64s) -> Float32s:
    """See :func:`lrtui.live.backends.each_step`."""

    @tf.function  # type: ignore[untyped-decorator]
    def rates_of(some: Any) -> Any:
        def one(step: Any) -> Any:
            return keras.ops.cast(schedule(step), "float32")

        return tf.map_fn(one, some, fn_output_signature=tf.float32)

    return np.asarray(rates_of(tf.constant(steps, tf.int64)))


class Step:
    """See :class:`~lrtui.live.backends.in_step.InStep`."""

    def __init__(self, model: Any, optimizer: Any, rows: Float32s, begun: int) -> None:
        capacity = len(rows) - 1
        self._optimizer = optimizer
        strategy = optimizer._distribution_strategy if model is None else model.distribute_strategy
        self._strategy = strategy
        self._capacity = capacity
        replicas = strategy.num_replicas_in_sync

        def make() -> None:
            with tf.init_scope():
                self._whole = tf.Variable([0, 0, 0], dtype=tf.int64, trainable=False)
                self._floats = tf.Variable(tf.ones(capacity + 1), trainable=False)
                self._notes = [_Notes(rows, begun) for _ in range(replicas)]

        if tf.distribute.has_strategy():
            # Within a strategy's scope variables would be mirrored; a thread of its own has none.
            maker = threading.Thread(target=make)
            maker.start()
            maker.join()
        else:
            make()

    def rate(self, own: Own) -> Any:
        """See ``InStep``."""
        first, origin, driven = tf.unstack(self._whole)
        scale = tf.gather(self._floats, 0)
        position = self._mine().done[1]
        dtypes: list[Any] = []

        def of_own() -> Any:
            rate = tf.convert_to_tensor(own(origin))
            if not rate.dtype.is_floating:
                rate = tf.cast(rate, keras.config.floatx())
            dtypes.append(rate.dtype)
            return tf.cast(rate, tf.float64)

        def of_table() -> Any:
            place = tf.clip_by_value(position - first, 0, self._capacity - 1)
            return tf.cast(tf.gather(self._floats, place + 1), tf.float64)

        # Not `where`: it asks the user's own schedule also where that has long ended and may raise.
        rate = tf.cond(driven > 0, of_table, of_own)
        dtype = dtypes[0] if dtypes else keras.config.floatx()
        return tf.cast(rate, dtype) * tf.cast(scale, dtype)

    def note_update(self, rate: Any, gradients: Any, accumulation: int) -> None:
        """See ``InStep``."""
        notes = self._mine()
        ready = [one.values if isinstance(one, tf.IndexedSlices) else one for one in gradients]
        # Where the data end Keras runs what does not depend on them once more: not this.
        with tf.control_dependencies([one for one in ready if tf.is_tensor(one)]):
            does: Any = UPDATED
            if accumulation > 1:
                # Asked after the update, when the count has gone on already.
                count = tf.convert_to_tensor(self._optimizer._iterations)
                does = tf.where(count % accumulation == 0, UPDATED, ACCUMULATED)
            slot, after = notes.slots()
            places = [[slot, RATE], [slot, DID], [after, SEEN]]
            notes.write(places, [tf.cast(rate, tf.float32), does, 0.0])
            notes.done.assign_add([1, 1])

    def note_loss(self, loss: Any) -> None:
        """See ``InStep``."""
        notes = self._mine()
        loss = tf.cast(loss, tf.float32)
        if loss.shape.rank != 0:
            loss = tf.reduce_mean(loss)
        slot, _ = notes.slots()
        notes.write([[slot, LOSS], [slot, SEEN]], [loss, 1.0])

    def note_skip(self, finite: Any) -> None:
        """See ``InStep``. A step that is not skipped overwrites this when it updates."""
        notes = self._mine()
        slot, after = notes.slots()
        notes.write([[slot, DID], [after, SEEN]], [SKIPPED, 0.0])
        notes.done.assign_add(tf.stack([tf.cast(~finite, tf.int64), 0]))

    def order(self, orders: Orders) -> None:
        """See ``InStep``."""
        self._floats.assign(np.concatenate([[orders.scale], orders.table]))
        self._whole.assign([orders.first, orders.origin, int(orders.driven)])

    def assign(self, variable: Any, assign: Callable[[Any], Any], value: float) -> None:
        """See ``InStep``."""
        assign(value)

    def number(self, variable: Any) -> float:
        """See ``InStep``."""
        return float(variable.numpy())

    def done(self) -> tuple[int, int]:
        """See ``InStep``."""
        step, position = self._notes[0].done.numpy()
        return int(step), int(position)

    def rows(self) -> Float32s:
        """See ``InStep``. Each replica notes its share of the loss."""
        rows: Float32s = self._notes[0].rows.numpy()
        for other in self._notes[1:]:
            rows[:, LOSS] += other.rows.numpy()[:, LOSS]
        return rows

    def inside(self) -> bool:
        """See ``InStep``."""
        return bool(tf.inside_function())

    def settle(self) -> None:
        """See ``InStep``. Nothing waits."""

    def carried(self) -> bool:
        """See ``InStep``."""
        return False

    def stale(self) -> bool:
        """See ``InStep``."""
        return False

    def plain(self, function: Any) -> Any:
        """See ``InStep``. AutoGraph would make the same of it, later and by way of a file."""
        return tf.autograph.experimental.do_not_convert(function)

    def around(self, train_function: Any, before: Callable[[], None]) -> Any:
        """See ``InStep``."""

        def train_function_and_before(*args: Any) -> Any:
            before()
            return train_function(*args)

        return train_function_and_before

    def attach(self) -> None:
        """See ``InStep``. Nothing is needed."""

    def detach(self) -> None:
        """See ``InStep``."""

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """See ``InStep``. There is nothing to hide."""
        yield

    def processes(self) -> int:
        """See ``InStep``."""
        resolver = self._strategy.cluster_resolver
        if resolver is None or not self._strategy.extended._in_multi_worker_mode():
            return 1
        jobs = resolver.cluster_spec().as_dict()
        return sum(len(jobs.get(job, ())) for job in ("chief", "worker"))

    def _mine(self) -> "_Notes":
        """The notes of the replica that is being traced."""
        if len(self._notes) == 1:
            return self._notes[0]
        context = tf.distribute.get_replica_context()
        replica = None if context is None else context.replica_id_in_sync_group
        known = tf.get_static_value(replica) if tf.is_tensor(replica) else replica
        return self._notes[int(known) if known is not None else 0]


class _Notes:
    """The notes of one replica."""

    def __init__(self, rows: Float32s, begun: int) -> None:
        self._size = len(rows)
        self.done = tf.Variable([begun, 0], dtype=tf.int64, trainable=False)
        self.rows = tf.Variable(rows, trainable=False)

    def slots(self) -> tuple[Any, Any]:
        """The rows of the present step and of the one after it."""
        step = self.done[0]
        return tf.cast(step % self._size, tf.int32), tf.cast((step + 1) % self._size, tf.int32)

    def write(self, places: Any, values: Any) -> None:
        """Write numbers at rows and columns."""
        # Not `rows[slot].assign`: XLA compiles that anew for every slot (0.7 s a step).
        self.rows.scatter_nd_update(tf.convert_to_tensor(places), tf.stack(values))
