"""One model trained again and again: for any model and any optimizer."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.schedules.arrays import Float32s
from lrtui.worker.at_once.loop import (
    PIECE_STEPS,
    Compiled,
    TrainedPiece,
    draws_random_numbers,
    has_foreign_code,
)
from lrtui.worker.at_once.seeded import ModelForm, Seeded
from lrtui.worker.parts import leaves


class InTurn:
    """A loop of one training at a time.

    Args:
        form: of the model, which is used, and compiled.
        optimizer: its text.
        traced: called whenever a step is traced, to be compiled.
    """

    def __init__(self, form: ModelForm, optimizer: str, traced: Callable[[], None]) -> None:
        self._traced = traced
        self._form, self._model = form, form.model
        self._state = list(form.model.variables)
        self._optimizer = form.made.optimizer(optimizer, 0.1)
        form.made.compile(self._optimizer)
        self._optimizer.build(self._model.trainable_variables)
        self._rate: Any = None
        self._optimizer._get_current_learning_rate = lambda: self._rate
        self._fresh = [one.numpy() for one in self._optimizer.variables]
        jit = not (draws_random_numbers(self._model) or has_foreign_code(self._model))
        self._train = Compiled(self._steps, jit)
        self._validate = Compiled(self._validation, jit)
        self._seeded: Seeded | None = None
        self._arrays: list[Any] = []
        self._data: tuple[list[Any], list[Any]] = [], []

    def begin(self, seeded: Sequence[Seeded]) -> None:
        """Begin anew, the training of the one that is given."""
        (one,) = seeded
        if self._seeded is not one and not _same(one.arrays, self._arrays):
            self._arrays = one.arrays
            made = [tf.constant(part) for part in one.arrays]
            trained = len(leaves(one.train))
            self._data = made[:trained], made[trained:]
        self._seeded = one
        variables = (*self._state, *self._optimizer.variables)
        for variable, value in zip(variables, (*one.first, *self._fresh), strict=True):
            variable.assign(value)

    def resume(self, values: Sequence[Any]) -> None:
        """Go on from this state instead: of all variables of model and optimizer.

        Raises:
            ValueError: it is of another model or optimizer.
        """
        variables = (*self._state, *self._optimizer.variables)
        if [tuple(one.shape) for one in variables] != [one.shape for one in values]:
            raise ValueError("the state is of another model or optimizer")
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def steps(self, first: int, rates: Float32s, validate: bool) -> TrainedPiece:
        """Do steps of the training, at most :data:`PIECE_STEPS`."""
        assert self._seeded is not None
        steps = len(rates)
        filled = np.zeros(PIECE_STEPS, np.float32)
        filled[:steps] = rates[:, 0]
        order = np.zeros((PIECE_STEPS, self._form.batch_entries), np.int32)
        order[:steps] = self._seeded.order(first, first + steps)
        train, validation = self._data
        losses = self._train(filled, order, np.int32(steps), *train)
        at_end = None
        if validate and validation:
            # Compiled by itself: together with the steps these would be compiled twice.
            at_end = self._validate(*validation).numpy()[None]
        return TrainedPiece(losses.numpy()[:steps, None], at_end)

    def _steps(self, rates: Any, order: Any, steps: Any, *data: Any) -> Any:
        self._traced()
        weights = self._model.trainable_variables

        def step(number: Any, losses: Any) -> Any:
            self._rate = rates[number]
            batch = [tf.gather(part, order[number]) for part in data]
            if self._form.whole_batches:
                batch = [part[0] for part in batch]
            with tf.GradientTape() as tape:
                value = self._loss(batch, training=True)
                scaled = self._optimizer.scale_loss(value)
            self._optimizer.apply(tape.gradient(scaled, weights), weights)
            return number + 1, tf.tensor_scatter_nd_update(losses, [[number]], [value])

        start = (tf.constant(0), tf.zeros([PIECE_STEPS]))
        return tf.while_loop(lambda number, _: number < steps, step, start)[1]

    def _validation(self, *data: Any) -> Any:
        return self._loss(data, training=False)

    def _loss(self, data: Sequence[Any], *, training: bool) -> Any:
        x, y, *weights = keras.tree.pack_sequence_as(self._form.made.train, list(data))
        made = self._model(x, training=training)
        weight = weights[0] if weights else None
        return self._model.compute_loss(
            x=x, y=y, y_pred=made, sample_weight=weight, training=training
        )


def _same(parts: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether these are the very same arrays."""
    return len(parts) == len(others) and all(a is b for a, b in zip(parts, others, strict=True))
