"""Steering and notes inside a step on TensorFlow: compiled, eager, with XLA, on several replicas.

Our variables are plain ``tf.Variable``, one set of notes a replica, so that nothing is reduced over
replicas and nothing of ours is among the optimizer's variables.
"""

import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.live.backends.in_place import TrainedInPlace
from lrtui.live.backends.in_step import Orders, Own, raises_nowhere
from lrtui.live.noted import ACCUMULATED, LOSS, SKIPPED, UPDATED
from lrtui.schedules.arrays import Float32s, Int64s

TENSOR_FUNCTIONS = (tf.types.experimental.PolymorphicFunction,)


def each_step(schedule: Any, steps: Int64s) -> Float32s:
    """What a schedule gives for each step, one at a time, by a compiled loop."""

    @tf.function  # type: ignore[untyped-decorator]
    def rates_of(some: Any) -> Any:
        def one(step: Any) -> Any:
            return keras.ops.cast(schedule(step), "float32")

        return tf.map_fn(one, some, fn_output_signature=tf.float32)

    return np.asarray(rates_of(tf.constant(steps, tf.int64)))


_STEP = np.array([1, 0, 0, 0, 0])
_STEP_AND_POSITION = np.array([1, 1, 0, 0, 0])


class Step(TrainedInPlace):
    """What runs inside the steps of one optimizer on TensorFlow, and steers it between two."""

    TRACED_ONCE = True

    def __init__(self, model: Any, optimizer: Any, rows: Float32s, begun: int) -> None:
        capacity = len(rows) - 1
        self._optimizer = optimizer
        strategy = optimizer._distribution_strategy if model is None else model.distribute_strategy
        self._strategy = strategy
        self._capacity = capacity
        replicas = strategy.num_replicas_in_sync
        if replicas > 1:
            replicas = len(strategy.extended.worker_devices)  # of this process

        def make() -> None:
            with tf.init_scope():
                self._factors = tf.Variable(tf.ones(capacity), trainable=False)
                self._notes = [_Notes(rows, begun) for _ in range(replicas)]

        if tf.distribute.has_strategy():
            # Within a strategy's scope variables would be mirrored; a thread of its own has none.
            maker = threading.Thread(target=make)
            maker.start()
            maker.join()
        else:
            make()

    def rate(self, own: Own) -> Any:
        """Inside a step: the rate that it takes.

        Few operations: each costs a step a microsecond.
        """
        _, position, first, origin, driven = tf.unstack(self._mine().whole)
        place = tf.clip_by_value(position - first, 0, self._capacity - 1)
        # A rate where the table drives, else what the user's own is scaled by.
        factor = tf.gather(self._factors, place)
        if raises_nowhere(self._optimizer):
            rate = _floating(own(origin))
            factor = tf.cast(factor, rate.dtype)
            return tf.where(driven > 0, factor, rate * factor)
        dtypes: list[Any] = []

        def of_own() -> Any:
            rate = _floating(own(origin))
            dtypes.append(rate.dtype)
            return tf.cast(rate * tf.cast(factor, rate.dtype), tf.float64)

        # Not `where`: it asks the user's own schedule also where that has long ended and may raise.
        rate = tf.cond(driven > 0, lambda: tf.cast(factor, tf.float64), of_own)
        return tf.cast(rate, dtypes[0] if dtypes else keras.config.floatx())

    def note_update(self, rate: Any, gradients: Any, accumulation: int) -> None:
        """Inside a step, after its update: note the rate, go on to the next step."""
        notes = self._mine()
        ready = [one.values if isinstance(one, tf.IndexedSlices) else one for one in gradients]
        # Where the data end Keras runs what does not depend on them once more: not this.
        with tf.control_dependencies([one for one in ready if tf.is_tensor(one)]):
            does: Any = UPDATED
            if accumulation > 1:
                # Asked after the update, when the count has gone on already.
                count = tf.convert_to_tensor(self._optimizer._iterations)
                does = tf.where(count % accumulation == 0, UPDATED, ACCUMULATED)
            notes.write(tf.cast(rate, tf.float32), does)
            notes.whole.assign_add(_STEP_AND_POSITION, read_value=False)

    def note_loss(self, loss: Any) -> None:
        """Inside a step: note its loss.

        It is written with the rest of the step, if that belongs to it.
        """
        loss = tf.cast(loss, tf.float32)
        self._mine().loss = tf.reduce_mean(loss) if loss.shape.rank != 0 else loss

    def note_skip(self, finite: Any) -> None:
        """Inside a step: it is skipped if its gradients are not finite.

        A step that is not skipped overwrites this when it updates.
        """
        notes = self._mine()
        notes.write(0.0, SKIPPED, keep=True)
        skipped = tf.cast(~finite, tf.int64)
        notes.whole.assign_add(skipped * _STEP, read_value=False)

    def order(self, orders: Orders) -> None:
        """Between two steps: steer the next ones so."""
        scale = np.float32(orders.scale)
        rates = orders.table if orders.driven else np.ones(self._capacity, np.float32)
        self._factors.assign(rates * scale)
        for notes in self._notes:
            notes.order(orders.first, orders.origin, orders.driven)

    def assign(self, variable: Any, assign: Callable[[Any], Any], value: float) -> None:
        """Between two steps: set a variable of the optimizer by its own `assign`."""
        assign(value)

    def number(self, variable: Any) -> float:
        """Between two steps: a scalar variable's present value."""
        return float(variable.numpy())

    def done(self) -> tuple[int, int]:
        """Between two steps: the step and the position that come next."""
        step, position = self._notes[0].whole.numpy()[:2]
        return int(step), int(position)

    def rows(self) -> Float32s:
        """Between two steps: all notes, shape (capacity + 1, 4), at step modulo capacity + 1.

        Each replica notes its share of the loss.
        """
        return _summed([one.rows.numpy() for one in self._notes])

    def snapshot(self) -> Callable[[], tuple[int, Float32s]]:
        """Between two steps: what is noted by now.

        Its call waits for it, also in another thread.
        """
        whole = self._notes[0].whole.read_value()
        noted = [one.rows.read_value() for one in self._notes]
        return lambda: (int(whole.numpy()[0]), _summed([one.numpy() for one in noted]))

    def count(self) -> Any:
        """Between two steps: the step that comes next, not waited for; its ``int`` waits.

        Not `read_value`, which takes three times as long.
        """
        whole = self._notes[0].whole
        return _Count(tf.raw_ops.ReadVariableOp(resource=whole.handle, dtype=whole.dtype))

    def inside(self) -> bool:
        """Whether a step is being traced, or run, right now."""
        return bool(tf.inside_function())

    def settle(self) -> None:
        """Between two steps: put what waits for the next execution where others see it.

        Nothing waits.
        """

    def carried(self) -> bool:
        """Whether the state is elsewhere: what variables are assigned now is a copy of it."""
        return False

    def stale(self) -> bool:
        """Whether the model was compiled again, so that this must be attached anew."""
        return False

    def plain(self, function: Any) -> Any:
        """A hook that the framework runs as it stands, and does not translate.

        AutoGraph would make the same of it, later and by way of a file.
        """
        return tf.autograph.experimental.do_not_convert(function)

    def processes(self) -> int:
        """How many processes train this model together."""
        jobs = self._jobs()
        return sum(len(jobs.get(job, ())) for job in ("chief", "worker")) or 1

    def chief(self) -> bool:
        """Whether this is the one of them that is watched.

        Where no task is the chief, the first worker is.
        """
        jobs, resolver = self._jobs(), self._strategy.cluster_resolver
        first = "chief" if jobs.get("chief") else "worker"
        return not jobs or (resolver.task_type, resolver.task_id) == (first, 0)

    def _jobs(self) -> Any:
        """The tasks of each kind; none where one process trains alone."""
        resolver = self._strategy.cluster_resolver
        if resolver is None or not self._strategy.extended._in_multi_worker_mode():
            return {}
        return resolver.cluster_spec().as_dict()

    def _mine(self) -> "_Notes":
        """The notes of the replica that is being traced."""
        if len(self._notes) == 1:
            return self._notes[0]
        context = tf.distribute.get_replica_context()
        replica = None if context is None else context.replica_id_in_sync_group
        known = tf.get_static_value(replica) if tf.is_tensor(replica) else replica
        return self._notes[int(known) % len(self._notes) if known is not None else 0]


