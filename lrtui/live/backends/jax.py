"""Steering and notes inside a step on JAX, where a step is a pure function of its state.

While attached our variables are among the optimizer's, so that the state carries them; whatever is
saved leaves them out. Inputs are put into the state at the next execution, and notes are read from
the state of the last one: nothing is ever synchronised because of us.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import keras
import numpy as np
from jax import numpy as jnp
from keras.src.backend.common.stateless_scope import in_stateless_scope

from lrtui.live.backends.in_step import Own, RateInputs, raises_nowhere
from lrtui.live.hooks import Hook, NotSteerable
from lrtui.live.noted import ACCUMULATED, DID, LOSS, SEEN, SKIPPED, UPDATED
from lrtui.schedules import Invalid
from lrtui.schedules.arrays import Float32s, Int64s

_OPTIMIZER = 2
"""Where its variables are in the state of a train step."""


_TABLE, _ROWS = 3, 2
"""Where the factors begin in the inputs, and the rows in the notes: after step and position."""

_OWN_LOOP = (
    "on JAX a loop of one's own carries the optimizer's state itself, out of reach; "
    "lrtui.live(optimizer) steers such a loop"
)

_NOT_BESIDE = (
    "must be the one that trains, as in a callback: on JAX no other can copy or save its state"
)

TENSOR_FUNCTIONS = (type(jax.jit(lambda: None)),)


def each_step(schedule: Any, steps: Int64s) -> Float32s:
    """What a schedule gives for each step, one at a time, by a compiled loop."""

    def one(step: Any) -> Any:
        return keras.ops.cast(schedule(step), "float32")

    return np.asarray(jax.jit(lambda some: jax.lax.map(one, some))(jnp.asarray(steps, jnp.int32)))


class Step:
    """What runs inside the steps of one optimizer on JAX, and steers it between two."""

    TRACED_ONCE = False

    def __init__(self, model: Any, optimizer: Any, rows: Float32s, begun: int) -> None:
        if model is None:
            raise NotSteerable(_OWN_LOOP)
        capacity = len(rows) - 1
        self._model, self._optimizer, self._capacity = model, optimizer, capacity
        self._rows_held = capacity + 1
        # Two only, bits of floats among integers: each variable of a state costs a step 3 us.
        self._inputs = _variable(_of_inputs(RateInputs(np.ones(capacity, np.float32))), "inputs")
        done = np.array([begun, 0], np.int32)
        self._notes = _variable(np.concatenate([done, rows.ravel().view(np.int32)]), "notes")
        self._ours = (self._inputs, self._notes)
        self._pending: dict[int, tuple[Any, Any]] = {}
        self._latest: Sequence[Any] | None = None
        self._loss: Any = None
        self._running = False
        self._trainer: int | None = None
        self._hooks: list[Hook] = []

    # ------------------------------------------------------------------ inside a step

    def rate(self, own: Own) -> Any:
        """Inside a step: the rate that it takes."""
        if not in_stateless_scope():
            self.settle()
        elif not self._running:
            raise NotSteerable(_OWN_LOOP)
        first, origin, driven = self._inputs.value[:_TABLE]
        position = self._notes.value[1]
        place = jnp.clip(position - first, 0, self._capacity - 1)
        # A rate where the table drives, else what the user's own is scaled by.
        bits = jax.lax.dynamic_index_in_dim(self._inputs.value, _TABLE + place, keepdims=False)
        factor = jax.lax.bitcast_convert_type(bits, jnp.float32)

        def of_own() -> Any:
            rate = jnp.asarray(keras.ops.convert_to_tensor(own(origin)))
            return rate if jnp.issubdtype(rate.dtype, jnp.floating) else rate.astype(jnp.float32)

        if raises_nowhere(self._optimizer):
            rate = of_own()
            factor = factor.astype(rate.dtype)
            return jnp.where(driven > 0, factor, rate * factor)
        dtype = jax.eval_shape(of_own).dtype
        factor = factor.astype(dtype)
        return jax.lax.cond(driven > 0, lambda: factor, lambda: of_own() * factor)

    def note_update(self, rate: Any, gradients: Any, accumulation: int) -> None:
        """Inside a step, after its update: note the rate, go on to the next step."""
        does: Any = UPDATED
        if accumulation > 1:
            done = self._optimizer._iterations.value % accumulation == 0
            does = jnp.where(done, UPDATED, ACCUMULATED)
        notes = self._notes.value
        loss, seen = 0.0, 0.0
        if self._loss is not None and _of_one_trace(self._loss, notes):
            loss, seen, self._loss = self._loss, 1.0, None
        row = jnp.stack([jnp.asarray(one, jnp.float32) for one in (rate, loss, does, seen)])
        bits = jax.lax.bitcast_convert_type(row, jnp.int32)
        notes = jax.lax.dynamic_update_slice(notes, bits, (self._row_of(notes[0]),))
        notes = jax.lax.dynamic_update_slice(notes, notes[:_ROWS] + 1, (0,))
        self._notes.assign(notes)
        if not in_stateless_scope():
            self._latest = None

    def _row_of(self, step: Any) -> Any:
        """Where a step's row begins."""
        return _ROWS + 4 * (step % self._rows_held)

    def note_loss(self, loss: Any) -> None:
        """Inside a step: note its loss.

        Without its gradient it belongs to the step, not to what is derived.
        """
        self._loss = jax.lax.stop_gradient(jnp.mean(jnp.asarray(loss)).astype(jnp.float32))

    def note_skip(self, finite: Any) -> None:
        """Inside a step: it is skipped if its gradients are not finite.

        It is seen at the end of the train step, by what did not go on.
        """

    # ------------------------------------------------------------------ between two steps

    def put_inputs(self, inputs: RateInputs) -> None:
        """Between two steps: steer the next ones so."""
        self._put(self._inputs, _of_inputs(inputs))

    def assign(self, variable: Any, assign: Callable[[Any], Any], value: float) -> None:
        """Between two steps: set a variable of the optimizer by its own `assign`."""
        if self._synced() and not self._beside():
            assign(value)
            self._pending.pop(id(variable), None)
        else:
            self._put(variable, np.asarray(value, variable.dtype))

    def number(self, variable: Any) -> float:
        """Between two steps: a scalar variable's present value."""
        return float(self._value(variable))

    def done(self) -> tuple[int, int]:
        """Between two steps: the step and the position that come next."""
        step, position = np.asarray(self._value(self._notes))[:_ROWS]
        return int(step), int(position)

    def rows(self) -> Float32s:
        """Between two steps: all notes, shape (capacity + 1, 4), at step modulo capacity + 1."""
        return _rows_of(np.asarray(self._value(self._notes)))

    def snapshot(self) -> Callable[[], tuple[int, Float32s]]:
        """Between two steps: what is noted by now.

        Its call waits for it, also in another thread.
        """
        notes = self._value(self._notes)
        return lambda: (int(np.asarray(notes)[0]), _rows_of(np.asarray(notes)))

    def count(self) -> Any:
        """Between two steps: the step that comes next, not waited for; its ``int`` waits."""
        return self._value(self._notes)[0]

    def inside(self) -> bool:
        """Whether a step is being traced, or run, right now."""
        return bool(in_stateless_scope())

    def settle(self) -> None:
        """Between two steps: put what waits for the next execution where others see it.

        While the state is elsewhere the next execution takes it.
        """
        if not self._synced() or self._beside():
            return
        for variable, value in self._pending.values():
            type(variable).assign(variable, value)
        self._pending.clear()

    def carried(self) -> bool:
        """Whether the state is elsewhere: what variables are assigned now is a copy of it."""
        return not self._synced()

    def stale(self) -> bool:
        """Whether the model was compiled again, so that this must be attached anew."""
        return False

    def plain(self, function: Any) -> Any:
        """A hook that the framework runs as it stands, and does not translate."""
        return function

    def about_to_run(self, state: Any, iterator: Any) -> None:
        """Before an execution with these arguments: what is read now is what it is given."""
        self._latest = state[_OPTIMIZER]

    def around(self, train_function: Any) -> Any:
        """The train function, with what is pending put into the state that it is given."""

        def train_function_of_state(state: Any, iterator: Any) -> Any:
            self._latest = state[_OPTIMIZER]
            put_in, given = self._with_pending(state)
            self._running, self._trainer = True, threading.get_ident()
            try:
                logs, state = train_function(put_in, iterator)
            finally:
                self._running = False
            for key in given:
                self._pending.pop(key)
            self._latest = state[_OPTIMIZER]
            return logs, state

        return train_function_of_state

    def attach(self) -> None:
        """Put into model and optimizer what the framework needs there."""
        for variable in self._ours:
            self._optimizer._track_variable(variable)
        self._hooks = [
            Hook(self._model, "train_step", self._noting),
            Hook(self._optimizer, "stateless_apply", self._applying),
        ]

    def detach(self) -> None:
        """Take it out again."""
        for hook in self._hooks:
            hook.undo()
        self._model.jax_state_sync()
        self.settle()
        for variable in self._ours:
            self._optimizer._untrack_variable(variable)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """While something is saved or loaded: model and optimizer are as if without us.

        Their order stays, which a compiled step knows.

        Raises:
            Invalid: another thread trains, and the state is deleted by its next step.
        """
        if self._beside() and getattr(self._model, "_jax_state", None) is not None:
            raise Invalid("thread", _NOT_BESIDE, threading.current_thread().name)
        self._model.jax_state_sync()
        variables, hide = self._optimizer._variables, {id(one) for one in self._ours}
        kept = list(variables)
        variables[:] = [one for one in kept if id(one) not in hide]
        try:
            yield
        finally:
            variables[:] = kept

    def processes(self) -> int:
        """How many processes train this model together."""
        return int(jax.process_count())

    def chief(self) -> bool:
        """Whether this is the one of them that is watched."""
        return int(jax.process_index()) == 0

    # ------------------------------------------------------------------ the state

    def _noting(self, train_step: Any) -> Any:
        def train_step_and_note(state: Any, data: Any) -> Any:
            place = self._place()
            if place is None:
                return train_step(state, data)
            before = state[_OPTIMIZER][place]
            self._loss = None
            logs, after = train_step(state, data)
            loss, self._loss = self._loss, None
            if loss is not None and not _of_one_trace(loss, before):
                loss = None  # of a function within the step, out of which nothing comes
            try:
                notes = self._with_loss(before, after[_OPTIMIZER][place], loss)
                return logs, _replaced(after, _OPTIMIZER, {place: notes})
            except (IndexError, TypeError, AttributeError):
                return logs, after  # a state of another shape: the loss is not known

        return train_step_and_note

    def _applying(self, stateless_apply: Any) -> Any:
        def stateless_apply_of_any_state(optimizer_variables: Any, *args: Any) -> Any:
            without_ours = len(self._optimizer.variables) - len(self._ours)
            if len(optimizer_variables) != without_ours:
                return stateless_apply(optimizer_variables, *args)
            with self.hidden():  # a loop of one's own that took its state before we came
                return stateless_apply(optimizer_variables, *args)

        return stateless_apply_of_any_state

    def _with_loss(self, before: Any, notes: Any, loss: Any) -> Any:
        """The notes of a step, with its loss if its update has not noted that; or as skipped."""
        skips = hasattr(self._model.optimizer, "inner_optimizer")
        if loss is None and not skips:
            return notes
        updated = notes[0] > before[0]
        row = self._row_of(jnp.where(updated, notes[0] - 1, notes[0]))
        if loss is not None:
            bits = jax.lax.bitcast_convert_type(jnp.stack([loss, jnp.float32(1)]), jnp.int32)
            notes = notes.at[row + LOSS].set(bits[0]).at[row + SEEN].set(bits[1])
        if skips:
            skipped = jax.lax.bitcast_convert_type(jnp.float32(SKIPPED), jnp.int32)
            notes = notes.at[row + DID].set(jnp.where(updated, notes[row + DID], skipped))
            notes = notes.at[0].add(jnp.where(updated, 0, 1))
        return notes

    def _place(self) -> int | None:
        optimizer = [id(one) for one in self._model.optimizer.variables]
        return optimizer.index(id(self._notes)) if id(self._notes) in optimizer else None

    def _put(self, variable: Any, value: Any) -> None:
        self._pending[id(variable)] = (variable, value)

    def _with_pending(self, state: Any) -> tuple[Any, Collection[int]]:
        """The state with what is pending in it, and what that is."""
        if not self._pending:
            return state, ()
        places = {id(one): at for at, one in enumerate(self._model.optimizer.variables)}
        old = state[_OPTIMIZER]
        given = self._pending.keys() & places.keys()
        new = {
            places[key]: jax.device_put(self._pending[key][1], old[places[key]].sharding)
            for key in given
        }
        return _replaced(state, _OPTIMIZER, new), given

    def _value(self, variable: Any) -> Any:
        if id(variable) in self._pending:
            return self._pending[id(variable)][1]
        if self._latest is not None and (self._beside() or not self._synced()):
            for one, value in zip(self._model.optimizer.variables, self._latest, strict=True):
                if one is variable:
                    return value
        return variable.value

    def _beside(self) -> bool:
        """Whether this thread is not the one that trains, which may just be taking the state."""
        return self._trainer not in (None, threading.get_ident())

    def _synced(self) -> bool:
        return bool(getattr(self._model, "_jax_state_synced", True))


def _variable(value: Any, name: str) -> Any:
    return keras.Variable(value, dtype="int32", trainable=False, name=name)


def _of_inputs(inputs: RateInputs) -> Any:
    """Inputs as integers: first, origin, whether driven, then the bits of the factors."""
    factors = inputs.table if inputs.driven else np.ones(len(inputs.table), np.float32)
    bits = (factors * np.float32(inputs.scale)).astype(np.float32).view(np.int32)
    whole = np.array([inputs.first, inputs.origin, int(inputs.driven)], np.int32)
    return np.concatenate([whole, bits])


def _rows_of(notes: Any) -> Float32s:
    return np.array(notes[_ROWS:]).view(np.float32).reshape(-1, 4)


def _of_one_trace(one: Any, other: Any) -> bool:
    """Whether both are values of the same function that is traced."""
    return getattr(one, "_trace", None) is getattr(other, "_trace", None)


def _replaced(state: Any, place: int, values: dict[int, Any]) -> Any:
    """The state with some of the variables at `place` replaced."""
    part = list(state[place])
    for at, value in values.items():
        part[at] = value
    return (*state[:place], part, *state[place + 1 :])
