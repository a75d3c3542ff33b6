"""Steering and notes inside a step on TensorFlow: compiled, eager, with XLA, on several replicas.

Our variables are plain ``tf.Variable``, two a replica, so that nothing is reduced over replicas and
nothing of ours is among the optimizer's variables. Two only: each that a step is handed costs it.
"""

import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.live.backends.in_place import TrainedInPlace
from lrtui.live.backends.in_step import Own, RateInputs, raises_nowhere
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


_FACTOR, _MORE = 0, 1
"""The columns of the inputs' table: what the user's own rate is scaled by, and what is added."""
_SKIPPED = np.array([1, 0, 0, 0])
_UPDATED = np.array([1, 1, 1, 0])


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
                self._replicas = [_Replica(rows, begun) for _ in range(replicas)]

        if tf.distribute.has_strategy():
            # Within a strategy's scope variables would be mirrored; a thread of its own has none.
            maker = threading.Thread(target=make)
            maker.start()
            maker.join()
        else:
            make()

    def rate(self, own: Own) -> Any:
        """Inside a step: the rate that it takes.

        Few operations: all of ours together cost a step some microseconds.
        """
        origin, factor, rate = self._mine().read()
        if raises_nowhere(self._optimizer):
            return _scaled(_floating(own(origin)), factor, rate)
        dtypes: list[Any] = []

        def of_own() -> Any:
            scaled = _scaled(_floating(own(origin)), factor, rate)
            dtypes.append(scaled.dtype)
            return tf.cast(scaled, tf.float64)

        # Not asked where it does not matter: it may have ended long since, and raise.
        rate = tf.cond(factor == 0, lambda: tf.cast(rate, tf.float64), of_own)
        return tf.cast(rate, dtypes[0] if dtypes else keras.config.floatx())

    def note_update(self, rate: Any, gradients: Any, accumulation: int) -> None:
        """Inside a step, after its update: note the rate, go on to the next step."""
        replica = self._mine()
        parts = [one.values if isinstance(one, tf.IndexedSlices) else one for one in gradients]
        ready = [one for one in parts if tf.is_tensor(one)]
        does: Any = UPDATED
        if accumulation > 1:
            # Asked after the update, when the count has gone on already.
            with tf.control_dependencies(ready):
                count = tf.convert_to_tensor(self._optimizer._iterations)
            does = tf.where(count % accumulation == 0, UPDATED, ACCUMULATED)
        written = replica.write(tf.cast(rate, tf.float32), does)
        # Where the data end Keras runs what does not depend on them once more: not this, without
        # which the row counts for nothing.
        with tf.control_dependencies(ready if written is None else [written, *ready]):
            replica.state.assign_add(_UPDATED, read_value=False)

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
        replica = self._mine()
        replica.step = None
        replica.write(0.0, SKIPPED, keep=True)
        skipped = tf.cast(~finite, tf.int64)
        replica.state.assign_add(skipped * _SKIPPED, read_value=False)

    def put_inputs(self, inputs: RateInputs) -> None:
        """Between two steps: steer the next ones so."""
        table = _blank_table(self._capacity)
        scale = np.float32(inputs.scale)
        if inputs.driven:
            table[:, _FACTOR], table[:, _MORE] = 0, inputs.table * scale
        else:
            table[:, _FACTOR] = scale
        for replica in self._replicas:
            replica.put_inputs(table, inputs.first, inputs.origin)

    def assign(self, variable: Any, assign: Callable[[Any], Any], value: float) -> None:
        """Between two steps: set a variable of the optimizer by its own `assign`."""
        assign(value)

    def number(self, variable: Any) -> float:
        """Between two steps: a scalar variable's present value."""
        return float(variable.numpy())

    def done(self) -> tuple[int, int]:
        """Between two steps: the step and the position that come next."""
        step, position = _value(self._replicas[0].state).numpy()[:2]
        return int(step), int(position)

    def rows(self) -> Float32s:
        """Between two steps: all notes, shape (capacity + 1, 4), at step modulo capacity + 1.

        Each replica notes its share of the loss.
        """
        return self._summed([one.rows() for one in self._replicas])

    def snapshot(self) -> Callable[[], tuple[int, Float32s]]:
        """Between two steps: what is noted by now.

        Its call waits for it, also in another thread.
        """
        state = _value(self._replicas[0].state)
        rows = [one.rows() for one in self._replicas]
        return lambda: (int(state.numpy()[0]), self._summed(rows))

    def count(self) -> Any:
        """Between two steps: the step that comes next, not waited for; its ``int`` waits."""
        return _Count(_value(self._replicas[0].state))

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

    def _summed(self, rows: list[Any]) -> Float32s:
        """The notes of the first replica, with the losses of all: each notes its share."""
        first, *others = [one.numpy()[: self._capacity + 1] for one in rows]
        for other in others:
            first[:, LOSS] += other[:, LOSS]
        return np.asarray(first)

    def _mine(self) -> "_Replica":
        """What the replica that is being traced has."""
        if len(self._replicas) == 1:
            return self._replicas[0]
        context = tf.distribute.get_replica_context()
        replica = None if context is None else context.replica_id_in_sync_group
        known = tf.get_static_value(replica) if tf.is_tensor(replica) else replica
        return self._replicas[int(known) % len(self._replicas) if known is not None else 0]