class _Count:
    """A count that was read and may not be there yet."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __int__(self) -> int:
        return int(self._whole.numpy()[0])


def _summed(rows: list[Float32s]) -> Float32s:
    """The notes of the first replica, with the losses of all: each notes its share."""
    first = rows[0]
    for other in rows[1:]:
        first[:, LOSS] += other[:, LOSS]
    return first


class _Notes:
    """The notes of one replica, and how far it is."""

    def __init__(self, rows: Float32s, begun: int) -> None:
        self._size = len(rows)
        self.whole = tf.Variable([begun, 0, 0, 0, 0], dtype=tf.int64, trainable=False)
        """The step, the position; of the orders the first position, the origin, whether driven."""
        self.rows = tf.Variable(rows, trainable=False)
        self.loss: Any = None
        """The loss of the step that is traced, or run, right now, until it is written."""

    def write(self, rate: Any, does: Any, *, keep: bool = False) -> None:
        """Write the present step's row.

        Args:
            rate: that was used.
            does: what the step did.
            keep: the loss for a row that replaces this one.
        """
        loss = self.loss
        if not keep:
            self.loss = None
        seen = loss is not None and _within_reach(loss)
        row = tf.stack([rate, loss if seen else 0.0, does, float(seen)])
        # Not `rows[slot].assign`: XLA compiles that anew for every slot (0.7 s a step).
        slot = self.whole[0] % self._size
        tf.raw_ops.ResourceScatterUpdate(resource=self.rows.handle, indices=slot, updates=row)

    def order(self, first: int, origin: int, driven: bool) -> None:
        """Between two steps."""
        done = self.whole.numpy()[:2]
        self.whole.assign([*done, first, origin, int(driven)])


def _floating(rate: Any) -> Any:
    rate = tf.convert_to_tensor(rate)
    return rate if rate.dtype.is_floating else tf.cast(rate, keras.config.floatx())


def _within_reach(tensor: Any) -> bool:
    """Whether what is traced now can use it; not if it comes from another function."""
    if tf.executing_eagerly():
        return hasattr(tensor, "numpy")
    graph = tf.compat.v1.get_default_graph()
    while graph is not None:
        if hasattr(tensor, "numpy") or tensor.graph is graph:
            return True
        graph = getattr(graph, "outer_graph", None)
    return False
