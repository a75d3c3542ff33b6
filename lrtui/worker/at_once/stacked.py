"""Many models trained as one: each variable of all models is one stack, a row a model."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from lrtui.schedules.arrays import Float32s
from lrtui.worker.at_once.loop import PIECE_STEPS, STACKED_SEEDS, Compiled, TrainedPiece
from lrtui.worker.at_once.seeded import ModelForm, Seeded


class Stacked:
    """A loop over stacks. Always full: where fewer are wanted, some train twice.

    Args:
        form: of the models.
        optimizer: the text of one that works element by element.
        traced: called whenever a step is traced, to be compiled.
        rows: how many models.
    """

    def __init__(
        self, form: ModelForm, optimizer: str, traced: Callable[[], None], rows: int
    ) -> None:
        self._traced = traced
        self._form, self._rows = form, rows
        self._held = min(rows, STACKED_SEEDS)
        self._shapes = [variable.shape for variable in form.model.trainable_variables]
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        self._stacks = [keras.Variable(np.zeros((rows, size), np.float32)) for size in sizes]
        self._optimizer = form.made.optimizer(optimizer, 0.1)
        self._optimizer.build(self._stacks)
        self._rate: Any = None
        self._optimizer._get_current_learning_rate = lambda: self._rate
        self._fresh = [one.numpy() for one in self._optimizer.variables]
        self._variables = [*self._stacks, *self._optimizer.variables]
        self._train: Callable[..., Any] = Compiled(self._steps, jit=True)
        self._validate: Callable[..., Any] = Compiled(self._validation, jit=True)
        self._compiled_for: list[Any] = []
        self._seeded: list[Seeded] = []
        self._data: list[Any] = []

    def begin(self, seeded: Sequence[Seeded]) -> None:
        """Begin anew, a training for each of these, of a few seeds at most."""
        different = list(dict.fromkeys(seeded))
        if different != self._seeded:
            self._seeded, self._data = different, _laid_out(different, self._held)
        self._count = len(seeded)
        places = [different.index(seeded[row % len(seeded)]) for row in range(self._rows)]
        self._places = np.array(places, np.int32)
        first = zip(*(one.first for one in different), strict=True)
        stacks = [np.stack([one.ravel() for one in each])[places] for each in first]
        for variable, value in zip(self._variables, (*stacks, *self._fresh), strict=True):
            variable.assign(value)

    def compile(self, like: Seeded) -> None:
        """Compile what is not, for data of these shapes. It must begin anew then."""
        shapes = [part.shape for part in (*like.train, *(like.validation or ()))]
        if shapes not in self._compiled_for:
            self.begin([like])
            self.steps(0, np.zeros((1, 1), np.float32), validate=True)
            self._compiled_for.append(shapes)

    def twin(self) -> "Stacked":
        """Another one, for a thread of its own, that needs no compilation where this needs none."""
        other = copy.copy(self)
        pairs = [(one.value, tf.Variable(one.value)) for one in self._variables]
        other._variables = [variable for _, variable in pairs]
        assert isinstance(self._train, Compiled)
        assert isinstance(self._validate, Compiled)
        other._train, other._validate = self._train.on(pairs), self._validate.on(pairs)
        return other

    def steps(self, first: int, rates: Float32s, validate: bool) -> TrainedPiece:
        """Do steps of every training, at most :data:`PIECE_STEPS`."""
        steps = len(rates)
        filled = np.zeros((PIECE_STEPS, self._rows), np.float32)
        filled[:steps] = np.take(rates, np.arange(self._rows) % self._count, axis=1)
        order = np.zeros((PIECE_STEPS, self._held, self._form.batch_entries), np.int32)
        for place, one in enumerate(self._seeded):
            order[:steps, place] = one.order(first, first + steps) + place * len(one.train[0])
        inputs, targets, *validation = self._data
        losses = self._train(filled, order, self._places, np.int32(steps), inputs, targets)
        at_end = None
        if validate and validation:
            # Compiled by itself: together with the steps these would be compiled twice.
            at_end = self._validate(self._places, *validation).numpy()[: self._count]
        return TrainedPiece(losses.numpy()[:steps, : self._count], at_end)

    def _steps(
        self, rates: Any, order: Any, places: Any, steps: Any, inputs: Any, targets: Any
    ) -> Any:
        self._traced()

        def step(number: Any, losses: Any) -> Any:
            self._rate = rates[number][:, None]
            drawn = tf.gather(order[number], places)
            x, y = tf.gather(inputs, drawn), tf.gather(targets, drawn)
            if self._form.whole_batches:
                x, y = x[:, 0], y[:, 0]
            # The gradient within the map: outside of it XLA compiles anew for other weights.
            values, gradients = tf.vectorized_map(self._loss_and_gradients, (*self._now(), x, y))
            self._optimizer.apply(list(gradients), self._stacks)
            return number + 1, tf.tensor_scatter_nd_update(losses, [[number]], [values])

        start = (tf.constant(0), tf.zeros([PIECE_STEPS, self._rows]))
        return tf.while_loop(lambda number, _: number < steps, step, start)[1]

    def _validation(self, places: Any, inputs: Any, targets: Any) -> Any:
        whole = (*self._now(), tf.gather(inputs, places), tf.gather(targets, places))
        return tf.vectorized_map(self._validation_loss, whole)

    def _now(self) -> list[Any]:
        return [tf.identity(stack.value) for stack in self._stacks]

    def _loss_and_gradients(self, one: Any) -> Any:
        *weights, x, y = one
        with tf.GradientTape() as tape:
            tape.watch(weights)
            value = self._loss(weights, x, y, training=True)
            scaled = self._optimizer.scale_loss(value)
        return value, tuple(tape.gradient(scaled, weights))

    def _validation_loss(self, one: Any) -> Any:
        *weights, x, y = one
        return self._loss(weights, x, y, training=False)

    def _loss(self, weights: Any, x: Any, y: Any, *, training: bool) -> Any:
        shaped = [tf.reshape(one, shape) for one, shape in zip(weights, self._shapes, strict=True)]
        made, _, losses = self._form.model.stateless_call(
            shaped, [], x, training=training, return_losses=True
        )
        return sum(losses, self._form.loss(y, made))


def _laid_out(seeded: Sequence[Seeded], count: int) -> list[Any]:
    """Inputs and targets of so many seeds one after another, then those of validation side by
    side.
    """
    held = [seeded[index % len(seeded)] for index in range(count)]
    parts = [np.concatenate([one.train[part] for one in held]) for part in (0, 1)]
    validated = [one.validation for one in held if one.validation is not None]
    if validated:
        parts += [np.stack([samples[part] for samples in validated]) for part in (0, 1)]
    return [tf.constant(part) for part in parts]