class _Count:
    """A count that was read and may not be there yet."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def __int__(self) -> int:
        return int(self._state.numpy()[0])


class _Replica:
    """The inputs and the notes of one replica, and how far it is."""

    def __init__(self, notes: Float32s, begun: int) -> None:
        self._noted = len(notes)
        self.state = tf.Variable([begun, 0, self._noted, 0], dtype=tf.int64, trainable=False)
        """The step, the position, the row of its inputs; of the inputs the origin."""
        rows = np.concatenate([notes, _blank_table(len(notes) - 1)])
        self._last = len(rows) - 1
        self._rows = tf.Variable(rows, trainable=False)
        """The notes, then the table of the inputs."""
        self.step: Any = None
        """The number of the step that is traced, or run, right now, as it asked for its rate."""
        self.loss: Any = None
        """The loss of the step that is traced, or run, right now, until it is written."""

    def read(self) -> tuple[Any, Any, Any]:
        """The origin, what the user's own rate is scaled by, and what is added.

        Of a table that drives these are 0 and a rate.
        """
        self.step, _, row, origin = tf.unstack(_value(self.state))
        row = tf.raw_ops.Minimum(x=row, y=np.int64(self._last))
        rows = self._rows.handle
        inputs = tf.raw_ops.ResourceGather(resource=rows, indices=row, dtype=tf.float32)
        columns = tf.unstack(inputs)
        return origin, columns[_FACTOR], columns[_MORE]

    def write(self, rate: Any, does: Any, *, keep: bool = False) -> Any:
        """Write the present step's row.

        Args:
            rate: that was used.
            does: what the step did.
            keep: the loss for a row that replaces this one.

        Returns:
            The operation that writes it; None: it is written.
        """
        loss, step = self.loss, self.step
        self.step = None
        if not keep:
            self.loss = None
        seen = loss is not None and _within_reach(loss)
        row = tf.stack([rate, loss if seen else 0.0, does, float(seen)])
        if step is None or not _within_reach(step):
            step = _value(self.state)[0]
        slot = tf.raw_ops.FloorMod(x=step, y=np.int64(self._noted))
        # Not `rows[slot].assign`: XLA compiles that anew for every slot (0.7 s a step).
        return tf.raw_ops.ResourceScatterUpdate(
            resource=self._rows.handle, indices=slot, updates=row
        )

    def put_inputs(self, table: Float32s, first: int, origin: int) -> None:
        """Between two steps."""
        self._rows[self._noted :].assign(table)
        step, position = _value(self.state).numpy()[:2]
        self.state.assign([step, position, self._noted + position - first, origin])

    def rows(self) -> Any:
        """Between two steps: the notes, and the inputs behind them."""
        return _value(self._rows)


def _blank_table(capacity: int) -> Float32s:
    """Inputs that leave the user's own rate as it is."""
    table = np.zeros((capacity, 4), np.float32)
    table[:, _FACTOR] = 1
    return table


def _value(variable: Any) -> Any:
    """A variable's value. Not `read_value`, which takes three times as long."""
    return tf.raw_ops.ReadVariableOp(resource=variable.handle, dtype=variable.dtype)


def _scaled(rate: Any, factor: Any, more: Any) -> Any:
    """A rate times a factor, and more; a factor of 0 makes it 0 whatever it is."""
    scaled = tf.raw_ops.MulNoNan(x=rate, y=tf.cast(factor, rate.dtype))
    return tf.raw_ops.AddV2(x=scaled, y=tf.cast(more, rate.dtype))


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
